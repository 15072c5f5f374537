/** Words in the visitor's language. English is the source; the catalog holds the Chinese. */

/**
 * @param {Record<string, string>} catalog
 * @returns {(lang: string) => (message: string, values?: Record<string, any>) => string}
 */
export function translator(catalog) {
  return (lang) => (message, values = {}) => {
    const text = lang === "zh" ? catalog[message] || message : message;
    return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  };
}
