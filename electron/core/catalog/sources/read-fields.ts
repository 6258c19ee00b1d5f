import { readDecimal } from "../decimal.ts";
import { type ModelPrices, noPrices } from "../source-model.ts";

/** A JSON object of which nothing is known. */
export type Fields = Readonly<Record<string, unknown>>;

/** An entry that says something impossible: it is left out, and counted against its source. */
export class NonsenseError extends Error {
  override readonly name = "NonsenseError";
}

const none: Fields = {};

/** The value as an object; an empty one where it is none. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : none;
}

/** The value as a list; an empty one where it is none. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

const idPattern = /^[\w.:/@+-]{1,200}$/;
/** Names that mean something to objects, and steps out of a path: no model is called so. */
const trapPattern = /(?:^|\/)(?:__proto__|constructor|prototype|\.{1,2})(?:\/|$)/;

/** Whether a text can stand in a request as a model's name. */
export function isModelId(value: unknown): value is string {
  return typeof value === "string" && idPattern.test(value) && !trapPattern.test(value);
}

/** A model's name. @throws {NonsenseError} for what could not stand in a request, or means something to objects */
export function readId(value: unknown): string {
  if (!isModelId(value)) throw new NonsenseError("an id that is no model's name");
  return value;
}

/** The same where it may be missing: what is no name is none. */
export function readOptionalId(value: unknown): string | null {
  return isModelId(value) ? value : null;
}

const longestText = 1_000;
// oxlint-disable-next-line no-control-regex -- these are what is taken out
const controlPattern = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g;

/** Text for people: control characters and what turns the direction of writing are taken out, and it is cut. */
export function readText(value: unknown, longest = longestText): string | null {
  if (typeof value !== "string") return null;
  const text = value
    .slice(0, longest * 2)
    .replaceAll(controlPattern, " ")
    .trim()
    .slice(0, longest);
  return text === "" ? null : text;
}

/** A model's name for people. @throws {NonsenseError} where it is markup */
export function readName(value: unknown): string | null {
  const name = readText(value, 160);
  if (name !== null && /<[a-z!/]/i.test(name)) throw new NonsenseError("a name that is markup");
  return name;
}

/** A short word, such as a quantisation. */
export function readWord(value: unknown): string | null {
  return typeof value === "string" && /^[\w.+:/ -]{1,64}$/.test(value) ? value : null;
}

/** A number of tokens; 0 says nothing. @throws {NonsenseError} for a negative or endless one */
export function readTokens(value: unknown): number | null {
  if (typeof value !== "number" || value === 0) return null;
  if (!Number.isFinite(value) || value < 0) throw new NonsenseError("a number of tokens that is none");
  return Math.min(Math.round(value), 1_000_000_000);
}

/** The first of some numbers of tokens that is there. */
export function readFirstTokens(...values: readonly unknown[]): number | null {
  for (const value of values) {
    const tokens = readTokens(value);
    if (tokens !== null) return tokens;
  }
  return null;
}

/** Yes or no, where it is said. */
export function readFlag(value: unknown): boolean | null {
  return typeof value === "boolean" ? value : null;
}

/** Seconds since 1970, from a number of them or from a date in ISO 8601. */
export function readSeconds(value: unknown): number | null {
  const seconds = typeof value === "number" ? value : typeof value === "string" ? Date.parse(value) / 1000 : NaN;
  return Number.isFinite(seconds) && seconds > 0 && seconds < 100_000_000_000 ? Math.round(seconds) : null;
}

/** A date, `2026-01-15`, or a month. */
export function readDate(value: unknown): string | null {
  return typeof value === "string" ? (/^\d{4}-\d{2}(?:-\d{2})?/.exec(value)?.[0] ?? null) : null;
}

const modalityNames: Readonly<Record<string, string>> = {
  pdf: "file",
  files: "file",
  document: "file",
  images: "image",
  speech: "audio",
  embeddings: "embedding",
};

/** A list of modalities in lower case; null where there is none. */
export function readModalities(value: unknown): readonly string[] | null {
  const words = listOf(value).flatMap((word) =>
    typeof word === "string" && /^[a-z_-]{1,24}$/i.test(word) ? [modalityNames[word.toLowerCase()] ?? word.toLowerCase()] : [],
  );
  return words.length === 0 ? null : [...new Set(words)];
}

/** Words in lower case, such as what a model supports. */
export function readWords(value: unknown): ReadonlySet<string> {
  return new Set(listOf(value).flatMap((word) => (typeof word === "string" ? [word.toLowerCase()] : [])));
}

/**
 * A price; null where none is said.
 *
 * @param perTokens for how many tokens: 1, or 1_000_000
 * @throws {NonsenseError} for one that is negative, endless or no number
 */
export function readPrice(value: unknown, perTokens: 1 | 1_000_000 = 1): string | null {
  if (value === undefined || value === null || value === "") return null;
  const price = readDecimal(value, perTokens === 1 ? 0 : -6);
  // Nothing that is sold by the token, the image or the request costs more.
  if (price === null || Number(price) > 100_000) throw new NonsenseError("a price that is none");
  return price;
}

/** Prices, or null where none of them is known. */
export function readPrices(
  fields: Readonly<Partial<Record<keyof ModelPrices, unknown>>>,
  perTokens: 1 | 1_000_000 = 1,
): ModelPrices | null {
  const read = (name: keyof ModelPrices, per: 1 | 1_000_000): string | null => readPrice(fields[name], per);
  const prices: ModelPrices = {
    ...noPrices,
    input: read("input", perTokens),
    output: read("output", perTokens),
    cacheRead: read("cacheRead", perTokens),
    cacheWrite: read("cacheWrite", perTokens),
    reasoning: read("reasoning", perTokens),
    audio: read("audio", perTokens),
    request: read("request", 1),
    image: read("image", 1),
  };
  return Object.values(prices).every((price) => price === null) ? null : prices;
}
