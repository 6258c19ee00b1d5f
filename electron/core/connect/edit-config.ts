import { parse, type ParseError, printParseErrorCode } from "jsonc-parser";
import { editJson } from "#core/config/edit-json.ts";
import type { ConfigFormat } from "#shared/schema/connector.ts";
import { editEnv, readEnv } from "./edit-env.ts";
import { editToml, readToml } from "./edit-toml.ts";
import { editYaml, readYaml } from "./edit-yaml.ts";
import type { JsonValue } from "./json-value.ts";
import { CannotPlaceError, type FilledChange, placeChange, type PlacedChange } from "./set-value.ts";

interface Editor {
  /** @throws {Error} whose words hold nothing of the text */
  readonly read: (text: string) => JsonValue | undefined;
  readonly edit: (text: string, change: PlacedChange) => string;
}

const editors: Readonly<Record<ConfigFormat, Editor>> = {
  json: { read: readJson, edit: (text, change) => editJson(startJson(text, change), change.path, change.value) },
  toml: { read: safeToml, edit: editToml },
  yaml: { read: readYaml, edit: editYaml },
  env: { read: readEnv, edit: editEnv },
};

/**
 * Makes all changes in a config file's text. What the changes do not speak of stays as it is: comments, order, unknown
 * members, line ends, a mark at the beginning.
 *
 * @param text empty for a file that does not exist
 * @throws {CannotPlaceError} where the text is not sound, or something else stands where a change belongs
 */
export function editConfig(text: string, format: ConfigFormat, changes: readonly FilledChange[]): string {
  const mark = text.startsWith("\uFEFF") ? "\uFEFF" : "";
  const hasReturns = text.includes("\r\n") && !/(?<!\r)\n/.test(text);
  const plain = hasReturns ? text.replaceAll("\r\n", "\n") : text;
  const { read, edit } = editors[format];
  let edited = plain.slice(mark.length);
  for (const change of changes) {
    const place = placeChange(readSound(edited, read), change);
    if (place !== null) edited = edit(edited, place);
  }
  // Whatever an editor made of it has to be sound as well.
  readSound(edited, read);
  return mark + (hasReturns ? edited.replaceAll("\n", "\r\n") : edited);
}

function readSound(text: string, read: Editor["read"]): JsonValue | undefined {
  if (text.trim() === "") return undefined;
  try {
    return read(text);
  } catch (error) {
    throw new CannotPlaceError(`it is not sound (${error instanceof Error ? error.message : "unreadable"})`, { cause: error });
  }
}

function readJson(text: string): JsonValue | undefined {
  const errors: ParseError[] = [];
  const value = parse(text, errors, { allowTrailingComma: true }) as JsonValue | undefined;
  const [error] = errors;
  if (error !== undefined) {
    throw new Error(`line ${text.slice(0, error.offset).split("\n").length}: ${printParseErrorCode(error.error)}`);
  }
  return value;
}

/** An empty file becomes a list where the first thing in it is an entry of one. */
function startJson(text: string, { path }: PlacedChange): string {
  return text.trim() === "" && typeof path[0] === "number" ? "[]\n" : text;
}

/** The parser's words quote the line, which may hold a key. */
function safeToml(text: string): JsonValue {
  try {
    return readToml(text);
  } catch (error) {
    const line = (error as { readonly line?: unknown }).line;
    throw new Error(typeof line === "number" ? `line ${line}` : "no TOML", { cause: (error as Error).name });
  }
}
