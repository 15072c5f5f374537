/** What an address asks for, and in words what of it there is not. */
import {parse} from "./edits.js";
import {count} from "./format.js";

/**
 * @param {{state: any, draft: any, refusal: any, t: any, modelOf: (id: string) => any, example: (model: string) => any, run: (options: any) => Promise<any>}} page
 * example: what is shown where the address has no sentence
 */
export function createOpening({state, draft, refusal, t, modelOf, example, run}) {
  /** What the address says, with the finished model where it asks for a checkpoint that there is not. */
  async function open(options) {
    const asked = state.checkpoint.value, {checkpoints} = modelOf(state.model.value);
    if (asked === checkpoints.at(-1) || !checkpoints.includes(asked)) state.checkpoint.value = null;
    const first = state.text.value ? null : example(state.model.value); // where it says nothing
    draft.value = {text: first?.text ?? state.text.value, target: first?.target ?? state.target.value};
    const placed = state.site.value || [state.head, state.query, state.key].some((place) => place.value !== null);
    const {refused, shown} = await withoutRefused({step: false, cell: placed ? null : first, ...options});
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

  return open;
}
