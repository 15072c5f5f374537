/**
 * The elements of a lesson, and what makes each live: (element, page) => void. null: the server has made all of it.
 * An entry a line; app/lessons/registry.py reads them here.
 */
import {becauseCard} from "./because_card.js";
import {conceptTest} from "./concept_test.js";
import {explainedName} from "./explained_name.js";
import {fillBlanks} from "./fill_blanks.js";
import {liveFigure} from "./live_figure.js";
import {liveValue, liveVector} from "./live_value.js";
import {predictAgain, predictQuestion} from "./predict_question.js";
import {sortJobs} from "./sort_jobs.js";

export const ELEMENTS = {
  "live-value": liveValue,
  "live-vector": liveVector,
  "a-name": explainedName,
  "live-figure": liveFigure,
  "predict-question": predictQuestion,
  "predict-again": predictAgain,
  "fill-blanks": fillBlanks,
  "because-card": becauseCard,
  "concept-test": conceptTest,
  "sort-jobs": sortJobs,
  "myth-card": null,
};

/** Makes everything in an element live. */
export function upgrade(root, page) {
  for (const [tag, make] of Object.entries(ELEMENTS)) {
    if (make) for (const element of root.querySelectorAll(tag)) make(element, page);
  }
}
