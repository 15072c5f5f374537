/** Hands a file to the visitor, or a text to the clipboard. */

const HELD = 2 ** 22; // characters that the page itself holds at a time

export function download(name, content, type) {
  const url = content instanceof Blob || !String(content).startsWith("data:") ? URL.createObjectURL(new Blob([content], {type})) : content;
  Object.assign(document.createElement("a"), {href: url, download: name}).click();
  if (url.startsWith("blob:")) setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A text that may be longer than any string, from its pieces; the page goes on meanwhile. */
export async function gathered(pieces) {
  const blobs = [];
  let text = "";
  for (const piece of pieces) {
    text += piece;
    if (text.length < HELD) continue;
    blobs.push(new Blob([text]));
    text = "";
    await new Promise((done) => { setTimeout(done); });
  }
  return new Blob([...blobs, text]);
}

/** -> whether it could be copied: only pages that are served securely, or on this machine, may. */
export async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
