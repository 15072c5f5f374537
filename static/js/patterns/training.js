/** The training of a model: the slider and the curve, with a head that follows them. */
import {html} from "htm/preact";
import {useEffect, useMemo, useRef, useState} from "preact/hooks";
import {Refusal, births as curveOf} from "../api.js";
import {play} from "../player.js";
import {saveBirths} from "../save.js";
import {Series} from "../series.js";
import {Pattern} from "../views/head_figure.js";
import {Training} from "../views/training.js";
import {RUNS, ask, told} from "./runs.js";
import {Specimen, useChosen} from "./specimen.js";

const OFFLINE = {problem: new Refusal("", {offline: true})};

export function Trainings({given}) {
  const {t} = given;
  return html`
    <${Specimen} given=${given} View=${Trained} title=${t("Training, unfolded: the head follows the slider")} wide=${true} figure=${true} />
    <${Specimen} given=${given} View=${Trained} title=${t("Training, folded")} folded=${true} />
    <${Specimen} given=${given} View=${Trained} title=${t("Training, whose curve could not be had")} begun=${OFFLINE} />`;
}

/** figure: whether the head is drawn below; folded: at first; begun: the curve, or why there is none */
function Trained({t, lang, theme, plotly, models, trace, first, name, figure = false, folded = false, begun}) {
  const {site, head, cell, on} = useChosen(trace, first), [births, loadBirths] = useBirths(t, lang, trace, begun);
  const [unfolded, unfold] = useState(!folded), {checkpoints} = models.find(({id}) => id === trace.model.id);
  const {shown, step, playing, problem, moveTo, playOrPause} = useCheckpoints(lang, trace, checkpoints), [saved, setSaved] = useState("");
  const keep = (kind, curve) => saveBirths(kind, {...curve, model: trace.model.id, t}).then(setSaved);
  return html`
    <${Training} ...${{t, births, step, checkpoints, playing, unfolded, saved, name}} trace=${shown} shown=${{site, head}} target="" stale=${false}
      on=${{...on, unfold: () => unfold(!unfolded), births: loadBirths, checkpoint: moveTo, play: playOrPause, saveBirths: keep}} />
    <p class="refusal" role="alert">${problem && told(t, problem)}</p>
    ${figure && html`<${Pattern} ...${{t, theme, plotly, site, head, cell, on}} trace=${shown} view="weights" sink="shown" rows="all" bounded=${false} present=${false} />`}`;
}

/** The same sentence with the weights of a checkpoint, one that is chosen or one after the other. */
function useCheckpoints(lang, trace, checkpoints) {
  const [shown, show] = useState(trace), [problem, tell] = useState(null), [playing, setPlaying] = useState(null), wanted = useRef(null);
  const series = useMemo(() => {
    const all = new Series((further, signal) => ask(RUNS.repeated, lang, further, signal), {}, false);
    all.traces.set(null, trace);
    return all;
  }, [trace]);
  const last = checkpoints.at(-1), step = shown.request.checkpoint ?? last;
  const bring = async (to) => {
    wanted.current = to;
    try {
      const found = await series.at(to === last ? null : to);
      if (wanted.current === to) show(found);
      tell(null);
      return true;
    } catch (error) {
      tell(error);
      return false;
    }
  };
  const pause = () => { playing?.abort(); setPlaying(null); };
  const playOn = async () => {
    const mine = new AbortController(), at = checkpoints.indexOf(step);
    setPlaying(mine);
    await play({from: step === last ? 0 : at + 1, count: checkpoints.length, signal: mine.signal, show: (i) => bring(checkpoints[i])});
    setPlaying((now) => (now === mine ? null : now));
  };
  return {shown, step, problem, playing: playing !== null, moveTo: (to) => { pause(); bring(to); }, playOrPause: playing ? pause : playOn};
}

/** The curve; {problem} where it could not be had. */
function useBirths(t, lang, trace, begun) {
  const [births, set] = useState(begun);
  const load = () => {
    set(undefined);
    curveOf(trace.model.id, lang).then(set, (problem) => set({problem}));
  };
  useEffect(() => { if (!begun) load(); }, [trace]);
  return [births?.problem ? {problem: told(t, births.problem)} : births, load];
}
