import { isDeepStrictEqual } from "node:util";
import { parse, stringify } from "smol-toml";
import type { JsonValue } from "./json-value.ts";
import { CannotPlaceError, type PlacedChange, withChange } from "./set-value.ts";

/** A TOML text as values. Dates become texts. @throws {Error} where it is no TOML */
export function readToml(text: string): JsonValue {
  return JSON.parse(JSON.stringify(parse(text))) as JsonValue;
}

/**
 * Sets one plain value in TOML by changing or adding a single line; all others stay as they are, and so do comments.
 *
 * @throws {CannotPlaceError} where the table is written in a way in which no single line does it, such as inline
 */
export function editToml(text: string, change: PlacedChange): string {
  const edited = setLine(text, change);
  // The lines were read by a simple eye; whether they are what they seemed to be, the parser says.
  if (edited !== null && isDeepStrictEqual(safely(edited), withChange(readToml(text), change))) return edited;
  throw new CannotPlaceError(`"${change.path.join(".")}" is written in a way that Postern cannot change safely`);
}

function safely(text: string): JsonValue | undefined {
  try {
    return readToml(text);
  } catch {
    return undefined;
  }
}

function setLine(text: string, { path, value }: PlacedChange): string | null {
  const key = path.at(-1);
  const table = path.slice(0, -1);
  if (typeof key !== "string" || (typeof value === "object" && value !== null)) return null;
  const assignment = stringify({ [key]: value }).trimEnd();
  const lines = text.split("\n");
  const { start, end } = findTable(lines, table);
  if (start === null) {
    const header = `[${table.map((name) => writeKey(String(name))).join(".")}]`;
    const body = text.trimEnd();
    return `${body === "" ? "" : `${body}\n\n`}${header}\n${assignment}\n`;
  }
  const at = lines.findIndex((line, index) => index >= start && index < end && keyOf(line) === key);
  if (at >= 0) {
    const line = lines[at] as string;
    const indent = /^\s*/.exec(line)?.[0] ?? "";
    return [...lines.slice(0, at), indent + assignment + commentOf(line), ...lines.slice(at + 1)].join("\n");
  }
  return addLine(lines, { start, end, assignment });
}

/** Behind the table's last line that says something; what stands before the first table, and has no value yet, begins the file. */
function addLine(lines: readonly string[], { start, end, assignment }: { start: number; end: number; assignment: string }): string {
  let at = end;
  while (at > start && !saysSomething(lines[at - 1] ?? "")) at -= 1;
  const isTop = start === 0 && at === 0;
  const rest = lines.slice(at);
  if (isTop && rest.some((line) => line.trim() !== "")) return [assignment, "", ...rest].join("\n");
  const joined = [...lines.slice(0, at), assignment, ...rest].join("\n");
  return joined.endsWith("\n") ? joined : `${joined}\n`;
}

function saysSomething(line: string): boolean {
  return line.trim() !== "" && !line.trimStart().startsWith("#");
}

/** The lines of a table's own values: from behind its header to the next one. */
function findTable(lines: readonly string[], table: readonly (string | number)[]): { readonly start: number | null; readonly end: number } {
  const headers = lines.flatMap((line, index) => (/^\s*\[/.test(line) ? [{ index, names: headerNames(line) }] : []));
  const own = table.length === 0 ? -1 : headers.findIndex(({ names }) => names !== null && isDeepStrictEqual(names, table));
  if (table.length > 0 && own < 0) return { start: null, end: 0 };
  return { start: own < 0 ? 0 : (headers[own]?.index ?? 0) + 1, end: headers[own + 1]?.index ?? lines.length };
}

/** `[a."b c"]` as its names; null for one of a list of tables, and for what only looks like a header. */
function headerNames(line: string): string[] | null {
  if (/^\s*\[\[/.test(line)) return null;
  let value = safely(line);
  const names: string[] = [];
  while (typeof value === "object" && value !== null && !Array.isArray(value)) {
    const [name] = Object.keys(value);
    if (name === undefined) return names.length > 0 ? names : null;
    names.push(name);
    value = value[name];
  }
  return null;
}

/** The name that a line gives a value, where it is a plain one. */
function keyOf(line: string): string | null {
  const found = /^\s*(?:([\w-]+)|"([^"\\]*)"|'([^']*)')\s*=/.exec(line);
  return found === null ? null : (found[1] ?? found[2] ?? found[3] ?? null);
}

/** The comment behind a line's value, with the space before it: behind the shortest part that is a whole assignment. */
function commentOf(line: string): string {
  for (let at = line.indexOf("#"); at >= 0; at = line.indexOf("#", at + 1)) {
    if (safely(line.slice(0, at)) !== undefined) return (/\s*$/.exec(line.slice(0, at))?.[0] ?? "") + line.slice(at);
  }
  return "";
}

function writeKey(name: string): string {
  return /^[\w-]+$/.test(name) ? name : JSON.stringify(name);
}
