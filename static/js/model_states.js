/** How far a model of /api/models is. A list without states is one of models that are all there. */

/** Those that it is known of what they are: they were read at least once. */
export const known = (models) => models.filter(({kind}) => kind);

/** Whether one is still to come. */
export const coming = (models) => models.some(({state}) => state === "waiting" || state === "loading");

/** An unloaded one is read again when it is asked for. */
export const choosable = ({state = "ready"}) => state === "ready" || state === "unloaded";

/** Why it cannot be chosen now; "" where it can. */
export function stateOf(t, {state, seconds, detail}) {
  if (state === "waiting") return detail ?? t("waits to be loaded");
  if (state === "loading") return seconds === undefined ? t("is being loaded") : t("is being loaded, {seconds} s so far", {seconds: Math.round(seconds)});
  return state === "failed" ? detail ?? t("could not be loaded") : "";
}
