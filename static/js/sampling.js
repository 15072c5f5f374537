/** How the next token is drawn: temperature, then top-k, then top-p, as the address has them and as the API takes them. */

export const TEMPERATURES = ["0", "0.2", "0.4", "0.6", "0.8", "1", "1.2", "1.5", "2"];
export const TOP_PS = ["0.5", "0.7", "0.8", "0.9", "0.95", "1"];
export const TOP_KS = ["1", "2", "3", "5", "10", "20", "50", "100", "0"]; // 0: all

/** What holds where the address says nothing: a translation takes the likeliest token, a story is drawn. */
export const temperatureOf = (said, kind) => said || (kind === "encoder-decoder" ? "0" : "0.8");

/** @param {Record<string, {value: any}>} state signals of the address */
export function samplingOf({temperature, top_k, top_p, seed}, kind) {
  return {
    temperature: Number(temperatureOf(temperature.value, kind)), seed: seed.value ?? 0,
    top_k: Number(top_k.value) || null, top_p: Number(top_p.value) === 1 ? null : Number(top_p.value),
  };
}
