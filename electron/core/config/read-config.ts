import { findNodeAtLocation, getNodeValue, type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import type * as z from "zod";
import { type ConfigFile, configFileSchema } from "#shared/schema/config-file.ts";
import { defaultAliases } from "#shared/schema/default-aliases.ts";
import { checkReferences } from "#shared/schema/routing.ts";

/** One mistake in config.json, in words for the person who wrote it. */
export interface ConfigProblem {
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  /** `aliases.fast.targets[0].provider`, or empty for the whole file. */
  readonly path: string;
  readonly message: string;
}

/** What became of config.json's text. */
export type ConfigReading =
  | {
      readonly ok: true;
      readonly config: ConfigFile;
      readonly locate: (path: readonly PropertyKey[]) => Pick<ConfigProblem, "line" | "column">;
      /** Whether the text itself says something there, rather than a default. */
      readonly says: (path: readonly string[]) => boolean;
    }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/**
 * Reads config.json: JSON that may have comments and trailing commas, checked strictly.
 * Never throws; a mistake comes back with its line, its path, what was found and what would do.
 */
export function readConfig(text: string): ConfigReading {
  const errors: ParseError[] = [];
  const source = text.trim() === "" ? "{}" : text.replace(/^\uFEFF/, "");
  const tree = parseTree(source, errors, { allowTrailingComma: true });
  const syntaxError = errors[0];
  if (syntaxError !== undefined || tree === undefined) {
    const offset = syntaxError?.offset ?? 0;
    const what = syntaxError === undefined ? "is empty" : `is not JSON here: ${words(printParseErrorCode(syntaxError.error))}`;
    return { ok: false, problems: [{ ...position(source, offset), path: "", message: what }] };
  }
  const duplicate = findDuplicate(tree);
  if (duplicate !== undefined) {
    return {
      ok: false,
      problems: [{ ...position(source, duplicate.offset), path: "", message: `says "${duplicate.key}" twice; keep one of them` }],
    };
  }
  const locate = (path: readonly PropertyKey[]): Pick<ConfigProblem, "line" | "column"> => position(source, offsetOf(tree, path));
  const result = configFileSchema.safeParse(getNodeValue(tree));
  if (result.success) {
    const lost = checkReferences(result.data, defaultAliases);
    const says = (path: readonly string[]): boolean => findNodeAtLocation(tree, [...path]) !== undefined;
    if (lost.length === 0) return { ok: true, config: result.data, locate, says };
    return { ok: false, problems: lost.map(({ path, message }) => ({ ...locate(path), path: formatPath(path), message })) };
  }
  return { ok: false, problems: result.error.issues.flatMap((issue) => toProblems(issue, locate)) };
}

/** Turns zod's findings into problems, each at the deepest place that the file has for it. */
export function toProblems(
  issue: z.core.$ZodIssue,
  locate: (path: readonly PropertyKey[]) => Pick<ConfigProblem, "line" | "column">,
): ConfigProblem[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => {
      const path = [...issue.path, key];
      const secret = /(api_?key|secret|token|password|aws_|service_account)/i.test(key);
      const hint = secret
        ? 'secrets do not belong into this file; store it with "postern keys add" and name it by "virtual_key"'
        : "check the spelling";
      return { ...locate(path), path: formatPath(path), message: `is not known here; ${hint}` };
    });
  }
  return [{ ...locate(issue.path), path: formatPath(issue.path), message: issue.message }];
}

/** `["aliases", "fast", "targets", 0]` as `aliases.fast.targets[0]`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) => (typeof part === "number" ? `${text}[${part}]` : text === "" ? String(part) : `${text}.${String(part)}`),
    "",
  );
}

function offsetOf(tree: Node, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const node = findNodeAtLocation(
      tree,
      path.slice(0, length).map((part) => (typeof part === "number" ? part : String(part))),
    );
    if (node !== undefined) return node.parent?.type === "property" ? node.parent.offset : node.offset;
  }
  return tree.offset;
}

function findDuplicate(node: Node): { key: string; offset: number } | undefined {
  const seen = new Set<string>();
  for (const child of node.children ?? []) {
    if (child.type === "property") {
      const key = child.children?.[0];
      if (key !== undefined) {
        if (seen.has(String(key.value))) return { key: String(key.value), offset: key.offset };
        seen.add(String(key.value));
      }
    }
    const inner = findDuplicate(child);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

function position(text: string, offset: number): Pick<ConfigProblem, "line" | "column"> {
  const before = text.slice(0, offset);
  return { line: before.split("\n").length, column: offset - before.lastIndexOf("\n") };
}

function words(code: string): string {
  return code.replaceAll(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
}
