/** Tokens as the page shows them: spaces, breaks and control characters visible, special tokens in ⟨⟩. The same as app/plotting.py's. */

const VISIBLE = {" ": "␣", "\n": "⏎", "\r": "\\r", "\t": "⇥", "\u00a0": "⍽", "\u3000": "□"};
const BRACKETS = /^(?:<\|(.+)\|>|<(.+)>|\[(.+)\])$/su; // as families write them: <|endoftext|>, <s>, [CLS]
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Z}\p{Co}\p{Cn}]/u; // Cs: half of a character, which no file and no address can hold

/** @param {{text: string, start: number|null, part: [number, number]|null}} token */
export function label(token) {
  if (token.start === null) return `⟨${visible(token.text.replace(BRACKETS, "$1$2$3"))}⟩`;
  const text = visible(token.text);
  return token.part ? `${text} ${token.part[0]}/${token.part[1]}` : text;
}

const visible = (text) => Array.from(text, shown).join("");

/** A text that is read, not looked at: its spaces stay spaces. */
export const legible = (text) => Array.from(text, (character) => (character === " " ? character : shown(character))).join("");

/** What a token's label stands for where it stands for characters that have no shape: "\x07 (U+0007)". A token may hold those four signs themselves. */
export function spelt(token) {
  const hidden = Array.from(token.text).filter((character) => !(character in VISIBLE) && INVISIBLE.test(character));
  return hidden.length ? `${label(token)} (${hidden.map(numbered).join(" ")})` : label(token);
}

const OWN = /^<(pad|bos|eos|mask|cls|sep|2en|2zh)>$/, BYTE = /^(?:<0x[0-9A-F]{2}>)+$/; // of the shipped tokenizer: model/tokenizer.py

/** Whether an entry of the vocabulary stands for no text of its own: it is told of special ones, else <eos> or bytes of a rare character. */
export const special = (entry) => over(entry) || BYTE.test(entry.text);

/** Whether it ends a text, or is another token that no text can go on with. */
export const over = ({text, special: told = false}) => told || OWN.test(text);

function shown(character) {
  if (character in VISIBLE) return VISIBLE[character];
  if (!INVISIBLE.test(character)) return character;
  const code = character.codePointAt(0);
  return code < 32 || code === 127 ? `\\x${hexadecimal(code, 2)}` : numbered(character); // few fonts have the pictures of control characters
}

const hexadecimal = (code, digits) => code.toString(16).toUpperCase().padStart(digits, "0");
const numbered = (character) => `U+${hexadecimal(character.codePointAt(0), 4)}`;

const GRAPHEMES = new Intl.Segmenter(); // a flag or an accented letter is one, however many code points it takes

/** At most `length` characters, the middle left out: beginnings and ends of words tell more. */
export function elide(text, length = 14) {
  if (text.length <= length) return text; // UTF-16 units are never fewer than graphemes, and cheaper to count
  const characters = Array.from(GRAPHEMES.segment(text), ({segment}) => segment);
  if (characters.length <= length) return text;
  const kept = length - 1;
  return [...characters.slice(0, Math.ceil(kept / 2)), "…", ...characters.slice(characters.length - Math.floor(kept / 2))].join("");
}

const HAN = /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|[\u3000-\u303f\uff00-\uffef]/u;

/** The language a token is read in, for its `lang` attribute. */
export const language = (text) => (HAN.test(text) ? "zh-CN" : "en");

/** About how wide a label is, in ems: Chinese characters are square, Latin letters about half of that. */
export const ems = (text) => Array.from(text).reduce((sum, c) => sum + (HAN.test(c) ? 1 : 0.6), 0);
