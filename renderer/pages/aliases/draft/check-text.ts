import { findNodeAtLocation, type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import { checkReferences, type StoredConfig, storedConfigSchema } from "#shared/schema/routing.ts";
import { defaultAliases } from "#shared/schema/default-aliases.ts";
import { sayIssue } from "#shared/schema/say-issue.ts";
import type { ConfigKind } from "../search.ts";

/** Something wrong with a config, and where it stands in its text. */
export interface Finding {
  /** `["targets", 0, "model"]`; null where the text is no JSON. */
  readonly path: readonly PropertyKey[] | null;
  /** To follow the place's name: "must be a number". */
  readonly message: string;
  /** From 1. */
  readonly line: number;
  readonly from: number;
  readonly to: number;
}

/** What a config is checked against, beside the schema. */
export interface Surroundings {
  readonly kind: ConfigKind;
  readonly name: string;
  readonly aliases: Readonly<Record<string, StoredConfig>>;
  readonly configs: Readonly<Record<string, StoredConfig>>;
}

/** What a text says. `config` is null where it is not one that could be saved. */
export interface CheckedText {
  readonly config: StoredConfig | null;
  readonly findings: readonly Finding[];
}

/** Reads a config's JSON with the schema that the admin API checks with, and finds the place of each mistake. */
export function checkText(text: string, surroundings: Surroundings): CheckedText {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false });
  const [error] = errors;
  if (tree === undefined || error !== undefined) return { config: null, findings: [findingOfError(text, error)] };
  const value: unknown = JSON.parse(text);
  const read = storedConfigSchema.safeParse(value);
  if (!read.success) {
    const findings = read.error.issues.flatMap((issue) => {
      const places = issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
      return places.map((path) => findingAt(text, tree, path, sayIssue(issue)));
    });
    return { config: null, findings };
  }
  const findings = brokenReferences(read.data, surroundings).map(({ path, message }) => findingAt(text, tree, path, message));
  return { config: findings.length > 0 ? null : inOrderOf(value, read.data), findings };
}

/** The mistake in words that stand alone: `"targets.0.model" must be a text`. */
export function sayFinding({ path, message }: Finding): string {
  if (path === null || path.length === 0) return `It ${message}`;
  return `"${path.map(String).join(".")}" ${message}`;
}

function brokenReferences(
  config: StoredConfig,
  { kind, name, aliases, configs }: Surroundings,
): { readonly path: readonly PropertyKey[]; readonly message: string }[] {
  const section = kind === "alias" ? "aliases" : "configs";
  // A new one has no name yet, and nothing can name it.
  const own = name === "" ? "\0" : name;
  const stored = { aliases, configs, [section]: { ...(kind === "alias" ? aliases : configs), [own]: config } };
  return checkReferences(stored, defaultAliases).flatMap(({ path, message }) =>
    path[0] === section && path[1] === own ? [{ path: path.slice(2), message: message.replaceAll("\0", "this") }] : [],
  );
}

function findingOfError(text: string, error: ParseError | undefined): Finding {
  const at = Math.min(error?.offset ?? 0, text.length);
  const message = error === undefined ? "is empty" : syntaxWords[printParseErrorCode(error.error)];
  return {
    path: null,
    message: message ?? "is no JSON here",
    line: lineOf(text, at),
    from: at,
    to: Math.min(text.length, at + Math.max(1, error?.length ?? 1)),
  };
}

const syntaxWords: Readonly<Record<string, string>> = {
  InvalidSymbol: "has a word here that is no JSON; texts stand in double quotes",
  InvalidNumberFormat: "has a number here that is not written as JSON writes them",
  PropertyNameExpected: "needs a name in double quotes here; no comma may stand before a closing brace",
  ValueExpected: "needs a value here; no comma may stand before a closing bracket",
  ColonExpected: "needs a colon here",
  CommaExpected: "needs a comma before this",
  CloseBraceExpected: "needs a closing brace }",
  CloseBracketExpected: "needs a closing bracket ]",
  EndOfFileExpected: "goes on after its end",
  InvalidCommentToken: "cannot hold comments here",
  UnexpectedEndOfString: "has a text here that does not end",
};

/** Marks the value, or the name of what should not be there; where the place is not in the text, the nearest one around it. */
function findingAt(text: string, tree: Node, path: readonly PropertyKey[], message: string): Finding {
  for (let length = path.length; length >= 0; length--) {
    const found = findNodeAtLocation(
      tree,
      path.slice(0, length).map((part) => (typeof part === "number" ? part : String(part))),
    );
    if (found === undefined) continue;
    const name = found.parent?.type === "property" ? found.parent.children?.[0] : undefined;
    // A mark over a whole object says nothing of where.
    const isWide = found.type === "object" || found.type === "array" || isAboutName(message);
    const { offset, length: size } = isWide ? (name ?? { offset: found.offset, length: 1 }) : found;
    return { path, message, line: lineOf(text, offset), from: offset, to: offset + size };
  }
  return { path, message, line: 1, from: 0, to: Math.min(1, text.length) };
}

/** Whether a member should not be there at all: then its name is the mistake. */
function isAboutName(message: string): boolean {
  return /^(?:is not known here|is not supported|belongs |is called |says the same)/.test(message);
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

/** What the schema read, with names in the order in which the person wrote them. */
function inOrderOf<Value>(written: unknown, read: Value): Value {
  if (Array.isArray(read))
    return read.map((item: unknown, index) => inOrderOf(Array.isArray(written) ? written[index] : undefined, item)) as Value;
  if (typeof read !== "object" || read === null) return read;
  const order = typeof written === "object" && written !== null ? Object.keys(written) : [];
  const names = Object.keys(read).sort((one, other) => rank(order, one) - rank(order, other));
  const members = names.flatMap((name) => {
    const member = (read as Record<string, unknown>)[name];
    return member === undefined ? [] : [[name, inOrderOf((written as Record<string, unknown> | undefined)?.[name], member)]];
  });
  return Object.fromEntries(members) as Value;
}

function rank(order: readonly string[], name: string): number {
  const at = order.indexOf(name);
  return at === -1 ? order.length : at;
}
