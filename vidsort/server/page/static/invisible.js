// Characters that nobody sees, or that turn the text around them, by their codes: the same rule as the server's.

// The same ranges as in vidsort/library/invisible.py.
const INVISIBLE = "\\x00-\\x1f\\x7f-\\x9f\\xad\\u034f\\u061c\\u115f-\\u1160\\u17b4-\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u2800\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}";
// What says that the letter before it is joined to the next one: Unicode's combining class 9.
const VIRAMA = "\\u094d\\u09cd\\u0a4d\\u0acd\\u0b4d\\u0bcd\\u0c4d\\u0ccd\\u0d3b-\\u0d3c\\u0d4d\\u0dca\\u0e3a\\u0eba\\u0f84\\u1039-\\u103a\\u1714-\\u1715\\u1734\\u17d2\\u1a60\\u1b44\\u1baa-\\u1bab\\u1bf2-\\u1bf3\\u2d7f\\ua806\\ua82c\\ua8c4\\ua953\\ua9c0\\uaaf6\\uabed\\u{10a3f}\\u{11046}\\u{11070}\\u{1107f}\\u{110b9}\\u{11133}-\\u{11134}\\u{111c0}\\u{11235}\\u{112ea}\\u{1134d}\\u{11442}\\u{114c2}\\u{115bf}\\u{1163f}\\u{116b6}\\u{1172b}\\u{11839}\\u{1193d}-\\u{1193e}\\u{119e0}\\u{11a34}\\u{11a47}\\u{11a99}\\u{11c3f}\\u{11d44}-\\u{11d45}\\u{11d97}";
const SYMBOL = `(?![\\0-\\x7f${INVISIBLE}])[\\p{S}\\p{P}\\u2139]`;
const ARABIC = "(?=\\p{L})[\\p{Script=Arab}\\p{Script=Syrc}\\p{Script=Thaa}]";

// Those that do work where they stand: styles of an emoji, joiners inside emoji and inside Arabic and Indic words.
const WORKING = [
  "(?<=[ -~])[\\ufe0e\\ufe0f](?=\\u20e3)",
  `(?<=${SYMBOL})[\\ufe0e\\ufe0f]`,
  `(?<=(?![${INVISIBLE}])[\\p{So}\\p{Sk}]|${SYMBOL}[\\ufe0e\\ufe0f])\\u200d(?=\\p{So})(?![${INVISIBLE}])`,
  `(?<=${ARABIC})[\\u200c\\u200d](?=${ARABIC})`,
  `(?<=[${VIRAMA}])(?:\\u200c|\\u200d(?!\\p{So}))(?=[^${INVISIBLE}])`,
].join("|");
const EACH = new RegExp(`(${WORKING})|[${INVISIBLE}]`, "gu");
// What words of our own are set apart and broken by.
const OWN = new Set("\n\u2068\u2069");
const PLAIN = /^[\n -~]*$/;

function codeOf(letter) {
  return `[U+${letter.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}]`;
}

// A name, as in `foo[U+200B]d`, so that a person sees what is there.
export function withCodes(name) {
  return name.replace(EACH, (letter, works) => works ?? codeOf(letter));
}

// The same of a text that our own words and other names are in.
export function textWithCodes(text) {
  if (PLAIN.test(text)) return text;
  return text.replace(EACH, (letter, works) => works ?? (OWN.has(letter) ? letter : codeOf(letter)));
}
