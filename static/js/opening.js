/** What the page opens with: what its address says, or an example where that says nothing. */
import {parse} from "./edits.js";
import {count} from "./format.js";

/**
 * @param {any} page examples: of all models; modelOf: what is known of a model; run: as showing.js runs the boxes
 */
export function createOpening({examples, state, draft, modelOf, refusal, run, t}) {
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
    const found = state.text.value ? null : first(examplesOf(state.model.value));
    draft.value = {text: found?.text ?? state.text.value, target: found?.target ?? state.target.value};
    return found;
  }

  /** What the address says, without what there is not: a checkpoint, edits that cannot be read or made. */
  async function open(options) {
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
