/** What a reader has done, kept in this browser alone: of each lesson the names of its exercises, and whether it was read to its end. */

const KEY = "headlight:lessons";

/** A storage that cannot be read or written (private windows, full disks) forgets, and breaks nothing. */
export function createProgress(window, slug = null) {
  const read = () => {
    try {
      const found = JSON.parse(window.localStorage.getItem(KEY) ?? "{}");
      return found && typeof found === "object" && !Array.isArray(found) ? found : {};
    } catch {
      return {};
    }
  };
  const write = (all) => {
    try {
      window.localStorage.setItem(KEY, JSON.stringify(all));
    } catch {
      // it will not be told of on the list of lessons
    }
  };
  const of = (name) => {
    const {done, read: whole} = read()[name] ?? {};
    return {done: Array.isArray(done) ? done : [], read: whole === true};
  };
  const change = (changes) => write({...read(), [slug]: {...of(slug), ...changes}});
  return {
    of,
    done: (name) => { if (!of(slug).done.includes(name)) change({done: [...of(slug).done, name]}); },
    wasRead: () => { if (!of(slug).read) change({read: true}); },
    any: () => Object.keys(read()).length > 0,
    forget: () => {
      try {
        window.localStorage.removeItem(KEY);
      } catch {
        // there is nothing to forget
      }
    },
  };
}
