/** What the page opens with: what its address says, or an example where that says nothing. */
import {parse} from "./edits.js";
import {count} from "./format.js";

/**
 * @param {any} page examples: of all models; modelOf: what is known of a model; run: as showing.js runs the boxes
 */
export function createOpening({examples, state, draft, modelOf, refusal, run, t}) {
  const examplesOf = (model) => examples.filter((one) => one.model === model);

  /** The first one in the visitor's language. */
  function example(model) {
    const own = examplesOf(model);
    return own.find(({lang}) => lang === state.lang.value) ?? own[0];
  }

  /** What the address says, in the boxes; where it says nothing, an example. -> the example */
  function write() {
    const first = state.text.value ? null : example(state.model.value);
    draft.value = {text: first?.text ?? state.text.value, target: first?.target ?? state.target.value};
    return first;
  }

  /** What the address says, without what there is not: a checkpoint, edits that cannot be read. */
  async function open(options) {
    const asked = state.checkpoint.value, {checkpoints} = modelOf(state.model.value);
    if (asked === checkpoints.at(-1) || !checkpoints.includes(asked)) state.checkpoint.value = null;
    const first = write();
    const placed = state.site.value || [state.head, state.query, state.key].some((place) => place.value !== null);
    const shown = await run({step: false, cell: placed ? null : first, ...options});
    if (shown && parse(state.edits.value) === null) {
      state.edits.value = "";
      refusal.value = t.value("The edits in this address cannot be read: the model is shown without them.");
    } else if (shown && asked !== null && !checkpoints.includes(asked)) {
      refusal.value = t.value("This model has no checkpoint at step {step}: the finished model is shown.", {step: count(asked)});
    }
  }

  return {examplesOf, example, write, open};
}
