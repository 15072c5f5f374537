/** Calls to the server. The only place that knows its addresses. */

/** What the server refuses, in the visitor's language; or the network's own failure, `offline`. */
export class Refusal extends Error {
  constructor(detail, {offline = false, field = null} = {}) {
    super(detail);
    this.offline = offline;
    this.field = field;
  }
}

export async function models(lang) {
  return (await call("/api/models", {lang})).json();
}

/** How a kind of head came up while this model was trained. */
export async function births(model, lang) {
  return (await call(`/api/models/${encodeURIComponent(model)}/births`, {lang})).json();
}

/** One run of a model. -> the bytes of its trace */
export async function trace(request, lang, signal) {
  return (await call("/api/trace", {lang, signal, body: request})).arrayBuffer();
}

/** One head of a run as an HTML file that stands by itself. */
export async function figure(request, lang) {
  return (await call("/api/figure", {lang, body: request})).text();
}

/** Every token of a model's vocabulary, by its id. -> {texts, special} */
export async function vocabulary(model, lang) {
  return (await call(`/api/models/${encodeURIComponent(model)}/vocabulary`, {lang})).json();
}

/** What becomes of a prediction with each head edited in turn: what is asked about, then one head after the other. */
export async function* importance(request, lang, signal) {
  const {body} = await call("/api/importance", {lang, signal, body: request});
  let rest = "";
  for await (const piece of chunks(body.pipeThrough(new TextDecoderStream()))) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop();
    for (const line of lines) yield unrefused(JSON.parse(line));
  }
}

async function* chunks(stream) {
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
}

/** A refusal that came after the answer had begun is its last line. */
function unrefused(line) {
  if ("detail" in line) throw new Refusal(line.detail, {field: line.field});
  return line;
}

async function call(path, {lang, signal, body}) {
  const language = {"Accept-Language": lang === "zh" ? "zh-CN" : "en"};
  const init = body === undefined
    ? {signal, headers: language}
    : {signal, method: "POST", headers: {...language, "Content-Type": "application/json"}, body: JSON.stringify(body)};
  let response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal("", {offline: true});
  }
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  throw new Refusal(problem.detail ?? `${response.status} ${response.statusText}`, {field: problem.field});
}
