/** How well some words fit, and which of their letters were meant. */
export interface Fit {
  /** Greater is better; above 0. */
  readonly score: number;
  /** Places in the text, in their order. */
  readonly places: readonly number[];
}

const wordStart = /[\s/@.:_-]/;
const scores = { letter: 1, inRow: 4, atWord: 6, atStart: 8, wholeAtWord: 12, wholeInside: 1.5, perSkipped: 0.05 };

/**
 * Looks for letters in a text, in their order but with others between them: `nwc` finds "New chat". Each word of the query is
 * looked for by itself, so that their order is free. Letters at the beginning of words and in a row count most.
 *
 * @returns null where some of the letters are not there
 */
export function fit(query: string, text: string): Fit | null {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  const lower = text.toLowerCase();
  let score = 0;
  const places = new Set<number>();
  for (const word of words) {
    const found = fitWord(word, lower);
    if (found === null) return null;
    score += found.score;
    for (const place of found.places) places.add(place);
  }
  return { score: score - text.length * 0.01, places: [...places].sort((one, other) => one - other) };
}

function fitWord(word: string, text: string): Fit | null {
  // In one piece is best, and best of all where a word begins.
  for (let at = text.indexOf(word), best = -1; at !== -1 || best !== -1; at = text.indexOf(word, at + 1)) {
    if (at === -1) return inOnePiece(word, text, best);
    if (isWordStart(text, at)) return inOnePiece(word, text, at);
    if (best === -1) best = at;
  }
  return inPieces(word, text);
}

function inOnePiece(word: string, text: string, at: number): Fit {
  // Letters inside of a word were meant less often than the initials of two.
  const place = isWordStart(text, at) ? scores.wholeAtWord + scores.atWord : scores.wholeInside;
  const bonus = at === 0 ? place + scores.atStart : place;
  return {
    score: word.length * (scores.letter + scores.inRow) + bonus,
    places: Array.from(word, (_, index) => at + index),
  };
}

function inPieces(word: string, text: string): Fit | null {
  const places: number[] = [];
  let score = 0;
  let from = 0;
  for (const letter of word) {
    const at = nextPlace(text, letter, { from, last: places.at(-1) ?? -2 });
    if (at === -1) return null;
    const skipped = at - (places.at(-1) ?? -1) - 1;
    score += scores.letter - skipped * scores.perSkipped;
    if (skipped === 0 && places.length > 0) score += scores.inRow;
    if (isWordStart(text, at)) score += scores.atWord;
    places.push(at);
    from = at + 1;
  }
  // Letters that are strewn over a long text were not meant.
  return score > 0 ? { score, places } : null;
}

/** Where a letter is best: right behind the last one, else where a word begins, else the next one. */
function nextPlace(text: string, letter: string, { from, last }: { readonly from: number; readonly last: number }): number {
  const next = text.indexOf(letter, from);
  if (next === -1 || next === last + 1) return next;
  for (let at = next; at !== -1; at = text.indexOf(letter, at + 1)) if (isWordStart(text, at)) return at;
  return next;
}

function isWordStart(text: string, at: number): boolean {
  return at === 0 || wordStart.test(text[at - 1] ?? "");
}
