/** The training of a model: the slider and the curve, with a head that follows them. */
import {html} from "htm/preact";
import {useEffect, useMemo, useRef, useState} from "preact/hooks";
import {Refusal, births as curveOf} from "../api.js";
import {play} from "../player.js";
import {Series} from "../series.js";
import {Pattern} from "../views/head_figure.js";
import {Training} from "../views/training.js";
import {RUNS, ask, told} from "./runs.js";
import {Specimen, useChosen} from "./specimen.js";

export function Trainings({given}) {
  const {t} = given;
  return html`
    <${Specimen} given=${given} View=${Trained} title=${t("Training, unfolded: the head follows the slider")} wide=${true} />
    <${Specimen} given=${given} View=${Folded} title=${t("Training, folded")} />
    <${Specimen} given=${given} View=${Folded} title=${t("Training, whose curve could not be had")} unfolded=${true} begun=${OFFLINE} />`;
}

const OFFLINE = {problem: new Refusal("", {offline: true})};

function Trained({t, lang, theme, plotly, models, trace, first, name}) {
  const [found, show] = useState(trace), {site, head, query, key, cell, on} = useChosen(trace, first), [control, setControl] = useState(null);
  const [births, loadBirths] = useBirths(t, lang, trace), [unfolded, unfold] = useState(true), [problem, tell] = useState(null);
  const series = useMemo(() => new Series((further, signal) => ask(RUNS.repeated, lang, further, signal), {}, false), [trace]);
  const latest = useRef(null);
  useEffect(() => { loadBirths(); }, [trace]);
  const {checkpoints} = models.find(({id}) => id === trace.model.id), last = checkpoints.at(-1), step = found.request.checkpoint ?? last;
  const moveTo = async (to) => {
    latest.current = to;
    const next = to === last ? trace : await series.at(to).catch((error) => { tell(error); return null; });
    if (next && latest.current === to) { tell(null); show(next); }
    return next !== null;
  };
  const pause = () => { control?.abort(); setControl(null); };
  const playOn = async () => {
    const mine = new AbortController(), at = checkpoints.indexOf(step);
    setControl(mine);
    await play({from: at === checkpoints.length - 1 ? 0 : at + 1, count: checkpoints.length, signal: mine.signal, show: (i) => moveTo(checkpoints[i])});
    setControl(null);
  };
  return html`
    <${Training} ...${{t, births, step, checkpoints, trace: found, shown: {site, head}, unfolded, name}} target="" stale=${false} playing=${control !== null}
      on=${{...on, unfold: () => unfold(!unfolded), births: loadBirths, checkpoint: (to) => { pause(); moveTo(to); }, play: () => (control ? pause() : playOn())}} />
    <p class="refusal" role="alert">${problem && told(t, problem)}</p>
    <${Pattern} ...${{t, theme, plotly, site, head, cell, on}} trace=${found} view="weights" sink="shown" rows="all" bounded=${false} present=${false} />`;
}

function Folded({t, lang, models, trace, first, name, ...initial}) {
  const {site, head, on} = useChosen(trace, first), [births, loadBirths] = useBirths(t, lang, trace, initial.begun);
  const [unfolded, unfold] = useState(initial.unfolded ?? false), {checkpoints} = models.find(({id}) => id === trace.model.id);
  const [step, setStep] = useState(checkpoints.at(-1));
  const open = () => {
    unfold(!unfolded);
    if (!births) loadBirths();
  };
  return html`<${Training} ...${{t, births, step, checkpoints, trace, shown: {site, head}, unfolded, name}} target="" stale=${false} playing=${false}
    on=${{...on, unfold: open, births: loadBirths, checkpoint: setStep, play: () => {}}} />`;
}

/** The curve, once it is asked for; {problem} where it could not be had. */
function useBirths(t, lang, trace, begun = undefined) {
  const [births, set] = useState(begun);
  const load = () => {
    set(undefined);
    return curveOf(trace.model.id, lang).then(set, (problem) => set({problem}));
  };
  return [births?.problem ? {problem: told(t, births.problem)} : births, load];
}
