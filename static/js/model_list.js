/** The models as the server lists them. Those that it was given beside its own are read one after the other: until they are there they are asked about. */
import {computed, signal} from "@preact/signals";
import {coming, known} from "./model_states.js";

const EVERY = 2_000; // ms

/**
 * @param {{ask: () => Promise<any[]>, later: (then: () => void, ms: number) => any}} page ask: the list as the server has it now; later: as setTimeout
 */
export function createModelList({ask, later}) {
  const listed = signal([]);
  const models = computed(() => known(listed.value)), others = computed(() => listed.value.filter((one) => !models.value.includes(one)));
  let asking = null;

  /** Raises what `ask` raises. */
  async function load() {
    listed.value = await ask();
    again();
  }

  function again() {
    if (asking !== null || !coming(listed.value)) return;
    asking = later(async () => {
      asking = null;
      try {
        listed.value = await ask();
      } catch { /* the list stays; what the visitor does next says what is wrong */ }
      again();
    }, EVERY);
  }

  return {models, others, load};
}
