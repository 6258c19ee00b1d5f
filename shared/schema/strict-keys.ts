import * as z from "zod";

/** What {@link strictKeys} says about keys that it does not take. */
export interface KeyWords {
  /** Why a key that others know is refused here; in snake case. A key whose value is `null` or an empty list asks for nothing and is left out. */
  readonly refused?: Readonly<Record<string, string>>;
  /** A word on any other unknown key, in snake case; null where there is nothing special to say. */
  explain?(key: string): string | null;
}

/**
 * An object that takes its own keys only, in snake or in camel case. Any other is refused at its place with what would
 * do, the nearest key that there is. The values are read under the names in snake case.
 */
export function strictKeys<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
  words: KeyWords = {},
): z.ZodPreprocess<z.ZodObject<Shape, z.core.$strict>> {
  const known = Object.keys(shape);
  return z.preprocess((value, context) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    const entries = Object.entries(value);
    if (entries.every(([key]) => Object.hasOwn(shape, key))) return value;
    const kept = new Map<string, unknown>();
    for (const [key, member] of entries) {
      const name = toSnakeCase(key);
      if (Object.hasOwn(shape, name)) {
        if (kept.has(name)) context.addIssue({ code: "custom", path: [key], message: `says the same as "${name}"; keep one of them` });
        kept.set(name, member);
        continue;
      }
      const refusal = words.refused !== undefined && Object.hasOwn(words.refused, name) ? words.refused[name] : undefined;
      if (refusal !== undefined && (member === null || (Array.isArray(member) && member.length === 0))) continue;
      const message = refusal ?? `is not known here; ${words.explain?.(name) ?? hint(name, known)}`;
      context.addIssue({ code: "custom", path: [key], message });
    }
    return Object.fromEntries(kept);
  }, z.strictObject(shape));
}

/** `onStatusCodes` as `on_status_codes`, and `strictOpenAiCompliance` as `strict_open_ai_compliance`. */
function toSnakeCase(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter, at: number) => (at === 0 ? letter.toLowerCase() : `_${letter.toLowerCase()}`));
}

/** What to do about a word that is none of the known ones: the nearest one, if there is one near. */
export function hint(word: string, known: readonly string[]): string {
  const nearest = known
    .map((candidate) => ({ candidate, steps: distance(word, candidate) }))
    .reduce<{ candidate: string; steps: number } | null>((best, one) => (best === null || one.steps < best.steps ? one : best), null);
  if (nearest === null || nearest.steps > Math.max(1, Math.floor(nearest.candidate.length / 3))) return "check the spelling";
  return `did you mean "${nearest.candidate}"?`;
}

/** How many letters have to be put in, taken out, changed or swapped with their neighbour (optimal string alignment). */
function distance(one: string, other: string): number {
  // What is much longer is nothing near, and costs no time.
  if (Math.abs(one.length - other.length) > 8) return Infinity;
  let before: number[] = [];
  let previous = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1];
      let steps = Math.min((previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (previous[column - 1] ?? 0) + (isSame ? 0 : 1));
      if (row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1])
        steps = Math.min(steps, (before[column - 2] ?? 0) + 1);
      current.push(steps);
    }
    before = previous;
    previous = current;
  }
  return previous[other.length] ?? 0;
}
