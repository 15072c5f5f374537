/** A race of the three models on the server's CPU, when it is asked for. attributes: tokens, rows at first */
import {signal} from "@preact/signals";
import {html} from "htm/preact";
import {Race} from "../views/race.js";

const REPEATS = 5;

export function createRace({attributes, t, lesson}) {
  const asked = signal({tokens: Number(attributes.tokens ?? 64), rows: Number(attributes.rows ?? 1), repeats: REPEATS});
  const laps = signal([]), about = signal(null), problem = signal(""), running = signal(null);
  const on = {
    ask: (changes) => { on.stop(); laps.value = []; about.value = null; asked.value = {...asked.peek(), ...changes}; },
    stop: () => { running.peek()?.abort(); running.value = null; },
    measure: async () => {
      const mine = running.value = new AbortController();
      laps.value = [];
      about.value = null;
      problem.value = "";
      try {
        let told = null;
        for await (const line of lesson.stream("/api/beside/race", asked.peek(), {signal: mine.signal})) {
          if (running.peek() !== mine) return;
          if (line.device) told = line;
          else if (line.ratios) about.value = told;
          else laps.value = [...laps.peek(), line];
        }
      } catch (error) {
        if (running.peek() === mine) problem.value = lesson.told(error);
      }
      if (running.peek() === mine) running.value = null;
    },
  };
  return () => html`<${Race} ...${{t, on, asked: asked.value, laps: laps.value, about: about.value, problem: problem.value, running: running.value !== null}} />`;
}
