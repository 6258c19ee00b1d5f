import { isDeepStrictEqual } from "node:util";
import type { JsonValue } from "./json-value.ts";

/** One change of a config file, filled in. */
export type FilledChange =
  | { readonly at: readonly string[]; readonly value: JsonValue; readonly unlessSet: boolean }
  | { readonly at: readonly string[]; readonly entry: { [name: string]: JsonValue }; readonly by: string };

/** Where a change goes in a document as it is, and what is written there; null where it says so already. */
export interface PlacedChange {
  /** Names of members; a number is a place in a list, which may be the one behind its last. */
  readonly path: readonly (string | number)[];
  readonly value: JsonValue;
}

/** Something stands where the change cannot be made. */
export class CannotPlaceError extends Error {
  override readonly name = "CannotPlaceError";
}

/**
 * Finds where a change goes.
 *
 * @throws {CannotPlaceError} where the document has a value of another kind on the way
 */
export function placeChange(document: JsonValue | undefined, change: FilledChange): PlacedChange | null {
  const found = valueAt(document, change.at);
  if ("value" in change) {
    if (found !== undefined && (change.unlessSet || isDeepStrictEqual(found, change.value))) return null;
    return { path: change.at, value: change.value };
  }
  if (found === undefined || found === null) {
    return change.at.length === 0 ? { path: [0], value: change.entry } : { path: change.at, value: [change.entry] };
  }
  if (!Array.isArray(found)) throw new CannotPlaceError(`"${change.at.join(".")}" is no list in it`);
  const index = found.findIndex((item) => isObject(item) && item[change.by] === change.entry[change.by]);
  if (index >= 0 && isDeepStrictEqual(found[index], change.entry)) return null;
  return { path: [...change.at, index < 0 ? found.length : index], value: change.entry };
}

/** The document with a change in it: what whatever edits its text has to come to. */
export function withChange(document: JsonValue | undefined, { path, value }: PlacedChange): JsonValue {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  if (typeof name === "number") {
    const items = Array.isArray(document) ? [...document] : [];
    items[name] = withChange(items[name], { path: rest, value });
    return items;
  }
  const members = isObject(document) ? document : {};
  return { ...members, [name]: withChange(Object.hasOwn(members, name) ? members[name] : undefined, { path: rest, value }) };
}

function valueAt(document: JsonValue | undefined, at: readonly string[]): JsonValue | undefined {
  let value = document;
  for (const [depth, name] of at.entries()) {
    if (value === undefined || value === null) return undefined;
    if (!isObject(value)) throw new CannotPlaceError(`"${at.slice(0, depth).join(".") || "the whole"}" has no members in it`);
    value = Object.hasOwn(value, name) ? value[name] : undefined;
  }
  return value;
}

function isObject(value: JsonValue | undefined): value is { [name: string]: JsonValue } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
