/** How exact the numbers are of which the page shows all digits. */

export const worked = (t) => t("Worked in double precision (float64) from the model's own float32 numbers.");

export const sent = (t) => t("The model's own numbers, float32.");
