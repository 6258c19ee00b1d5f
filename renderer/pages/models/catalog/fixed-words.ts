import type { Say, TextKey, Texts } from "../../../text/texts.ts";

const kept = new WeakMap<Say<"models">, Map<string, string>>();

/** A message without values, looked up once: a table says the same few words in every row, at each key. */
export function fixedWords(say: Say<"models">, key: TextKey<Texts["models"]>): string {
  let known = kept.get(say);
  if (known === undefined) kept.set(say, (known = new Map()));
  let words = known.get(key);
  if (words === undefined) known.set(key, (words = say(key)));
  return words;
}
