import type { Say, TextKey, Texts } from "../../../text/texts.ts";

const kept = new WeakMap<Say<"models">, Map<string, string>>();

/** Stands where a name goes in; no name has it. */
const gap = "\uE000";

/** A message without values, looked up once: a table says the same few words in every row, at each key. */
export function fixedWords(say: Say<"models">, key: TextKey<Texts["models"]>): string {
  return look(say, key, () => say(key));
}

/** A message about a name, whose other words are looked up once. */
export function wordsAbout(
  name: string,
  say: Say<"models">,
  message: { readonly key: TextKey<Texts["models"]>; readonly value: string; readonly count?: number },
): string {
  const { key, value, count } = message;
  const words = look(say, count === undefined ? key : `${key} ${String(count)}`, () =>
    say(key, { [value]: gap, ...(count === undefined ? {} : { count }) }),
  );
  return words.replace(gap, () => name);
}

function look(say: Say<"models">, key: string, find: () => string): string {
  let known = kept.get(say);
  if (known === undefined) kept.set(say, (known = new Map()));
  let words = known.get(key);
  if (words === undefined) known.set(key, (words = find()));
  return words;
}
