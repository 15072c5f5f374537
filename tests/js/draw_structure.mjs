/** What the page draws of models whose parts are told as JSON: boxes, labels of arrows, the ledger. */
import {readFileSync} from "node:fs";
import {page} from "./page.mjs";

const {ledger, lengthsOf, needed, ownCount, partOf, placeOf, planned, shapeOf, shownBy, siteAt} = await page("structure.js");
const {layout, towards} = await page("structure_layout.js"), {stageOf} = await page("structure_stage.js"), {itemName} = await page("structure_words.js");

const models = JSON.parse(readFileSync(process.argv[2], "utf8"));
const drawn = models.map(({told, trace}) => {
  const plan = planned(told), lengths = lengthsOf(trace), {rows, total} = ledger(plan), blocks = told.config.n_layers;
  const pictures = Array.from({length: blocks}, (_, unrolled) => layout([{id: "one", plan, lengths}], {unrolled}));
  return {
    stacks: plan.stacks, total, rows: rows.map(({id, count, items}) => ({id, count, names: items.map((item) => itemName((sentence) => sentence, plan, item)), items: items.reduce((sum, one) => sum + one.count, 0)})),
    shapes: Object.fromEntries(Object.keys(plan.tensors).map((name) => [name, shapeOf(plan, name, lengths)])),
    pictures: pictures.map(({boxes, arrows, ghosts, width, height}) => ({
      width, height, ghosts: ghosts.length, labels: arrows.map(({label}) => label).filter(Boolean),
      bridges: arrows.filter(({role}) => role === "bridge").length,
      boxes: boxes.map(({id, part, x, y, wide, high}) => ({id, kind: part.kind, open: Boolean(part.open), x, y, wide, high, own: ownCount(plan, partOf(plan, id))})),
      walked: walked(boxes),
    })),
    needed: Object.fromEntries(plan.parts.map((part) => [part.id, needed(plan, trace, part)])),
    shown: Object.fromEntries(plan.parts.map((part) => [part.id, shownBy(part).map(({name}) => name)])),
    stages: Object.fromEntries(plan.parts.map((part) => [part.id, stageOf({...trace, model: {config: told.config}}, plan, part)])),
    sites: Object.fromEntries(plan.parts.map((part) => [part.id, siteAt(plan, trace, part.id).name])),
    places: Object.fromEntries(plan.parts.map((part) => [part.id, placeOf(plan, part)])),
  };
});
console.log(JSON.stringify(drawn));

/** How many boxes arrow keys lead to from the first. */
function walked(boxes) {
  const seen = new Set([boxes[0]]), queue = [boxes[0]];
  while (queue.length) {
    const from = queue.pop();
    for (const key of ["ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight"]) {
      const to = towards(boxes, from, key);
      if (to && !seen.has(to)) { seen.add(to); queue.push(to); }
    }
  }
  return seen.size;
}
