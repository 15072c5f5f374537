/** What is on the screen: the trace of one sentence at one checkpoint; it stays until the next one is here. */
import {batch, signal} from "@preact/signals";
import * as api from "./api.js";
import {createAwaiting} from "./awaiting.js";
import {fill} from "./chosen.js";
import {createLagging} from "./lagging.js";
import {drawnNames, missingAt, oneHead} from "./portions.js";
import {readAttentions} from "./reading.js";
import {fitted, headAt, siteOf} from "./selection.js";
import {Series} from "./series.js";
import {SETUP, bodyOf, withSentence} from "./setup.js";
import {stageAt, stages} from "./stages.js";
import {Trace} from "./trace.js";

/**
 * @param {{state: any, draft: any, modelOf: (id: string) => any, told: (error: any) => string, onSentence: () => void, refresh: () => Promise<any>}} page
 * draft: what is written in the boxes; onSentence: before another sentence's trace is shown; refresh: asks how far the models are
 */
export function createShowing({state, draft, modelOf, told, onSentence, refresh}) {
  const trace = signal(null), refusal = signal("");
  const running = signal(null); // the AbortController of what one waits for
  const reading = signal(null); // the file that is being read, while sentences run on
  const awaiting = createAwaiting({modelOf, refresh});
  let making = null; // that of the latest, waited for or not
  let series = null; // of the sentence that is shown; null while it is a file

  const ask = async (body, signal) => new Trace(await api.trace(body, state.lang.value, signal));

  /** Further tensors of a run, whose predictions are here; of another run those too. heads: of these alone */
  const bring = ({model, request}, names, signal, {heads = null, predictions = false} = {}) => ask({model: model.id, ...request, names, predictions, ...(heads && {heads})}, signal);

  const lagging = createLagging({trace, site: state.site, bring, failed: (error) => { refusal.value = told(error); }});

  /**
   * The chosen model on the written text.
   * step: leave the present state behind in the browser's history; keep: the chosen cell stays, whatever the text;
   * cell: the one to choose; sentence: another than the boxes'; edits: others than the address'
   */
  function run({step = true, keep = false, cell = null, sentence = draft.value, edits = state.edits.value} = {}) {
    series?.stop();
    const {text, target} = sentence, model = modelOf(state.model.value);
    const setup = withSentence({...Object.fromEntries(SETUP.map((name) => [name, state[name].value])), edits}, {text, target});
    if (state.act.value === "write" && model.kind === "encoder-decoder") setup.written ??= ""; // there it is written before one's eyes
    const body = {...bodyOf({...setup, checkpoint: null}, model), names: drawnNames(model, text)};
    const next = new Series(ask, body, model.kind === "encoder-decoder" && !body.target && !body.written);
    return show(next, {keep, cell, shown: () => {
      if (step) leave();
      onSentence();
      state.set({...setup, checkpoint: state.checkpoint.value, target: body.target ?? ""});
    }});
  }

  /** The sentence that is shown under what the state says now, whatever is written in the boxes. -> whether it could be shown */
  const again = () => run({step: false, sentence: {text: state.text.value, target: state.target.value}});

  /** The sentence that is shown, with the weights of a checkpoint. -> whether it could be shown */
  function moveTo(step) {
    state.checkpoint.value = step === modelOf(state.model.value).checkpoints.at(-1) ? null : step;
    return show(series, {keep: true});
  }

  /** The attentions in a visitor's file, in place of a sentence's, whatever was run while it was being read. -> whether they could be shown */
  async function open(file) {
    const before = refusal.value, found = await read(file);
    if (!found) return false;
    making?.abort();
    leave();
    series?.stop();
    series = null;
    onSentence();
    state.set({step: null, checkpoint: null, kind: "", sort: "block", rows: "all"});
    put(found, {site: "", head: null, query: null, key: null}, before);
    return true;
  }

  /** -> null where it cannot be read, which is told, or another one was opened meanwhile */
  async function read(file) {
    reading.value = file;
    performance.mark("headlight:run");
    try {
      await new Promise((done) => { setTimeout(done); }); // that it is being read is painted first
      const found = await readAttentions(file);
      return reading.value === file ? found : null;
    } catch (error) {
      if (reading.value === file) refusal.value = told(error);
      return null;
    } finally {
      if (reading.value === file) reading.value = null;
    }
  }

  /** A sentence at the chosen checkpoint; shown: what else changes with it. -> whether it could be shown */
  async function show(next, {keep, cell, shown}) {
    const checkpoint = state.checkpoint.value, before = refusal.value;
    const place = (found) => staged(found, cell ?? wanted(found, keep));
    const found = await latest(async (signal) => {
      const made = await next.at(checkpoint, signal);
      const drawn = ({site: name, head}, site = siteOf(made, name)) => ({site, head: oneHead(state) ? headAt(site, head) : null});
      const lacking = ({site, head}) => missingAt(made, site, head);
      for (let at = drawn(place(made)); lacking(at).length; at = drawn(place(made))) await fill(made, lacking(at), bring, signal, at); // another may have been chosen meanwhile
      return made;
    }, {
      waits: !next.has(checkpoint), again: () => show(next, {keep, cell, shown}),
      failed: () => { if (next === series) state.checkpoint.value = trace.value.request.checkpoint; }, // what is still shown
    });
    if (!found) {
      if (!making) lagging.goOn(); // of what stays
      return false;
    }
    series = next;
    shown?.();
    put(found, place(found), before);
    if (checkpoint !== null) series.fill([...modelOf(state.model.value).checkpoints.slice(0, -1), null]);
    return true;
  }

  /** What is made in place of whatever is being made; null where that failed, which is told, or is not wanted any more. */
  async function latest(make, {waits = true, failed, again} = {}) {
    stop();
    const mine = making = new AbortController();
    running.value = waits ? mine : null;
    lagging.rest();
    performance.mark("headlight:run");
    try {
      const made = await make(mine.signal);
      return mine.signal.aborted ? null : made;
    } catch (error) {
      if (error.name === "AbortError") return null;
      refusal.value = told(error);
      if (error.loading) awaiting.wait(state.model.peek(), again);
      failed?.();
      return null;
    } finally {
      if (running.value === mine) running.value = null;
      if (making === mine) making = null;
    }
  }

  /** before: what was told when this was asked for; what was told meanwhile, of a file or a run, stays */
  function put(found, cell, before) {
    if (refusal.value === before) refusal.value = "";
    const {site, head, query, key} = fitted(found, cell);
    batch(() => {
      state.set({site: site.name, head, query, key});
      trace.value = found;
    });
    lagging.goOn();
  }

  /** On another sentence the head stays and the cell is chosen anew; on the same one everything stays. */
  function wanted(next, keep) {
    const {site, head, query, key} = state;
    const same = keep || !trace.value || JSON.stringify(trace.value.tokens) === JSON.stringify(next.tokens);
    return {site: site.value, head: head.value, query: same ? query.value : null, key: same ? key.value : null};
  }

  /** Where a stage is open its attention is the chosen one. */
  const staged = (found, cell) => ({...cell, site: stageAt(stages(found), state.step.value)?.site ?? cell.site});

  /** What is being made is not wanted any more: what is shown stays. */
  function stop() {
    making?.abort();
    awaiting.stop();
  }

  /** Before a choice that runs the model: "back" shall lead to what was there. */
  const leave = () => { if (trace.value) state.leave(); };

  return {trace, refusal, running, reading, late: lagging.late, ask, bring, run, again, stop, open, moveTo, leave};
}
