/** The page takes a file wherever it is dropped. */
import {signal} from "@preact/signals";

/** @param {(file: File) => void} onFile -> a signal: whether a file is held over the page */
export function createDropping(window, onFile) {
  const over = signal(false);
  const carries = (event) => Array.from(event.dataTransfer?.types ?? []).includes("Files");
  window.addEventListener("dragenter", (event) => { if (carries(event)) over.value = true; });
  window.addEventListener("dragover", (event) => { if (carries(event)) event.preventDefault(); });
  window.addEventListener("dragleave", (event) => { if (!event.relatedTarget) over.value = false; });
  window.addEventListener("drop", (event) => {
    over.value = false;
    if (!carries(event)) return;
    event.preventDefault();
    const [file] = event.dataTransfer.files;
    if (file) onFile(file);
  });
  return over;
}
