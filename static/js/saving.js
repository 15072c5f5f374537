/** What was saved last, in words, and what saves: the chosen head, the open stage, the curve of a training. */
import {signal} from "@preact/signals";
import {save, saveBirths, saveStage} from "./save.js";
import {fitted} from "./selection.js";

/**
 * @param {any} page shown: the head and the cell that are shown; stage: the one that is open; most: bytes that the server sends at once; told: an error in words; the rest as save.js takes it
 */
export function createSaving({window, state, trace, t, shows, lines, shown, stage, most, loadPlotly, told}) {
  const saved = signal("");

  /** Says so, and lets the page be painted: a large picture takes seconds. */
  async function saving(make) {
    saved.value = t.value("Saving…");
    await new Promise((done) => { window.requestAnimationFrame(() => setTimeout(done)); });
    saved.value = await make().catch(told);
  }

  const common = () => ({trace: trace.value, t: t.value, loadPlotly, address: window.location.href, origin: window.location.origin});

  return {
    saved,
    on: {
      save: (kind) => {
        const {site, head, query} = shown();
        return saving(() => save(kind, {...common(), site, head, query, view: state.view.value, most, shows: shows.value, lines: lines.value, lang: state.lang.value}));
      },
      saveStage: (kind, title) => {
        const at = stage(), {site, head} = fitted(trace.value, {site: at.site, head: state.head.value, query: null, key: null});
        return saving(() => saveStage(kind, {...common(), stage: at, site, head, title}));
      },
      saveBirths: (kind, curve) => saving(() => saveBirths(kind, {...curve, model: trace.value.model.id, t: t.value})),
    },
  };
}
