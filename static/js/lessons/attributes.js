/** An element's attributes as an object of strings. */
export const attributesOf = (element) => Object.fromEntries(Array.from(element.attributes, ({name, value}) => [name, value]));
