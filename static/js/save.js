/** Saves what is shown of the chosen head, as the visitor asks. */
import * as api from "./api.js";
import {birthPicture} from "./birth_picture.js";
import {tableOf} from "./births.js";
import {copied, download, gathered} from "./download.js";
import {csv, fileName, matricesOf, python, pythonOfFile} from "./exports.js";
import {count, percent} from "./format.js";
import {largePrint} from "./large_print.js";
import {linesOfHeads, shownHeads} from "./line_layers.js";
import {directionOf, labelsOf, linesPicture, tooMany} from "./line_picture.js";
import {tally} from "./lines.js";
import {matrixImage} from "./matrix_image.js";
import {headName, siteName, viewName} from "./names.js";
import {reopened} from "./portions.js";
import {printed} from "./print.js";
import {raster} from "./raster.js";
import {matricesOfStage, viewOfStage} from "./stage_export.js";
import {PLOTTED} from "./tiling.js";

const TYPES = {csv: "text/csv;charset=utf-8", python: "text/x-python", safetensors: "application/octet-stream", html: "text/html", svg: "image/svg+xml"};
const FONT = "system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif";
const SCALE = 3; // pixels of a PNG for each of the page
const LONGEST_SIDE = 10_000; // pixels of a PNG: of much larger ones some browsers make nothing

/**
 * @param {any} shown trace, site, head, query, view, as the page shows them; shows: sink and measure; lines: what the lines view is told;
 * lang, t, loadPlotly, address, origin; most: bytes that the server sends at once
 * @returns {Promise<string>} what was done, in words. Raises Refusal.
 */
export async function save(kind, shown) {
  const {trace, site, head, shows, lines, lang, t, address, origin, most} = shown;
  const view = trace.views.includes(shown.view) ? shown.view : trace.views[0];
  const name = fileName(trace, site, head, view, kind === "python" ? "py" : kind);
  if (kind === "link") return linked(address, t);
  if (kind === "png" || kind === "svg") {
    const picture = await pictureOf(kind, view, shown);
    if (typeof picture === "string") return picture;
    download(name, picture.content, TYPES[kind]);
  }
  if (kind === "csv") download(name, await table(matricesOf(trace, site, head, view, shows)), TYPES.csv);
  if (kind === "python") download(name, trace.file ? pythonOfFile(trace.file, site, head) : python(run(trace), origin, site, head), TYPES.python);
  if (kind === "safetensors") {
    const names = reopened(trace, most);
    download(name, await api.trace({...run(trace), ...(names && {names})}, lang), TYPES.safetensors);
    if (names) return t("Saved as {name}, with what this page draws from: queries, keys, values. All that a run this long computes is more than is sent at once; in Python you get it name by name.", {name});
  }
  if (kind === "html") {
    if (view === "lines" && tooMany(tally(linesOfHeads(trace, site, shownHeads(site, head, lines), Number(lines.threshold))))) return stain(t);
    download(name, await api.figure({...run(trace), site: site.name, head, view, ...toldOf(view, shown)}, lang), TYPES.html);
  }
  return t("Saved as {name}.", {name});
}

/**
 * What a stage of the forward pass draws: a picture, its numbers, or the link to it.
 * @param {any} shown trace, stage, site, head, title: of the stage; t, loadPlotly, address
 */
export async function saveStage(kind, {trace, stage, site, head, title, t, loadPlotly, address}) {
  if (kind === "link") return linked(address, t);
  const matrices = matricesOfStage({trace, stage, site, head}), name = `headlight-${trace.model.id}-${stage.id.replaceAll("/", "-")}-head-${head}.${kind}`;
  if (kind === "csv") download(name, await table(matrices), TYPES.csv);
  else {
    const picture = await plotted(kind, matrices, viewOfStage(stage), `${title}: ${siteName(t, site)}, ${headName(t, site, head)} (${trace.model.id})`, {t, loadPlotly});
    if (typeof picture === "string") return picture;
    download(name, picture.content, TYPES[kind]);
  }
  return t("Saved as {name}.", {name});
}

/**
 * The curve of a training: a picture, or its numbers.
 * @param {any} shown births, strong, step, model, title: as the page shows them; t
 */
