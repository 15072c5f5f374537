/** What the structure act needs: the plans of the models that are drawn, the runs that their shapes come from, and the chosen part with its tensors. */
import {computed, effect, signal} from "@preact/signals";
import {fill} from "./chosen.js";
import {firstNames} from "./portions.js";
import {lengthsOf, needed, partOf, placeOf, planned, siteAt} from "./structure.js";
import {stageOf} from "./structure_stage.js";

const GLOSSARY = "/api/glossary", TENSORS = "tensors";
const structureAt = (id) => `/api/models/${encodeURIComponent(id)}/structure`;
const runAt = (id, text) => `${id}\n${text}`;
const FAMILIES = ["encoder", "decoder", "encoder-decoder"];

/**
 * @param {{state: any, open: any, trace: any, models: any, read: (path: string) => Promise<any>, ask: (body: any, signal?: AbortSignal) => Promise<any>,
 * bring: (trace: any, names: string[], signal?: AbortSignal) => Promise<any>, told: (error: any) => string}} page
 * state: signals part, families, site; open: whether it is shown; read: what the server tells as JSON; ask: a run; bring: further tensors of one
 */
export function createStructures({state, open, trace, models, read, ask, bring, told}) {
  const plans = signal({}), runs = signal({}), glossary = signal(null), arrived = signal(0);
  const failures = signal({}); // what was asked -> {told, lasts}
  const asked = new Set(); // paths and runs that are on their way, or here
  let bringing = null;

  const own = computed(() => (trace.value && !trace.value.file ? trace.value : null));
  /** The models that are drawn: the shown one, or one of each family. */
  const drawn = computed(() => {
    const {id, kind} = own.value?.model ?? {};
    if (state.families.value !== "on") return [id];
    return FAMILIES.map((family) => (family === kind ? id : models.value.find((model) => model.kind === family)?.id)).filter(Boolean);
  });
  const runOf = (id) => (id === own.value.model.id ? own.value : runs.value[runAt(id, own.value.request.text)] ?? null);
  const columns = computed(() => (own.value ? drawn.value.filter((id) => plans.value[id]).map((id) => {
    const run = runOf(id);
    return {id, plan: plans.value[id], trace: run, lengths: lengthsOf(run)};
  }) : []));
  const chosen = computed(() => {
    const all = columns.value, [, model, named] = state.part.value.match(/^(?:([^/]+)\/)?(.*)$/);
    if (!all.length) return null;
    const column = all.find(({id}) => id === (drawn.value.includes(model) ? model : own.value.model.id));
    if (!column) return null; // on its way
    const part = (named && partOf(column.plan, named)) || partOf(column.plan, `${siteNamed(column).name ?? column.plan.stacks[0]}.pattern`);
    return {model: column.id, plan: column.plan, trace: column.trace, part, foreign: column.id !== own.value.model.id};
  });

  const siteNamed = ({trace: run, plan}) => run?.site(state.site.value) ?? run?.sites[0] ?? {name: plan.parts.find(({kind}) => kind === "pattern").id.replace(/\.pattern$/, "")};

  let last = null; // the block that was unrolled: it stays so beside a part of no block
  /** The block that is unrolled: that of the chosen part, else the last one, else that of the chosen head. */
  const unrolled = computed(() => {
    if (!chosen.value) return 0;
    last = placeOf(chosen.value.plan, chosen.value.part).block ?? last ?? own.value.site(state.site.value)?.layer ?? 0;
    return last;
  });

  effect(() => {
    arrived.value; // what failed is asked again
    if (!open.value || !own.value) return;
    once(GLOSSARY, (entries) => { glossary.value = Object.fromEntries(entries.map((entry) => [entry.name, entry])); });
    for (const id of drawn.value) once(structureAt(id), (plan) => { plans.value = {...plans.peek(), [id]: planned(plan)}; });
    const {text} = own.value.request;
    for (const id of drawn.value) if (id !== own.value.model.id) run(id, text);
  });

  effect(() => {
    arrived.value;
    if (!open.value || !chosen.value?.trace) return;
    const {plan, trace: one, part} = chosen.value, names = needed(plan, one, part).filter((name) => !(name in one.tensors));
    bringing?.abort();
    forgotten((key) => key === TENSORS);
    if (names.length) tensors(one, names);
  });

  function once(path, then) {
    if (asked.has(path)) return;
    asked.add(path);
    read(path).then(then).catch((error) => failed(path, error));
  }

  /** Another family on the same sentence. */
  function run(id, text) {
    const key = runAt(id, text);
    if (asked.has(key)) return;
    asked.add(key);
    ask({model: id, text, names: firstNames(models.value.find((model) => model.id === id), text)})
      .then((made) => { runs.value = {...runs.peek(), [key]: made}; }).catch((error) => failed(key, error));
  }

  function failed(key, error) {
    if (!error.lasts) asked.delete(key);
    failures.value = {...failures.peek(), [key]: {told: told(error), lasts: Boolean(error.lasts)}};
  }

  /** What failed of what is drawn, whatever failed of another model. */
  const failure = computed(() => {
    if (!own.value) return null;
    const {text} = own.value.request, keys = [GLOSSARY, TENSORS, ...drawn.value.flatMap((id) => [structureAt(id), runAt(id, text)])];
    return keys.map((key) => failures.value[key]).find(Boolean) ?? null;
  });

  /** which: of what failed is not told any more */
  const forgotten = (which) => { failures.value = Object.fromEntries(Object.entries(failures.peek()).filter(([key, {lasts}]) => !which(key, lasts))); };

  async function tensors(one, names) {
    const mine = bringing = new AbortController();
    try {
      await fill(one, names, bring, mine.signal);
      arrived.value++;
    } catch (error) {
      if (!mine.signal.aborted) failed(TENSORS, error);
    }
  }

  const shown = computed(() => {
    arrived.value;
    const at = chosen.value;
    return {columns: columns.value, chosen: at, unrolled: unrolled.value, families: state.families.value === "on", glossary: glossary.value, problem: failure.value?.told ?? "", lasts: failure.value?.lasts ?? false,
      expected: drawn.value.length, stage: at && !at.foreign ? stageOf(own.value, at.plan, at.part) : null};
  });

  const on = {
    /** The head and the cell that are shown go to the attention that the part belongs to. */
    part: (model, id) => {
      const {plan} = columns.value.find((one) => one.id === model), foreign = model !== own.value.model.id, part = partOf(plan, id);
      const site = !foreign && part && placeOf(plan, part).block !== null && siteAt(plan, own.value, id).name;
      state.set({part: foreign ? `${model}/${id}` : id, ...(site && {site})});
    },
    families: (wanted) => state.set({families: wanted ? "on" : "", ...(!wanted && state.part.value.includes("/") && {part: ""})}),
    again: () => { forgotten((_, lasts) => !lasts); arrived.value++; },
  };
  return {shown, on};
}
