/** A note handed on, and a note on the table. attributes: n, from, to, drop at first */
import {signal} from "@preact/signals";
import {html} from "htm/preact";
import {createPlayback} from "../playback.js";
import {lastTick} from "../relay.js";
import {Relay} from "../views/relay.js";

export function createRelay({attributes, t}) {
  const n = Number(attributes.n ?? 8), state = signal({n, from: Number(attributes.from ?? 1), to: Number(attributes.to ?? n), drop: Number(attributes.drop ?? 0.1), tick: 0});
  const playback = createPlayback();
  const move = (changes) => { state.value = {...state.peek(), ...changes}; };
  const on = {
    set: (changes) => { playback.stop(); move(changes); },
    play: () => {
      if (playback.on.peek()) return playback.stop();
      const {from, to, tick} = state.peek(), last = lastTick(from, to);
      return playback.start({from: tick < last ? tick : 0, count: last + 1, stays: Math.max(80, 4500 / (last + 1)), show: async (at) => { move({tick: at}); return true; }});
    },
  };
  return () => html`<${Relay} t=${t} state=${state.value} playing=${playback.on.value} on=${on} />`;
}
