import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {ends, labelBox, layout, sharpness, shift, suited} = await page("line_layout.js");
const LATIN = ["⟨bos⟩", "Tom", "␣likes", "␣music", ".", "␣yesterday"], CHINESE = ["⟨bos⟩", "我", "爱", "吃", "鱼", "一只", "。"];
const repeated = (labels, count) => Array.from({length: count}, (_, i) => labels[i % labels.length]);
const CASES = [];
for (const direction of ["columns", "rows"]) {
  for (const width of [288, 362, 660, 1100]) {
    for (const height of [192, 420, 700]) {
      for (const [queries, keys] of [[LATIN, LATIN], [CHINESE, CHINESE], [CHINESE, LATIN], [["一"], repeated(LATIN, 40)],
        [repeated(LATIN, 256), repeated(CHINESE, 256)], [repeated(["␣antidisestablishmentarianism"], 5), CHINESE]]) {
        CASES.push({direction, width, height, queries, keys});
      }
    }
  }
}
const called = ({direction, width, height, queries, keys}) => `${direction} ${width}x${height}, ${queries.length} to ${keys.length}`;

test("labels stand one after the other without touching, each at the end of its line", () => {
  for (const given of CASES) {
    const place = layout(given), across = given.direction === "rows";
    for (const [axis, labels] of [["query", given.queries], ["key", given.keys]]) {
      labels.forEach((_, i) => {
        const box = labelBox(place, axis, i), next = labelBox(place, axis, i + 1);
        const [from, size, after] = across ? [box.left, box.width, next.left] : [box.top, box.height, next.top];
        assert.ok(size >= 24 - 1e-9 && Math.abs(from + size - after) < 1e-6, called(given));
        const [x1, y1, x2, y2] = axis === "query" ? ends(place, i, 0) : ends(place, 0, i);
        const [x, y] = axis === "query" ? [x1, y1] : [x2, y2], {left, top, width, height} = place.canvas;
        const middle = across ? [box.left + box.width / 2, axis === "query" ? box.top + box.height : box.top]
          : [axis === "query" ? box.left + box.width : box.left, box.top + box.height / 2];
        assert.ok(Math.abs(left + x - middle[0]) < 1e-6 && Math.abs(top + y - middle[1]) < 1e-6, called(given));
        assert.ok(x >= 0 && x <= width && y >= 0 && y <= height, called(given));
      });
    }
  }
});

test("everything lies within the figure, which is as wide as the pane where columns are, and scrolls where tokens are many", () => {
  for (const given of CASES) {
    const place = layout(given), {canvas, side} = place;
    for (const {left, top, width, height} of [canvas, side.query.box, side.key.box]) {
      assert.ok(left >= 0 && top >= 0 && left + width <= place.width + 1e-6 && top + height <= place.height + 1e-6, called(given));
    }
    assert.ok(canvas.width >= 40 && canvas.height >= 24, called(given));
    if (given.direction === "columns") assert.ok(place.width <= given.width, called(given));
    else if (given.queries.length + given.keys.length < 14) assert.ok(place.width <= given.width, called(given));
  }
});

test("the sides are equally long, so that a translation in order is straight", () => {
  const place = layout({direction: "columns", width: 600, height: 400, queries: repeated(CHINESE, 12), keys: repeated(LATIN, 6)});
  assert.equal(place.side.query.box.height, place.side.key.box.height);
  const [, y1, , y2] = ends(place, 0, 0), [, y3, , y4] = ends(place, 11, 5);
  assert.ok(y2 > y1 && y3 > y4 && Math.abs((y2 - y1) - (y3 - y4)) < 1e-9);
});

test("Chinese that fits stands in rows, everything else in columns", () => {
  const wide = {width: 660};
  assert.equal(suited({...wide, queries: CHINESE, keys: CHINESE}), "rows");
  assert.equal(suited({...wide, queries: LATIN, keys: LATIN}), "columns");
  assert.equal(suited({...wide, queries: repeated(CHINESE, 40), keys: repeated(CHINESE, 40)}), "columns");
  assert.equal(suited({width: 150, queries: CHINESE, keys: CHINESE}), "columns");
  assert.equal(suited({...wide, queries: ["⟨bos⟩"], keys: ["⟨bos⟩"]}), "columns");
});

test("in rows labels stand upright where they fit, and only those that do not are turned", () => {
  const turned = (given) => layout({direction: "rows", height: 400, ...given}).side.query.turned;
  assert.ok(turned({width: 660, queries: LATIN, keys: LATIN}).every((one) => !one));
  assert.deepEqual(turned({width: 280, queries: CHINESE, keys: CHINESE}), [true, false, false, false, false, false, false]);
  assert.ok(turned({width: 280, queries: repeated(LATIN, 30), keys: LATIN}).filter(Boolean).length >= 20);
});

test("heads of one pair lie beside each other around its middle, within the room of a token", () => {
  for (const count of [1, 2, 4, 12]) {
    const at = Array.from({length: count}, (_, slot) => shift(slot, count, 24));
    assert.ok(Math.abs(at.reduce((a, b) => a + b, 0)) < 1e-9);
    assert.ok(Math.max(...at) < 12);
    for (let i = 1; i < count; i++) assert.ok(at[i] > at[i - 1]);
  }
});

test("the canvas is as sharp as the screen, unless it were too large for a browser", () => {
  assert.equal(sharpness({width: 500, height: 400}, 2), 2);
  for (const height of [6144, 24_576, 100_000]) {
    const ratio = sharpness({width: 600, height}, 3);
    assert.ok(ratio > 0 && ratio <= 3 && height * ratio <= 16_384 + 1e-6 && 600 * height * ratio ** 2 <= 8e6 + 1, String(ratio));
  }
});

test("for a class labels, their room and what lies between are as much larger", () => {
  for (const direction of ["rows", "columns"]) {
    const given = {direction, width: 1000, height: 400, queries: repeated(CHINESE, 17), keys: repeated(CHINESE, 17)};
    const place = layout(given), large = layout({...given, scale: 1.5});
    assert.ok(large.font >= 1.4 * place.font && large.font >= 19, direction);
    assert.ok(large.side.query.step >= 36 && large.canvas.height >= 100, direction);
    assert.ok(large.side.query.box.height >= (direction === "rows" ? 1.4 : 1) * place.side.query.box.height, direction);
  }
});
