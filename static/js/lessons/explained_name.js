/** A term in the text that says what it means: on pointing, focus or tap; Escape puts it away (WCAG 1.4.13). */
let count = 0;

export function explainedName(element, {lang, t, lesson}) {
  const of = element.getAttribute("of").split(".").at(-1), id = `name-${++count}`;
  const box = document.createElement("span");
  Object.assign(box, {id, className: "name-meaning", hidden: true});
  box.setAttribute("role", "tooltip");
  element.setAttribute("tabindex", "0");
  element.setAttribute("role", "button");
  element.setAttribute("aria-describedby", id);
  const word = document.createElement("span");
  word.append(...element.childNodes);
  element.append(word, box);

  async function show() {
    if (!box.hidden) return;
    box.hidden = false;
    place();
    if (box.childNodes.length) return;
    try {
      const entry = (await lesson.json("/api/glossary")).find(({name}) => name === of);
      box.replaceChildren(part("span", entry[lang]), part("code", `${of} [${entry.dims.join(", ")}]`), ...(entry.formula ? [part("code", `${of} = ${entry.formula}`)] : []));
    } catch (error) {
      box.textContent = lesson.told(error);
      setTimeout(() => box.replaceChildren(), 5000); // asked again next time
    }
    place();
  }

  /** Within the window. */
  function place() {
    box.style.setProperty("--shift", "0px");
    const {left, right} = box.getBoundingClientRect(), wide = document.documentElement.clientWidth;
    const shift = left < 8 ? 8 - left : Math.min(0, wide - 8 - right);
    box.style.setProperty("--shift", `${shift}px`);
  }

  const hide = () => { box.hidden = true; };
  element.addEventListener("pointerenter", show);
  element.addEventListener("pointerleave", () => { if (document.activeElement !== element) hide(); });
  element.addEventListener("focus", show);
  element.addEventListener("blur", hide);
  element.addEventListener("click", show);
  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !box.hidden) { event.preventDefault(); hide(); }
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); if (box.hidden) show(); else hide(); }
  });
  addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });

  function part(tag, text) {
    const made = document.createElement(tag);
    made.textContent = text;
    return made;
  }
}
