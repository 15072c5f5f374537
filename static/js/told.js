/** Why something could not be had, in a sentence. */
import {Refusal} from "./api.js";

export function told(t, error) {
  if (!(error instanceof Refusal)) return t("The answer could not be read. Try again in a moment.");
  return error.offline ? t("The server cannot be reached. Try again in a moment.") : error.message;
}
