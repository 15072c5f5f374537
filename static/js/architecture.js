/**
 * Where the parts of a model stand in its drawing: a column for each stack, from top to bottom as it is computed, the part
 * that is shown unrolled into what it does.
 */
const WIDE = 112, HIGH = 24, GAP = 6, MARGIN = 6; // pixels of a part; 24 is the least that a finger hits
const BRIDGE = 26, ADD = 24, NORM = 24, SUBLAYER = 32;

/**
 * @param {any[]} parts as stages.js has them
 * @param {any} current the stage that is shown
 * @returns {{width: number, height: number, boxes: any[], skips: any[], bridges: any[]}} boxes: {kind, part, stage, x, y, wide, high, here}, in the order of
 * computation; skips: what goes around a sublayer; bridges: from the encoder's output to each cross-attention
 */
export function drawing(parts, current) {
  const names = [...new Set(parts.map(({stack}) => stack))], boxes = [], skips = [], bridges = [];
  let deepest = 0;
  names.forEach((name, column) => {
    const x = MARGIN + column * (WIDE + BRIDGE);
    let y = GAP;
    for (const part of parts.filter(({stack}) => stack === name)) {
      const unrolled = part.id === current.part && part.block !== null;
      const inner = unrolled ? unroll(part, current, x, y) : {high: HIGH, boxes: [], skips: []};
      boxes.push({kind: "part", part, stage: part.stages[0], x, y, wide: WIDE, high: inner.high, here: part.id === current.part}, ...inner.boxes);
      skips.push(...inner.skips);
      y += inner.high + GAP;
    }
    deepest = Math.max(deepest, y);
  });
  const memory = boxes.find(({stage}) => stage.kind === "memory");
  for (const part of parts.filter(({stages}) => memory && stages.some(({tensors}) => "memory" in tensors))) {
    const crossing = boxes.find((box) => box.part === part && box.kind === "sublayer" && box.stage.sublayer === "cross_attn");
    bridges.push({from: memory, to: crossing ?? boxes.find((box) => box.part === part)});
  }
  return {width: 2 * MARGIN + names.length * WIDE + (names.length - 1) * BRIDGE, height: deepest, boxes, skips, bridges};
}

/** Norm where there is one, sublayer, a norm of what it made where there is one, and addition, one under the other, for each sublayer of a block. */
function unroll(part, current, x, top) {
  const boxes = [], skips = [];
  let y = top + HIGH;
  for (const sublayer of [...new Set(part.stages.map((stage) => stage.sublayer))]) {
    const stages = part.stages.filter((stage) => stage.sublayer === sublayer), begun = y - 2;
    const norms = stages.filter(({kind}) => kind === "norm"), adds = stages.slice(-1).filter(({kind}) => kind === "add"), between = stages.filter(({kind}) => kind === "between");
    const inner = stages.slice(norms.length, stages.length - adds.length - between.length);
    const rows = [["norm", NORM, norms], ["sublayer", SUBLAYER, inner], ["norm", NORM, between], ["add", ADD, adds]].filter(([, , own]) => own.length);
    for (const [kind, high, own] of rows) {
      const inset = kind === "add" ? (WIDE - ADD) / 2 : 11;
      boxes.push({kind, part, stage: own[0], x: x + inset, y, wide: WIDE - 2 * inset, high, here: own.some(({step}) => step === current.step)});
      y += high + 3;
    }
    if (adds.length) skips.push({x: x + WIDE / 2, right: x + WIDE - 5, from: begun, to: y - 3 - ADD / 2});
    y += 3;
  }
  return {high: y - top, boxes, skips};
}
