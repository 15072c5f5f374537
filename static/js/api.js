/** Calls to the server. The only place that knows its addresses. */

const AWAITED = ["urn:headlight:model-loading", "urn:headlight:no-room-yet"]; // of a model that comes by itself

/** What the server refuses, in the visitor's language; or the network's own failure, `offline`. */
export class Refusal extends Error {
  constructor(detail, {offline = false, field = null, loading = false, lasts = false, after = 0} = {}) {
    super(detail);
    this.offline = offline;
    this.field = field;
    this.loading = loading; // the model is being read or waits for room, and will be there
    this.lasts = lasts; // the same will be refused again
    this.after = after; // seconds until it may be asked for again, where the server says so
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

/** One line for each token that is written, as it comes. */
export const generate = (request, lang, signal) => lines("/api/generate", {lang, signal, body: request});

/** One line for each step of a beam search, and the winner. */
export const beams = (request, lang, signal) => lines("/api/beams", {lang, signal, body: request});

/** What becomes of a prediction with each head edited in turn: what is asked about, then one head after the other. */
export const importance = (request, lang, signal) => lines("/api/importance", {lang, signal, body: request});

/** Every token of a model's vocabulary, by its id, as it is spelt in this language. -> {texts, special} */
export async function vocabulary(model, lang, spelling = "en") {
  return (await call(`/api/models/${encodeURIComponent(model)}/vocabulary?spelling=${spelling}`, {lang})).json();
}

/** Whatever else the server tells as JSON. */
export async function json(path, lang) {
  return (await call(path, {lang})).json();
}

/** Whatever else it answers with as JSON. */
export async function post(path, request, lang, signal) {
  return (await call(path, {lang, signal, body: request})).json();
}

/** Whatever else it tells line by line. */
export const stream = (path, request, lang, signal) => lines(path, {lang, signal, body: request});

/** The matrices of a model whose weights can be edited. -> {features, matrices} */
export async function weights(model, lang) {
  return (await call(`/api/models/${encodeURIComponent(model)}/weights`, {lang})).json();
}

/** The JSON lines of an answer; a problem among them is thrown. */
async function* lines(path, options) {
  const reader = (await call(path, options)).body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (let part; !(part = await reader.read()).done;) {
      const whole = (rest + part.value).split("\n");
      rest = whole.pop();
      for (const line of whole) yield checked(JSON.parse(line));
    }
  } catch (error) {
    if (error instanceof TypeError) throw new Refusal("", {offline: true}); // the connection broke
    throw error;
  } finally {
    reader.cancel().catch(() => {});
  }
}

function checked(line) {
  if (line.type?.startsWith("urn:headlight:")) throw new Refusal(line.detail, {field: line.field});
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
  throw new Refusal(problem.detail ?? `${response.status} ${response.statusText}`, {field: problem.field, loading: AWAITED.includes(problem.type), lasts: response.status === 422,
    after: Number(response.headers.get("Retry-After"))});
}
