"""1,024 x 1,024 weights painted on canvas tiles, beside plotly's newPlot: `.venv/bin/python scripts/bench/tiles.py`.

Both draw the same numbers in turn, in one Chromium: ours from the matrix to pixels that can be read, with its table of
colours and its patches made anew; plotly's until its promise is kept. The numbers are made up: no model runs. Needs the
extra `test`.
"""

from __future__ import annotations

import statistics

from browsing import browsed, served, tab

SPEED = """async () => {
  const modules = ["colour_table", "colour", "tiling", "views/tiles", "views/tile_canvas"];
  const [{colourTable}, {plotlyScale, weightColour}, {whole}, {Tiles}, {paint, paneOf}] =
    await Promise.all(modules.map((name) => import(`/static/js/${name}.js`)));
  const n = 1024, values = new Float32Array(n * n).fill(NaN), matrix = {values, rows: n, columns: n};
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) values[i * n + j] = (i * 31 + j * 17) % 101 / 707;
  const names = Array.from({length: n}, (_, i) => `token ${i}`), labels = {rows: names, columns: names};
  const size = {width: 700, height: 500}, colourOf = (x) => weightColour(x, "light");
  const pane = paneOf({...size, ...labels, longest: 12}), view = whole(matrix, pane), axes = {rows: "", columns: ""};
  const canvas = document.createElement("canvas"), chart = document.body.appendChild(document.createElement("div"));
  const ours = () => {
    const tiles = new Tiles(matrix, colourTable(colourOf, [0, 1]));
    paint(canvas, {tiles, view, pane, size, labels, longest: 12, axes, theme: "light", marks: [], room: 32, colourOf});
    canvas.getContext("2d").getImageData(0, 0, 1, 1); // done only when it can be read
  };
  const row = (_, i) => Array.from(values.subarray(i * n, i * n + n), (x) => (Number.isNaN(x) ? null : x));
  const data = {type: "heatmap", z: Array.from(names, row), colorscale: plotlyScale(colourOf, 0), zmin: 0, zmax: 1};
  const theirs = () => Plotly.newPlot(chart, [data], {...size}, {staticPlot: true});
  const found = [[], []];
  for (let i = 0; i < 12; i++) {
    for (const [at, work] of [ours, theirs].entries()) {
      const begun = performance.now();
      await work();
      found[at].push(performance.now() - begun);
    }
  }
  chart.remove();
  return found.map((times) => times.sort((a, b) => a - b));
}"""


def main() -> None:
    with served() as address, browsed() as browser, tab(browser) as page:
        page.goto(address)
        page.wait_for_selector(".heatmaplayer image")
        ours, theirs = map(statistics.median, page.evaluate(SPEED))
    print(f"tiles {ours:.1f} ms, plotly {theirs:.1f} ms: 1/{theirs / ours:.1f}")


if __name__ == "__main__":
    main()
