/** Figures of the lessons on the model that can be worked by hand: words in another order, one head and two, a mask that is built; and a text cut into tokens. */
import {html} from "htm/preact";
import {useEffect, useState} from "preact/hooks";
import {silenced} from "../head_sums.js";
import {placeOf} from "../lesson_run.js";
import {cellsOf, shapeOf} from "../mask_shape.js";
import {changes} from "../painting.js";
import {carried, inOrder, rowsOf, sameWords, textOf} from "../word_order.js";
import {MaskBuilder} from "../views/mask_builder.js";
import {SplitHeads} from "../views/split_heads.js";
import {TokensCut} from "../views/tokens_cut.js";
import {WordOrder} from "../views/word_order.js";
import {RUNS, ask} from "./runs.js";
import {Specimen} from "./specimen.js";

const SITE = "decoder.blocks.0.attn";

export function ByHand({given}) {
  const {t} = given;
  return html`
    <${Specimen} given=${given} View=${Order} run="twoHeads" title=${t("Words to be moved, with their positions")} wide=${true} />
    <${Specimen} given=${given} View=${Cut} run="bytes" title=${t("A character that falls into bytes")} />
    <${Specimen} given=${given} View=${Split} run="twoHeads" title=${t("One head beside two, the second switched off")} wide=${true} />
    <${Specimen} given=${given} View=${Builder} run="twoHeads" title=${t("A mask with a prefix")} wide=${true} />`;
}

/** The same run with something else in its request; those before stay while one is on its way. */
function useAsked(lang, requests) {
  const [had, show] = useState(null);
  useEffect(() => {
    let stale = false;
    Promise.all(requests.map((further) => ask(RUNS.twoHeads, lang, further))).then((traces) => { if (!stale) show({traces, requests}); }, () => {}); // a failure is told by the run itself
    return () => { stale = true; };
  }, [JSON.stringify(requests)]);
  return had;
}

function Order({t, lang, trace}) {
  const names = trace.tokens.target.map(({text}) => text.trim()), [order, arrange] = useState([3, 1, 2, 0]);
  const had = useAsked(lang, [{text: textOf(order.map((word) => names[word]))}]), now = had?.traces[0], of = (one, name) => rowsOf(one.tensors[`decoder.${name}`]);
  const settled = now && {order: now.tokens.target.map(({text}) => placeOf(trace.tokens.target, text.trim())), positions: true, E: of(now, "embed"), P: of(now, "pos_embed"), X: of(now, "blocks.0.resid_pre")};
  return html`<${WordOrder} ...${{t, names, order, settled}} positions=${true} features=${[t("noun"), t("verb"), t("sin"), t("cos")]} stale=${false}
    results=${now && sameWords(settled.order, of(trace, "blocks.0.attn_out"), of(now, "blocks.0.attn_out"))} onCarry=${(from, to) => arrange(carried(order, from, to))}
    onPositions=${() => {}} onBack=${() => arrange(inOrder(names.length))} />`;
}

function Cut({t, trace}) {
  const own = trace.request.text, [text, type] = useState(own);
  return html`<${TokensCut} ...${{t, text, onText: type}} tokens=${trace.tokens.target} told="" busy=${text !== own} examples=${[own]} />`;
}

function Split({t, lang, trace}) {
  const [on, light] = useState([true, false]), [query, ask_] = useState(2), only = (head) => silenced(SITE, [head === 0, head === 1]);
  const had = useAsked(lang, [{model: "hand-one"}, {edits: silenced(SITE, on)}, {edits: only(0)}, {edits: only(1)}]), added = (one) => rowsOf(one.tensors["decoder.blocks.0.attn_out"]);
  if (!had) return null;
  const [one, now, ...alone] = had.traces, off = now.request.edits.map(({head}) => head);
  return html`<${SplitHeads} ...${{t, one, two: trace, site: SITE, query, onQuery: ask_}} on=${on.map((_, head) => !off.includes(head))} alone=${alone.map(added)} out=${added(now)} whole=${added(one)}
    onHead=${(head) => light(on.map((was, i) => (i === head ? !was : was)))} />`;
}

function Builder({t, lang, theme, trace}) {
  const n = trace.tokens.target.length, laid = (shape) => ((seen) => ({rows: n, columns: n, native: seen, seen}))(cellsOf(shape, n));
  const [painting, paint] = useState(() => laid({kind: "prefix", count: 2})), [count, measure] = useState(2);
  const painted = changes({...painting, native: cellsOf({kind: "causal"}, n)}), now = useAsked(lang, [{model: "hand-one", mask: painted.length ? {painted} : "causal"}])?.traces[0];
  const head = now?.head(now.sites[0], 0), rows = now && inOrder(n).map((query) => Array.from(now.row(now.sites[0], 0, query), (weight, key) => (head.visible(query, key) ? weight : null)));
  return html`<${MaskBuilder} ...${{t, theme, painting, count}} tokens=${trace.tokens.target} shape=${shapeOf(painting)} rows=${rows ?? null} present=${false}
    onPaint=${paint} onShape=${(shape) => paint(laid(shape))} onCount=${measure} />`;
}
