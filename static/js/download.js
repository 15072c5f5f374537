/** Hands a file to the visitor, or a text to the clipboard. */

export function download(name, content, type) {
  const url = content instanceof Blob || !String(content).startsWith("data:") ? URL.createObjectURL(new Blob([content], {type})) : content;
  Object.assign(document.createElement("a"), {href: url, download: name}).click();
  if (url.startsWith("blob:")) setTimeout(() => URL.revokeObjectURL(url), 10_000);
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
