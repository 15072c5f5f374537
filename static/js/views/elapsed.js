/** How long a run takes, once it takes long. */
import {html} from "htm/preact";
import {useEffect, useState} from "preact/hooks";

const LONG = 2; // seconds

export function Elapsed({t}) {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const begun = performance.now(), ticking = setInterval(() => setSeconds(Math.floor((performance.now() - begun) / 1000)), 250);
    return () => clearInterval(ticking);
  }, []);
  if (seconds < LONG) return null;
  return html`<p class="note elapsed">${t("Running for {seconds} s. Until it is done, what was here stays.", {seconds})}</p>`;
}
