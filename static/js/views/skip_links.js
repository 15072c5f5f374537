/** The first stops of the keyboard, seen while they have the focus: past the sentence to the figures. */
import {html} from "htm/preact";

const HEADS = {part: ['.head-grid [tabindex="0"]', ".head-grid select"], name: (t) => t("To the heads")};
const HEAD = {part: ['.head-figure [role="tab"][aria-selected="true"]'], name: (t) => t("To the chosen head")};
const STAGE = {part: [".film [aria-current]"], name: (t) => t("To the stage that is shown")};

const DRAWING = {part: ['.structure-drawing [tabindex="0"]'], name: (t) => t("To the drawing")};

export function SkipLinks({t, act, stepping, onSkip}) {
  return html`
    <nav class="skips" aria-label=${t("Skip to")}>
      ${(stepping ? [STAGE] : act === "structure" ? [DRAWING] : [HEADS, HEAD]).map(({part, name}) => html`<button type="button" onClick=${() => onSkip(...part)}>${name(t)}</button>`)}
    </nav>`;
}
