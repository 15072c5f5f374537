/** The link from a figure to the workbench, which shows the same run and the same cell. */
import {html} from "htm/preact";
import {editList, runOf} from "../lesson_run.js";
import {written} from "../edits.js";
import {read, write} from "../state.js";

/** @param {any} props shown: {site, head, query, key, view, step} and what else of the address it says */
export function OpenInWorkbench({t, lang, theme, attributes, shown, edits = attributes.edits}) {
  const given = Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== null && value !== undefined));
  const address = write({...read({search: "", hash: ""}), ...runOf(attributes), ...given, lang, theme, edits: written(editList(edits))});
  return html`<a class="open-workbench" href=${`/${address}`}>${t("Open in the workbench")}</a>`;
}
