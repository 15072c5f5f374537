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
