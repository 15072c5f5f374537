/** The heads at the left of a comparison: what each looks at, or how much each differs from the same head of another pane. */
import {html} from "htm/preact";
import {comparable} from "../differences.js";
import {LETTERS} from "../panes.js";
import {Choice} from "./choice.js";
import {DifferenceGrid} from "./difference_grid.js";
import {known} from "../kinds.js";
import {Heads} from "./look.js";

export function ComparedHeads(props) {
  const {t, lang, page: {kinds}, trace, shown: {site, head}, shows, kind, sort, theme, ends, pair, match, compared, on} = props;
  const can = pair && comparable(ends[pair[0]].trace, ends[pair[1]].trace), letters = pair?.map((pane) => LETTERS[pane]);
  return html`
    <div class="compared-heads">
      ${can && html`<${Choice} legend=${t("Heads show")} value=${compared.differ} onChoose=${(differ) => on.show({differ})}
        options=${[["", t("weights")], ["place", `${letters[1]} − ${letters[0]}`], ["size", t("{pair}, largest first", {pair: `${letters[1]} − ${letters[0]}`})]]} />`}
      ${can && compared.differ ? html`<${DifferenceGrid} ...${{t, ends, pair, match, site, head, theme, sorted: compared.differ === "size"}} onPick=${on.head} />`
        : html`<${Heads} ...${{t, lang, trace, site, head, theme, kinds, kind, sort, on}} sink=${shows.sink} here=${known(trace)} />`}
    </div>`;
}
