/** What a run of a comparison is: in words what differs among the panes, then the head and its mask. */
import {html} from "htm/preact";
import {count} from "../format.js";
import {headName, maskName, modelName, siteName, titleOf} from "../names.js";

export function PaneTitle({t, end, ends, models}) {
  if (!end) return null;
  const {trace, site, head} = end, {request} = trace, others = end === ends[0] ? ends.filter(Boolean) : ends.slice(0, 1).filter(Boolean);
  const differs = (of) => others.some((other) => JSON.stringify(of(other.trace)) !== JSON.stringify(of(trace)));
  const last = models.find((m) => m.id === trace.model.id)?.checkpoints?.at(-1);
  const own = trace.sites.find((one) => one.query === trace.predicted && one.key === trace.predicted);
  const masked = (site.query === own.query && site.key === own.key) || !differs((one) => one.request.mask) ? site : own; // the mask of a run is its predicted side's
  const facts = [
    differs(({model}) => model.id) && named(t, models, trace.model),
    differs((one) => one.request.checkpoint) && (request.checkpoint === null ? t("finished model") : t("step {step}", {step: count(request.checkpoint ?? last)})),
    differs((one) => one.request.edits) && edited(t, request.edits.length),
    differs((one) => one.request.text) && html`<q title=${request.text}><bdi>${request.text}</bdi></q>`,
  ].filter(Boolean);
  return html`${facts.map((fact) => html`<span class="fact">${fact}</span>`)}<span class="fact mask">${masked === site ? maskName(t, site.mask) : t("mask of the decoder: {mask}", {mask: maskName(t, masked.mask)})}</span>
    <small>${siteName(t, site)} · ${headName(t, site, head)}</small>`;
}

function edited(t, n) {
  if (n === 0) return t("without edits");
  return n === 1 ? t("1 edit") : t("{count} edits", {count: n});
}

/** Models of the same kind are told apart by their titles. */
function named(t, models, {id, kind}) {
  const model = models.find((m) => m.id === id);
  if (!model) return modelName(t, kind);
  const title = titleOf(t, model);
  return models.some((m) => m !== model && titleOf(t, m) === title) ? model.title : title;
}
