import { PosternError } from "#shared/errors.ts";
import { type LinearRegex, readLinearRegex } from "#shared/linear-regex.ts";
import type { Query, QueryOperators } from "#shared/schema/routing-query.ts";
import type { CallInputs } from "./route-types.ts";

/** What the patterns of one call's conditions may still cost together, as {@link LinearRegex.costOf} counts. */
export interface PatternWork {
  left: number;
}

/** Some 60 ms: a config that a call brings can hold hundreds of patterns, and nobody else is served meanwhile. */
export const mostPatternWork = 4_194_304;

/** Patterns are read once a config, not once a call. */
const patterns = new WeakMap<object, LinearRegex | null>();

/**
 * Whether a condition holds. Comparisons are strict, `"1"` is not `1`, except `$gt` and its kin, which read numbers out
 * of text. Where several operators or places stand in one object, all have to hold (Portkey's gateway stops at the first
 * `$regex`, `$and` or `$or`, and leaves the rest unread).
 *
 * @param work taken from, for all conditions of a call together
 * @throws {PosternError} `invalid_config` where the patterns are too much work
 */
export function holdsFor(query: Query, inputs: CallInputs, work: PatternWork): boolean {
  return Object.entries(query).every(([key, asked]) => {
    if (key === "$and") return (asked as readonly Query[]).every((inner) => holdsFor(inner, inputs, work));
    if (key === "$or") return (asked as readonly Query[]).some((inner) => holdsFor(inner, inputs, work));
    const value = readPlace(key, inputs);
    return typeof asked === "object" && asked !== null ? meets(value, asked as QueryOperators, work) : value === asked;
  });
}

/** What stands at `metadata.<key>`, `params.<field>`, `headers.<name>` or `url.pathname`; a key with dots in it goes before a path. */
export function readPlace(place: string, inputs: CallInputs): unknown {
  if (place === "url.pathname") return inputs.pathname;
  const dot = place.indexOf(".");
  const rest = place.slice(dot + 1);
  switch (place.slice(0, dot)) {
    case "headers":
      return inputs.header(rest.toLowerCase()) ?? undefined;
    case "metadata":
      return readOwn(inputs.metadata, rest);
    case "params": {
      const field = rest.split(".", 1)[0] ?? "";
      const whole = inputs.param(rest);
      return whole === undefined && field !== rest ? readOwn({ [field]: inputs.param(field) }, rest) : whole;
    }
    default:
      return undefined;
  }
}

function readOwn(from: unknown, path: string): unknown {
  if (typeof from !== "object" || from === null) return undefined;
  if (Object.hasOwn(from, path)) return (from as Record<string, unknown>)[path];
  const dot = path.indexOf(".");
  const key = path.slice(0, dot);
  return dot > 0 && Object.hasOwn(from, key) ? readOwn((from as Record<string, unknown>)[key], path.slice(dot + 1)) : undefined;
}

function meets(value: unknown, asked: QueryOperators, work: PatternWork): boolean {
  return Object.entries(asked).every(([operator, operand]) => {
    switch (operator as keyof QueryOperators) {
      case "$eq":
        return value === operand;
      case "$ne":
        return value !== operand;
      case "$gt":
        return toNumber(value) > toNumber(operand);
      case "$gte":
        return toNumber(value) >= toNumber(operand);
      case "$lt":
        return toNumber(value) < toNumber(operand);
      case "$lte":
        return toNumber(value) <= toNumber(operand);
      case "$in":
        return (operand as readonly unknown[]).includes(value);
      case "$nin":
        return !(operand as readonly unknown[]).includes(value);
      case "$regex":
        return typeof value === "string" && isFound(patternOf(asked), value, work);
      case "$length":
        if (!Array.isArray(value)) return false;
        return typeof operand === "number" ? value.length === operand : meets(value.length, operand as QueryOperators, work);
      default:
        return false;
    }
  });
}

function isFound(regex: LinearRegex | null, text: string, work: PatternWork): boolean {
  if (regex === null) return false;
  work.left -= regex.costOf(text);
  if (work.left >= 0) return regex.test(text);
  throw new PosternError(
    "invalid_config",
    "Cannot decide where this call goes: the patterns in its config are too much work for texts as long as these; use fewer or shorter ones",
  );
}

function patternOf(asked: QueryOperators): LinearRegex | null {
  const known = patterns.get(asked);
  if (known !== undefined) return known;
  const reading = readLinearRegex(asked.$regex ?? "");
  const regex = reading.ok ? reading.regex : null;
  patterns.set(asked, regex);
  return regex;
}

/** NaN, which no comparison holds for, where there is no number. */
function toNumber(value: unknown): number {
  return typeof value === "number" ? value : typeof value === "string" ? Number.parseFloat(value) : Number.NaN;
}
