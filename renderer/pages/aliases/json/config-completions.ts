import type { Completion, CompletionContext, CompletionResult, CompletionSource } from "@codemirror/autocomplete";
import { findNodeAtLocation, getLocation, parseTree } from "jsonc-parser";
import * as z from "zod";
import { storedConfigSchema } from "#shared/schema/routing.ts";

/** What stands in a config beside the schema's own words: names of things that there are. */
export interface KnownNames {
  readonly configs: readonly string[];
  readonly providers: readonly string[];
  readonly keys: readonly string[];
  /** What a member means, by its name; undefined where nothing is to say. */
  explain(member: string): string | undefined;
}

interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

let schema: Schema | undefined;

/** Completes members and values of a config, by the very schema that it is checked with. */
export function completeConfig(names: () => KnownNames): CompletionSource {
  const complete = (context: CompletionContext): CompletionResult | null => {
    const text = context.state.doc.toString();
    const location = getLocation(text, context.pos);
    const before = location.previousNode;
    const isInside = before !== undefined && context.pos > before.offset && context.pos <= before.offset + before.length;
    // Where nothing was typed, the list comes when it is asked for.
    if (!isInside && !context.explicit && !/["{,:[]\s*$/.test(text.slice(Math.max(0, context.pos - 20), context.pos))) return null;
    const from = isInside ? before.offset : context.pos;
    const to = isInside ? before.offset + before.length : context.pos;
    const options = location.isAtPropertyKey
      ? membersAt(text, location.path.slice(0, -1), { from, to }, names())
      : valuesAt(text, location.path, names()).map(describeValue);
    const fitting = filterOptions(options, text.slice(from, context.pos));
    // The editor would compare with all that is replaced, the closing quote too.
    if (fitting.length === 0) return null;
    // Asked anew at each key, the list is never behind what is typed: one that waits for its next answer takes no click.
    return { from, to, options: fitting, filter: false, update: (_current, _from, _to, now) => complete(now) };
  };
  return complete;
}

/** What fits what was typed, what begins with it first. */
function filterOptions(options: readonly Completion[], typed: string): Completion[] {
  const word = typed.replaceAll('"', "").trim().toLowerCase();
  const nameOf = ({ displayLabel, label }: Completion): string => (displayLabel ?? label).toLowerCase();
  const begins = options.filter((option) => nameOf(option).startsWith(word));
  return [...begins, ...options.filter((option) => !begins.includes(option) && nameOf(option).includes(word))];
}

function membersAt(text: string, path: readonly (string | number)[], { from, to }: Span, names: KnownNames): Completion[] {
  const found = schemaAt(path);
  if (found?.properties === undefined) return [];
  const tree = parseTree(text);
  const node = tree === undefined ? undefined : findNodeAtLocation(tree, [...path]);
  const taken = new Set(
    (node?.children ?? []).flatMap((property) => {
      const key = property.children?.[0];
      // The one that is being typed may be typed anew.
      return key === undefined || key.offset === from ? [] : [String(key.value)];
    }),
  );
  const hasColon = /^\s*:/.test(text.slice(to));
  return Object.entries(found.properties).flatMap(([name, member]): Completion[] => {
    if (taken.has(name)) return [];
    const info = names.explain(name);
    return [
      {
        label: `"${name}"`,
        displayLabel: name,
        detail: typeOf(member),
        type: "property",
        apply: hasColon ? `"${name}"` : `"${name}": `,
        ...(info === undefined ? {} : { info }),
      },
    ];
  });
}

interface Span {
  readonly from: number;
  readonly to: number;
}

function describeValue(value: unknown): Completion {
  const label = JSON.stringify(value);
  return { label, displayLabel: typeof value === "string" ? value : label, type: "enum" };
}

function valuesAt(text: string, path: readonly (string | number)[], names: KnownNames): readonly unknown[] {
  switch (path.at(-1)) {
    case "config":
      return names.configs;
    case "provider":
      return names.providers;
    case "virtual_key":
      return names.keys;
    case "then":
    case "default":
      return targetNames(text, path);
    default:
      return choicesOf(schemaAt(path));
  }
}

/** The names of the targets beside the strategy that the path leads into. */
function targetNames(text: string, path: readonly (string | number)[]): string[] {
  const at = path.lastIndexOf("strategy");
  const tree = parseTree(text);
  const targets = tree === undefined || at === -1 ? undefined : findNodeAtLocation(tree, [...path.slice(0, at), "targets"]);
  return (targets?.children ?? []).flatMap((target) => {
    const name: unknown = findNodeAtLocation(target, ["name"])?.value;
    return typeof name === "string" ? [name] : [];
  });
}

function choicesOf(found: Schema | undefined): readonly unknown[] {
  if (found === undefined) return [];
  if (found.enum !== undefined) return found.enum;
  if (found.const !== undefined) return [found.const];
  return found.type === "boolean" ? [true, false] : [];
}

function schemaAt(path: readonly (string | number)[]): Schema | undefined {
  schema ??= z.toJSONSchema(storedConfigSchema, { io: "input", unrepresentable: "any" }) as Schema;
  let current: Schema | undefined = resolve(schema);
  for (const part of path) {
    if (current === undefined) return undefined;
    const more: Schema | boolean | undefined = current.additionalProperties;
    current = resolve(
      typeof part === "number" ? current.items : (current.properties?.[part] ?? (typeof more === "object" ? more : undefined)),
    );
  }
  return current;
}

function resolve(found: Schema | undefined): Schema | undefined {
  let current = found;
  for (let hops = 0; hops < 8 && current !== undefined; hops++) {
    if (current.$ref !== undefined) {
      const name = current.$ref === "#" ? null : (current.$ref.split("/").at(-1) ?? "");
      current = name === null ? schema : schema?.$defs?.[name];
    } else if (current.properties === undefined && current.allOf?.length === 1) current = current.allOf[0];
    else return current;
  }
  return current;
}

function typeOf(member: Schema): string {
  const found = resolve(member);
  return found?.type ?? (found?.enum === undefined ? "" : "text");
}
