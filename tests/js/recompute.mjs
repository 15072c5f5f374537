/** What the page makes of a trace in a file: of every head the pattern and the small picture, and how far its weighted sum is from z. */
import {readFileSync} from "node:fs";
import {page} from "./page.mjs";

const {Trace} = await page("trace.js"), {attended} = await page("attended.js"), {patchesOf} = await page("patches.js");

const bytes = readFileSync(process.argv[2]);
const trace = new Trace(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
const found = trace.sites.map((site) => ({
  site: site.name,
  heads: Array.from({length: site.n_heads}, (_, index) => {
    const head = trace.head(site, index), {z} = attended(head);
    const apart = z.map((row, query) => Math.max(...Array.from(row, (x, i) => Math.abs(x - head.z(query)[i]))));
    return {pattern: [...trace.pattern(site, index)], patches: [...patchesOf(trace, site, index, 0).values], apart: Math.max(...apart)};
  }),
}));
console.log(JSON.stringify(found)); // NaN is null
