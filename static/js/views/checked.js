/** How far what is worked here is from the model's own: at once where that is quick, else between frames. */
import {html} from "htm/preact";
import {useMemo} from "preact/hooks";
import {begun, goOn} from "../at_stage.js";
import {number} from "../format.js";
import {useWork} from "./working.js";

const AT_ONCE = 8; // ms

/** @param {any} props checks: as at_stage.js has them; the same ones are worked once */
export function Checked({t, checks}) {
  const all = useMemo(() => {
    const made = begun(checks);
    goOn(made, performance.now() + AT_ONCE);
    return made;
  }, [checks]);
  useWork(() => all.some(({done, rows}) => done < rows), (until) => goOn(all, until));
  return all.map(({name, done, most, rows, of}) => html`
    <p class="checked" aria-busy=${done < rows}>${done < rows ? t("Being worked again here, to be checked against the model's own {name}…", {name}) : html`
      <b>${t("checked: {difference}", {difference: number(most, 1)})}</b>
      ${" "}${rows < of ? t("Worked again here for {rows} of the {of} tokens: this is the largest difference from the model's own {name}.", {name, rows, of})
        : t("Worked again here for every token: this is the largest difference from the model's own {name}.", {name})}`}</p>`);
}
