/** Saves what is shown of the chosen head, as the visitor asks. */
import * as api from "./api.js";
import {copied, download} from "./download.js";
import {csv, fileName, matricesOf, printed, python, pythonOfFile} from "./exports.js";
import {headName, siteName, viewName} from "./names.js";

const TYPES = {csv: "text/csv;charset=utf-8", python: "text/x-python", safetensors: "application/octet-stream", html: "text/html"};
const FONT = "system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif";
const SCALE = 3; // pixels of a PNG for each of the page

/**
 * @param {{trace: any, site: any, head: number, view: string, lang: string, t: any, Plotly: any, address: string, origin: string}} shown
 * @returns {Promise<string>} what was done, in words. Raises Refusal.
 */
export async function save(kind, shown) {
  const {trace, site, head, lang, t, address, origin} = shown;
  const view = ["scores", "qkv"].includes(shown.view) && trace.views.includes(shown.view) ? shown.view : "weights"; // of the others, what they are drawn from
  const name = fileName(trace, site, head, view, kind === "python" ? "py" : kind);
  if (kind === "link") return (await copied(address)) ? t("The link is copied.") : t("The browser does not allow copying: the link is the page's address.");
  if (kind === "png" || kind === "svg") download(name, await picture(kind, view, shown));
  if (kind === "csv") download(name, `\ufeff${csv(matricesOf(trace, site, head, view))}`, TYPES.csv);
  if (kind === "python") download(name, trace.file ? pythonOfFile(trace.file, site, head) : python(run(trace), origin, site, head), TYPES.python);
  if (kind === "safetensors") download(name, await api.trace(run(trace), lang), TYPES.safetensors);
  if (kind === "html") download(name, await api.figure({...run(trace), site: site.name, head, view}, lang), TYPES.html);
  return t("Saved as {name}.", {name});
}

const run = ({model, request: {text, target, mask, checkpoint, edits}}) => ({model: model.id, text, target, mask, checkpoint, edits});

/** The matrices of a view one beside the other would be too wide for a page: the first is drawn. */
function picture(kind, view, {trace, site, head, t, Plotly}) {
  const [matrix] = matricesOf(trace, site, head, view);
  const title = `${viewName(t, view)}: ${siteName(t, site)}, ${headName(t, site, head)} (${trace.model.id})`;
  const figure = printed(matrix, view, {title, font: FONT, rowAxis: t("query: who looks"),
    columnAxis: view === "qkv" ? t("feature") : t("key: what is looked at")});
  return Plotly.toImage(figure, {format: kind, width: figure.layout.width, height: figure.layout.height, scale: kind === "png" ? SCALE : 1});
}
