/** Hidden states of a text, step by step. attributes: text; recurrent ("rnn", "lstm") at first */
import {signal} from "@preact/signals";
import {html} from "htm/preact";
import {createPlayback} from "../playback.js";
import {HiddenStates} from "../views/hidden_states.js";
import {Answered, createAnswer} from "./answer.js";
import {TextBar} from "./text_bar.js";

const STAYS = 700; // ms

export function createHiddenStates({attributes, t, theme, lesson}) {
  const typed = signal(attributes.text), answer = createAnswer(lesson), playback = createPlayback();
  const shown = signal({model: attributes.recurrent ?? "lstm", state: "h", layer: 1, block: 0, head: 0, step: 3});
  const move = (changes) => { shown.value = {...shown.peek(), ...changes}; };
  const read = () => {
    playback.stop();
    return answer.ask(() => lesson.post("/api/beside", {text: typed.peek()}).then((had) => {
      move({step: Math.min(shown.peek().step, had.tokens.length - 1)});
      return had;
    }));
  };
  const on = {
    show: (changes) => { if ("step" in changes) playback.stop(); move(changes); },
    play: () => {
      if (playback.on.peek()) return playback.stop();
      const count = answer.had.peek().tokens.length, {step} = shown.peek();
      return playback.start({from: step < count - 1 ? step : 0, count, stays: STAYS, show: async (at) => { move({step: at}); return true; }});
    },
  };
  read();
  return () => html`
    <${TextBar} t=${t} typed=${typed} onRead=${read} />
    <${Answered} t=${t} answer=${answer} View=${({had}) => html`<${HiddenStates} ...${{t, on, reading: had, theme: theme.value, shown: shown.value, playing: playback.on.value}} />`} />`;
}
