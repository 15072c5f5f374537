/** Plays a row of pictures: each is shown, and stays for a while before the next. */

const STAYS = 900; // ms

/**
 * Ends at the last, where one cannot be shown, or when it is told to.
 * @param {(i: number) => Promise<boolean>} show whether it could be shown
 */
export async function play({from, count, show, signal, stays = STAYS}) {
  for (let i = from; i < count && !signal.aborted; i++) {
    const [shown] = await Promise.all([show(i), i < count - 1 && wait(stays, signal)]);
    if (!shown) return;
  }
}

const wait = (ms, signal) => new Promise((done) => {
  const due = setTimeout(done, ms);
  signal.addEventListener("abort", () => { clearTimeout(due); done(); }, {once: true});
});
