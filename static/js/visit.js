/** Whether this browser has been here before; nothing else is kept in it. */

const KEY = "headlight:toured";

export function toured() {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    return true; // no storage: better no tour than one at every visit
  }
}

export function remember() {
  try {
    localStorage.setItem(KEY, "1");
  } catch {
    // the tour will be offered again
  }
}
