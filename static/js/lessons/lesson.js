/** What a lesson's elements have in common: runs asked once, the edits that they all follow, what has been done. */
import {signal} from "@preact/signals";
import * as api from "../api.js";
import {createDrawing} from "../drawing.js";
import {requestOf} from "../lesson_run.js";
import {told} from "../told.js";
import {Trace} from "../trace.js";

export function createLesson({window, lang, t, progress}) {
  const edits = signal(""); // as the address has them: what live values and figures follow
  const once = new Map(), {load} = createDrawing(window);

  /** The same thing is had once; what failed is asked again. */
  function remembered(key, ask) {
    if (!once.has(key)) once.set(key, ask().catch((error) => { once.delete(key); throw error; }));
    return once.get(key);
  }

  return {
    edits,
    /** @param {any} run as lesson_run.js takes it, with the globs of what is needed as `names` */
    trace: (run) => {
      const body = requestOf(run);
      return remembered(JSON.stringify(body), async () => new Trace(await api.trace(body, lang)));
    },
    stream: (path, body, {signal: abort} = {}) => api.stream(path, body, lang, abort),
    post: (path, body) => remembered(`${path} ${JSON.stringify(body)}`, () => api.post(path, body, lang)),
    json: (path) => remembered(path, () => api.json(path, lang)),
    told: (error) => told(t, error),
    plotly: load,
    /** An exercise of this name has been done. */
    done: progress.done,
  };
}