export async function saveBirths(kind, {births, strong, step, model, title, t}) {
  const name = `headlight-${model}-${births.kind}-in-training.${kind}`;
  if (kind === "csv") download(name, await table([tableOf(births)]), TYPES.csv);
  else {
    const words = {title: `${title} (${model})`, axis: t("weight by step"), steps: t("training step"), chance: t("chance"),
      headName: ({layer, head}) => headName(t, {layer}, head)};
    const picture = birthPicture({births, strong, step, font: FONT, words});
    download(name, kind === "svg" ? picture.svg : await raster(picture, SCALE), TYPES[kind]);
  }
  return t("Saved as {name}.", {name});
}

/** CSV, with the mark by which spreadsheets know UTF-8. */
const table = async (matrices) => new Blob(["\ufeff", await gathered(csv(matrices))]);

const linked = async (address, t) => ((await copied(address)) ? t("The link is copied.")
  : t("The browser does not allow copying: the link is the page's address."));

const run = ({model, request: {text, target, mask, checkpoint, edits}}) => ({model: model.id, text, target, mask, checkpoint, edits});

const stain = (t) => t("So many lines make no picture: draw fewer by a higher weight.");

/** What the page is told of how to draw a view, as the server takes it. */
function toldOf(view, {trace, site, head, query, shows: {sink, measure}, lines}) {
  return {
    weights: {sink}, values: {sink, measure, query},
    lines: {threshold: Number(lines.threshold), beside: shownHeads(site, head, lines).slice(0, -1), direction: directionOf(lines, labelsOf(trace, site))},
  }[view];
}

/** -> {content}, or why there is none, in words */
async function pictureOf(kind, view, shown) {
  const {trace, site, head, shows, t, loadPlotly} = shown;
  const title = `${viewName(t, view)}: ${siteName(t, site)}, ${headName(t, site, head)} (${trace.model.id})`;
  if (view === "lines") return picturedLines(kind, title, shown);
  const also = [...(view === "values" && shows.measure === "norms" ? [t("weight × ‖v‖")] : []),
    ...(["weights", "values"].includes(view) && shows.sink === "hidden" ? [t("the first position is hidden")] : [])];
  return plotted(kind, matricesOf(trace, site, head, view, shows), view, [title, ...also].join("; "), {t, loadPlotly});
}

async function plotted(kind, matrices, view, title, {t, loadPlotly}) {
  const words = {title, font: FONT, rowAxis: t("query: who looks"), columnAxis: ["qkv", "features"].includes(view) ? t("feature") : t("key: what is looked at")};
  if (matrices.some(({rows, columns}) => Math.max(rows.length, columns.length) > PLOTTED)) {
    const drawn = [];
    for (const one of matrices) drawn.push({...one, picture: await matrixImage(one, view)});
    const picture = largePrint(drawn, view, words);
    return {content: kind === "svg" ? picture.svg : await raster(picture, Math.min(SCALE, LONGEST_SIDE / Math.max(picture.width, picture.height)))};
  }
  const figure = printed(matrices, view, words);
  const Plotly = await loadPlotly();
  if (!Plotly) return t("The picture is drawn by plotly, a part of this page that could not be loaded: check the connection and load the page again.");
  const {width, height} = figure.layout;
  return {content: await Plotly.toImage(figure, {format: kind, width, height, scale: kind === "png" ? Math.min(SCALE, LONGEST_SIDE / Math.max(width, height)) : 1})};
}

async function picturedLines(kind, title, {trace, site, head, lines, t}) {
  const least = `${Number(lines.threshold) * 100} %`;
  const picture = linesPicture({trace, site, head, lines, font: FONT, headName: (i) => t("head {head}", {head: i}), title: ({drawn, of, share}) => `${title}. ${t("From a weight of")} ${least}; `
    + t("drawn: {drawn} of {of} lines, {share} of the weight", {drawn: count(drawn), of: count(of), share: percent(share)})});
  if (!picture) return stain(t);
  return {content: kind === "svg" ? picture.svg : await raster(picture, Math.min(SCALE, LONGEST_SIDE / Math.max(picture.width, picture.height)))};
}
