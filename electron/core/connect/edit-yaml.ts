import { isDeepStrictEqual } from "node:util";
import { type Document, isCollection, parseDocument } from "yaml";
import type { JsonValue } from "./json-value.ts";
import { CannotPlaceError, type PlacedChange, withChange } from "./set-value.ts";

/** A YAML text as values; an empty one is null. @throws {Error} where it is no YAML, or more than one document */
export function readYaml(text: string): JsonValue {
  const document = parseDocument(text);
  const [error] = document.errors;
  // Its words quote the text, which may hold a key.
  if (error !== undefined) throw new Error(`line ${error.linePos?.[0].line ?? 1}: ${error.code}`);
  return document.toJS({ maxAliasCount: 100 }) as JsonValue;
}

/**
 * Sets one value in YAML. Comments and order stay; indentation follows what the text has.
 *
 * @throws {CannotPlaceError} where the text then says something else than it should
 */
export function editYaml(text: string, change: PlacedChange): string {
  const before = readYaml(text);
  const expected = withChange(before, change);
  const added = addMember(text, change);
  if (added !== null && isDeepStrictEqual(safely(added), expected)) return added;
  const document: Document = parseDocument(text);
  if (document.contents === null || change.path.length === 0) document.contents = document.createNode(expected);
  else document.setIn(change.path, document.createNode(change.value));
  for (const depth of change.path.keys()) {
    const node = document.getIn(change.path.slice(0, depth), true);
    if (isCollection(node) && node.items.length === 0) node.flow = false;
  }
  const edited = document.toString({
    lineWidth: 0,
    flowCollectionPadding: false,
    indentSeq: !/^(\s*)[^\s#-][^#\n]*:\s*\n\1- /m.test(text),
  });
  if (isDeepStrictEqual(safely(edited), expected)) return edited;
  throw new CannotPlaceError(`"${change.path.join(".")}" is written in a way that Postern cannot change safely`);
}

/** A new plain value at the top goes on a line of its own at the end: nothing else of the text is touched. */
function addMember(text: string, { path, value }: PlacedChange): string | null {
  const [name] = path;
  if (path.length !== 1 || typeof name !== "string" || !/^[\w-]+$/.test(name) || typeof value === "object") return null;
  const body = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  return `${body}${name}: ${typeof value === "string" && !isPlain(value) ? JSON.stringify(value) : String(value)}\n`;
}

/** Texts that YAML takes for nothing but a text. */
function isPlain(value: string): boolean {
  return /^[A-Za-z][\w./@+-]*(?:[: ](?=\S)[\w./@+-]+)*$/.test(value) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(value);
}

function safely(text: string): JsonValue | undefined {
  try {
    return readYaml(text);
  } catch {
    return undefined;
  }
}
