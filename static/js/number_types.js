/** Types that weights are not read from, and what to do instead: as safetensors ("F8_E4M3") or NumPy ("complex64") calls them. */
import {BadFile} from "./bad_file.js";

const SORTS = [
  [/^F[468](_|$)/, (t, told) => t("“{entry}” holds numbers of one byte or less ({type}), which are not read here: save them as float16.", told)],
  [/^bool$/i, (t, told) => t("“{entry}” holds true and false ({type}), as a mask does: save the attention weights themselves, as float32.", told)],
  [/^(complex|C\d)/, (t, told) => t("“{entry}” holds complex numbers ({type}): weights are real, save them as float32.", told)],
  [/^(u?int|[IU]\d)/, (t, told) => t("“{entry}” holds whole numbers ({type}): weights lie between 0 and 1, save them as float32.", told)],
  [/^objects$/, (t, told) => t("“{entry}” was saved as Python objects: save it as numbers, numpy.array(weights, dtype=numpy.float32).", told)],
  [/^records$/, (t, told) => t("“{entry}” holds records, not a plain array of numbers.", told)],
  [/./, (t, told) => t("“{entry}” holds numbers of type {type}, which are not read here: save it as float32.", told)],
];

export function notWeights(entry, type) {
  const [, say] = SORTS.find(([names]) => names.test(type));
  return new BadFile((t) => say(t, {entry, type}));
}
