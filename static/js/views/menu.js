/** What a panel that lies over the page does with the keyboard. */

export const closes = (event) => {
  if (event.key !== "Escape" || !event.currentTarget.open) return;
  event.preventDefault();
  event.currentTarget.open = false;
  event.currentTarget.querySelector("summary").focus();
};

/** What lies over the picture goes when one turns to something else; the panel takes the focus, so that its own words are not elsewhere. */
export const leaves = (event) => {
  if (!event.currentTarget.contains(event.relatedTarget)) event.currentTarget.open = false;
};
