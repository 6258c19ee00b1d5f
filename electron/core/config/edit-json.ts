import { isDeepStrictEqual } from "node:util";
import { applyEdits, findNodeAtLocation, modify, type Node, parse, parseTree } from "jsonc-parser";

const style = { formattingOptions: { insertSpaces: true, tabSize: 2, eol: "\n" } };

/**
 * Sets one value in JSON that has comments, or takes it out where the value is undefined. Everything else stays as the
 * person wrote it: comments, order, layout, and which line a comment stands behind.
 *
 * @param text whole and sound JSON; an empty text stands for an empty object
 */
export function editJson(text: string, path: readonly (string | number)[], value: unknown): string {
  const source = text.trim() === "" ? "{}\n" : text;
  const edited = value === undefined ? remove(source, path) : insert(source, path, value);
  const plain = applyEdits(source, modify(source, [...path], value, style));
  // Whatever was overlooked: what the text says now is what jsonc-parser makes of it.
  return edited !== null && isDeepStrictEqual(read(edited), read(plain)) ? edited : plain;
}

/**
 * Adds a member behind the last one of an object, or an item behind the last one of a list. jsonc-parser would put it before the comment that ends the last
 * member's line, where it would then seem to be about the new one.
 *
 * @returns null where the place exists already, or where it cannot be made by adding one member
 */
function insert(text: string, path: readonly (string | number)[], value: unknown): string | null {
  const root = parseTree(text, [], { allowTrailingComma: true });
  const found = root === undefined ? null : deepest(root, path);
  if (found === null) return null;
  const [key, ...below] = path.slice(found.depth);
  const member = below.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);
  if (below.some((name) => typeof name !== "string")) return null;
  if (found.node.type === "array") return key === found.node.children?.length ? insertMember(text, found.node, "", member) : null;
  return typeof key === "string" ? insertMember(text, found.node, `${JSON.stringify(key)}: `, member) : null;
}

/** The last object or list on the way to a place that does not exist; null where it exists, or something else is in the way. */
function deepest(root: Node, path: readonly (string | number)[]): { readonly node: Node; readonly depth: number } | null {
  for (let depth = path.length; depth >= 0; depth--) {
    const node = findNodeAtLocation(root, path.slice(0, depth));
    if (node !== undefined) return depth < path.length && (node.type === "object" || node.type === "array") ? { node, depth } : null;
  }
  return null;
}

function insertMember(text: string, node: Node, key: string, member: unknown): string {
  const end = node.offset + node.length - 1;
  const last = node.children?.at(-1);
  const from = last === undefined ? node.offset + 1 : last.offset + last.length;
  const { at, commaAt, hasBreak } = lookBehind(text, from, end);
  const isOneLine = last !== undefined && !text.slice(node.offset, end).includes("\n");
  const outer = /^[ \t]*/.exec(text.slice(text.lastIndexOf("\n", node.offset) + 1))?.[0] ?? "";
  const inner = last === undefined || isOneLine ? `${outer}  ` : (/[ \t]*$/.exec(text.slice(0, last.offset))?.[0] ?? `${outer}  `);
  const step = (inner.startsWith(outer) ? inner.slice(outer.length) : "") || "  ";
  const written = isOneLine
    ? ` ${key}${JSON.stringify(member)}`
    : `\n${inner}${key}${JSON.stringify(member, null, step).replaceAll("\n", `\n${inner}`)}${hasBreak ? "" : `\n${outer}`}`;
  const comma = last === undefined || commaAt !== null ? "" : ",";
  const tail = isOneLine || hasBreak ? text.slice(at) : text.slice(at).replace(/^[ \t]+/, "");
  return text.slice(0, from) + comma + text.slice(from, at) + written + tail;
}

/** What can stand behind a member: comments, one comma, line breaks, space. */
const behindMember = /(?<comment>\/\/[^\n]*|\/\*[\s\S]*?\*\/)|(?<comma>,)|(?<lineBreak>\n)|[^\S\n]+/y;

/** From behind a member to the end of its object: the comma, and where the line with its comment ends. */
function lookBehind(text: string, from: number, end: number): { at: number; commaAt: number | null; hasBreak: boolean } {
  let at = from;
  let commaAt: number | null = null;
  behindMember.lastIndex = from;
  for (let found = behindMember.exec(text); found !== null && found.index < end; found = behindMember.exec(text)) {
    const { comment, comma, lineBreak } = found.groups ?? {};
    if (lineBreak !== undefined) return { at, commaAt, hasBreak: true };
    if (comma !== undefined) commaAt = found.index;
    if (comma !== undefined || comment !== undefined) at = found.index + found[0].trimEnd().length;
  }
  return { at, commaAt, hasBreak: false };
}

/**
 * Takes a member out, with its lines and the comment behind it. jsonc-parser would take the comment above the next
 * member as well.
 *
 * @returns null where there is no such member
 */
function remove(text: string, path: readonly (string | number)[]): string | null {
  const root = parseTree(text, [], { allowTrailingComma: true });
  const member = root === undefined ? undefined : findNodeAtLocation(root, [...path])?.parent;
  const members = member?.parent?.children;
  if (member?.type !== "property" || member.parent?.type !== "object" || members === undefined) return null;
  const end = member.offset + member.length;
  const before = members[members.indexOf(member) - 1];
  const { commaAt } = lookBehind(text, end, member.parent.offset + member.parent.length - 1);
  const beforeEnd = before === undefined ? null : before.offset + before.length;
  // The last member has no comma behind it, so the one before it gives up its own.
  const freed = commaAt === null && beforeEnd !== null ? lookBehind(text, beforeEnd, member.offset).commaAt : null;
  const head = freed === null ? text.slice(0, member.offset) : text.slice(0, freed) + text.slice(freed + 1, member.offset);
  const tail = commaAt === null ? text.slice(end) : text.slice(end, commaAt) + text.slice(commaAt + 1);
  const rest = /^(?:[ \t]|\/\*.*?\*\/)*(?:\/\/[^\n]*)?\n/.exec(tail)?.[0];
  const lead = /(?:^|\n)([ \t]*)$/.exec(head)?.[1];
  if (rest !== undefined && lead !== undefined) return head.slice(0, head.length - lead.length) + tail.slice(rest.length);
  return head + (lead === undefined ? tail.replace(/^[ \t]+(?=[^ \t])/, "") : tail);
}

function read(text: string): unknown {
  return parse(text, [], { allowTrailingComma: true });
}
