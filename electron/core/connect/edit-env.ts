import type { JsonValue } from "./json-value.ts";
import { CannotPlaceError, type PlacedChange } from "./set-value.ts";

const assignment = /^(\s*(?:export\s+)?)([A-Za-z_]\w*)(\s*=\s*)(.*)$/;

/** The variables that a `.env` file sets; of those set twice, the last. */
export function readEnv(text: string): Record<string, JsonValue> {
  const values: Record<string, JsonValue> = {};
  for (const line of text.split("\n")) {
    const [, , name, , value] = assignment.exec(line) ?? [];
    if (name !== undefined && value !== undefined) values[name] = unquote(value);
  }
  return values;
}

/**
 * Sets one variable in a `.env` file: its last line where it has one, else a line at the end.
 *
 * @throws {CannotPlaceError} for a value that could be read in several ways
 */
export function editEnv(text: string, { path, value }: PlacedChange): string {
  const [name] = path;
  if (path.length !== 1 || typeof name !== "string" || typeof value !== "string" || !/^[\w@.:/+~-]*$/.test(value)) {
    throw new CannotPlaceError(`"${path.join(".")}" cannot be written as a variable`);
  }
  const lines = text.split("\n");
  const at = lines.findLastIndex((line) => assignment.exec(line)?.[2] === name);
  if (at >= 0) {
    const [, lead = ""] = assignment.exec(lines[at] ?? "") ?? [];
    return [...lines.slice(0, at), `${lead}${name}=${value}`, ...lines.slice(at + 1)].join("\n");
  }
  const body = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  return `${body}${name}=${value}\n`;
}

function unquote(value: string): string {
  const quoted = /^(["'])(.*)\1\s*(?:#.*)?$/.exec(value.trim());
  return quoted === null ? value.replace(/\s+#.*$/, "").trim() : (quoted[2] ?? "");
}
