"""1,024 x 1,024 weights painted on canvas tiles, and 144 thumbnails, beside plotly's newPlot of the same numbers:
`.venv/bin/python scripts/bench/tiles.py`.

Both draw the same numbers in turn, in one Chromium: ours from the matrix to pixels that can be read, with its table of
colours and its patches made anew; plotly's until its promise is kept. The thumbnails are the page's own, of 64 x 64;
plotly's are 144 heatmaps in one chart of 12 x 12 subplots. The numbers are made up: no model runs. Needs the
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

THUMBNAILS = """async () => {
  const [{html}, {render}, {Thumbnail}, {plotlyScale, weightColour}] = await Promise.all(
    ["htm/preact", "preact", "/static/js/views/thumbnail.js", "/static/js/colour.js"].map((name) => import(name)));
  const n = 64, names = Array.from({length: n}, (_, i) => i), heads = Array.from({length: 12}, (_, i) => i);
  const seen = (_, i) => Math.floor(i / n) % n >= i % n, tensors = {};
  const sites = heads.map((layer) => ({name: `blocks.${layer}.attn`, layer, n_heads: 12, query: "target",
    key: "target", mask: "causal"}));
  for (const {name, layer} of sites) {
    const data = Uint8Array.from({length: 12 * n * n}, (_, i) => (seen(_, i) ? (i * 31 + layer) % 256 : 0));
    tensors[`${name}.thumbnails`] = {data};
  }
  const shown = document.body.appendChild(document.createElement("div"));
  const chart = document.body.appendChild(document.createElement("div"));
  const ours = () => {
    render(null, shown);
    const trace = {tensors, along: () => names}; // new to the page, as after a run
    render(sites.map((site) => heads.map((head) =>
      html`<${Thumbnail} trace=${trace} site=${site} head=${head} theme="light" from=${0} />`)), shown);
    for (const canvas of shown.children) canvas.getContext("2d").getImageData(0, 0, 1, 1);
  };
  const theirs = () => {
    const layout = {grid: {rows: 12, columns: 12, pattern: "independent"}, width: 900, height: 900};
    const data = sites.flatMap(({name}, row) => heads.map((head) => {
      const at = row * 12 + head + 1, {data} = tensors[`${name}.thumbnails`], start = head * n * n;
      const z = names.map((i) => Array.from(data.subarray(start + i * n, start + i * n + n), (x) => (x / 255) ** 2));
      return {type: "heatmap", z, xaxis: `x${at > 1 ? at : ""}`, yaxis: `y${at > 1 ? at : ""}`, showscale: false,
        colorscale: plotlyScale((x) => weightColour(x, "light"), 0), zmin: 0, zmax: 1};
    }));
    return Plotly.newPlot(chart, data, layout, {staticPlot: true});
  };
  const found = [[], []];
  for (let i = 0; i < 5; i++) {
    for (const [at, work] of [ours, theirs].entries()) {
      const begun = performance.now();
      await work();
      found[at].push(performance.now() - begun);
    }
  }
  if (shown.children.length !== 144) throw new Error("not 144 thumbnails");
  return found;
}"""


def main() -> None:
    with served() as address, browsed() as browser, tab(browser) as page:
        page.goto(address)
        page.wait_for_selector(".heatmaplayer image")
        ours, theirs = map(statistics.median, page.evaluate(SPEED))
        print(f"tiles {ours:.1f} ms, plotly {theirs:.1f} ms: 1/{theirs / ours:.1f}")
        ours, theirs = map(statistics.median, page.evaluate(THUMBNAILS))
        print(f"144 thumbnails {ours:.1f} ms, plotly subplots {theirs:.1f} ms: 1/{theirs / ours:.1f}")


if __name__ == "__main__":
    main()
