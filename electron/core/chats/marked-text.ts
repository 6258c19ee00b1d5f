import type { MarkedText } from "#shared/contract/chats.ts";

const begin = "\u0001";
const end = "\u0002";
const aroundCharacters = 80;

/** Reads text in which U+0001 and U+0002 stand around what was found, as SQLite's `snippet()` was told to write it. */
export function readMarks(marked: string): MarkedText {
  const matches: [number, number][] = [];
  let text = "";
  for (const [index, piece] of marked.split(begin).entries()) {
    const at = piece.indexOf(end);
    if (index > 0 && at >= 0) matches.push([text.length, text.length + at]);
    text += piece.replaceAll(end, "");
  }
  return { text, matches };
}

/** Takes out the two characters by which what was found is marked. */
export function withoutMarks(text: string): string {
  return text.replaceAll(begin, " ").replaceAll(end, " ");
}

/** Marks each place where `words` stand in a text, in whatever case, and leaves out what is far from the first. */
export function aroundMatches(text: string, words: string): string {
  const pattern = new RegExp(words.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`), "giu");
  const first = text.search(pattern);
  if (first < 0) return text.slice(0, 2 * aroundCharacters);
  const from = Math.max(0, first - aroundCharacters);
  const until = first + words.length + aroundCharacters;
  const shown = text.slice(from, until).replace(pattern, `${begin}$&${end}`);
  return `${from > 0 ? "…" : ""}${shown}${until < text.length ? "…" : ""}`;
}
