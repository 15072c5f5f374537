/** What the page opens with: what its address says, or an example where that says nothing. */
import {effect} from "@preact/signals";
import {parse} from "./edits.js";
import {count} from "./format.js";
import {stateOf} from "./model_states.js";
import {titleOf} from "./names.js";

/**
 * @param {any} page examples: of all models; models: those that are known; others: listed beside them; modelOf: what is known of a model;
 * run: as showing.js runs the boxes
 */
export function createOpening({examples, state, draft, models, others, modelOf, refusal, run, t}) {
  const shipped = (model) => examples.filter((one) => one.model === model);

  /** A model that none were chosen for has the sentences of another of its kind, and no cell of theirs. */
  function examplesOf(model) {
    const own = shipped(model), {kind} = modelOf(model);
    return own.length ? own : examples.filter((one) => kind && modelOf(one.model).kind === kind && !modelOf(one.model).editable)
      .map(({text, target, lang}) => ({text, target, lang, site: "", head: null, query: null, key: null}));
  }

  const first = (list) => list.find(({lang}) => lang === state.lang.value) ?? list[0];

  /** The first one that was chosen for a model, in the visitor's language. */
  const example = (model) => first(shipped(model));

  /** What the address says, in the boxes; where it says nothing, an example. -> the example */
  function write() {
    if (!models.value.some(({id}) => id === state.model.value)) state.model.value = models.value[0].id;
    const found = state.text.value ? null : first(examplesOf(state.model.value));
    draft.value = {text: found?.text ?? state.text.value, target: found?.target ?? state.target.value};
    return found;
  }

  /** The first model in place of one that cannot be had. -> what is to be told of that, "" where it can be had or is still to come */
  function instead() {
    const id = state.model.value, listed = [...models.value, ...others.value].find((one) => one.id === id);
    if (listed && listed.state !== "failed") return "";
    state.model.value = models.value[0].id;
    return listed ? t.value("{title} cannot be shown: {reason}", {title: titleOf(t.value, listed), reason: stateOf(t.value, listed)})
      : t.value("There is no model “{id}” on this server: you see another one.", {id});
  }

  /** While the model of the address is being loaded. -> what is to be told of one that cannot be had; null where the visitor has chosen another meanwhile */
  function there() {
    const id = state.model.value, coming = others.value.find((one) => one.id === id);
    if (!coming || coming.state === "failed") return instead();
    const boxes = draft.value = {text: state.text.value, target: state.target.value};
    refusal.value = t.value("{title} is being loaded. It opens by itself once it is there.", {title: titleOf(t.value, coming)});
    return new Promise((done) => {
      const stop = effect(() => {
        const gone = state.model.value !== id, still = others.value.some((one) => one.id === id && one.state !== "failed");
        if (!gone && still) return;
        if (!gone && draft.value !== boxes) state.set(draft.value); // written meanwhile
        queueMicrotask(() => { stop(); done(gone ? null : instead()); });
      });
    });
  }

  /** What the address says, without what there is not: a model, a checkpoint, edits that cannot be read or made. */
  async function open(options) {
    const missing = await there();
    if (missing === null) return;
    await put(options);
    if (missing) refusal.value = missing;
  }

  async function put(options) {
    const asked = state.checkpoint.value, {checkpoints} = modelOf(state.model.value);
    if (asked === checkpoints.at(-1) || !checkpoints.includes(asked)) state.checkpoint.value = null;
    const written = write();
    const placed = state.site.value || [state.head, state.query, state.key].some((place) => place.value !== null);
    const {refused, shown} = await withoutRefused({step: false, cell: placed ? null : written, ...options});
    if (refused) {
      refusal.value = `${refused} ${t.value("The model is shown without the edits of this address.")}`;
    } else if (shown && parse(state.edits.value) === null) {
      state.edits.value = "";
      refusal.value = t.value("The edits in this address cannot be read: the model is shown without them.");
    } else if (shown && asked !== null && !checkpoints.includes(asked)) {
      refusal.value = t.value("This model has no checkpoint at step {step}: the finished model is shown.", {step: count(asked)});
    }
  }

  /** A run without its edits, where it is they that are refused. */
  async function withoutRefused(options) {
    const {value: edits} = state.edits;
    let shown = await run(options);
    const refused = shown || !edits ? "" : refusal.value;
    if (!refused) return {shown, refused};
    state.edits.value = "";
    shown = await run(options);
    if (shown) return {shown, refused};
    state.edits.value = edits;
    return {shown, refused: ""};
  }

  return {examplesOf, example, write, open};
}
