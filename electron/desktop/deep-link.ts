import * as z from "zod";
import { words } from "./words.ts";

/** What a link asks for: a place in the window, with fields that are filled in there and sent by nobody but the person. */
export interface DeepLink {
  /** `#/models?query=gpt` */
  readonly hash: string;
  /** The page's name, for the question. */
  readonly page: string;
  /** What would be filled in, for the question: names and values. */
  readonly fields: readonly (readonly [string, string])[];
}

/** The scheme of links from elsewhere. */
export const linkScheme = "postern";

const longestLink = 4_096;
const name = z.string().regex(/^[\w.:@/ -]{1,200}$/);
const text = z.string().max(2_000);
const itemSchema = z.string().regex(/^[\w.-]{1,64}$/);

/** A page that a link may open, and what it may fill in there: the link's name for it, the page's, and what fits. */
interface LinkTarget {
  readonly page: string;
  readonly title: string;
  readonly fields: Readonly<Record<string, readonly [string, z.ZodType<string>]>>;
  /** What the page's item is, where the link names it: in its path, or in one of its fields. */
  readonly item?: { readonly prefix: string; readonly field: string | null };
}

/** By a link's host. Everything else in a link is left out. */
const targets: Readonly<Record<string, LinkTarget>> = {
  catalog: { page: "models", title: "Models", fields: { query: ["text", text], provider: ["provider", name] } },
  alias: { page: "aliases", title: "Aliases", fields: { model: ["new", name] } },
  "add-provider": { page: "keys", title: "Keys", fields: {}, item: { prefix: "", field: "provider" } },
  connect: { page: "tools", title: "Connect a tool", fields: {}, item: { prefix: "connect", field: null } },
  chat: { page: "chat", title: "Chat", fields: { model: ["model", name], prompt: ["prompt", text] } },
};

/** Names in a link that would carry a secret, an address or a program: a link with one of them is not taken at all. */
const risky = /key|token|secret|password|url|origin|host|header|env|command|path/i;

/**
 * Reads a link. It can only open a page and fill fields in: nothing is sent, stored or switched on by it.
 *
 * @returns null for one that Postern does not know or does not take
 */
export function readDeepLink(link: string): DeepLink | null {
  const url = link.length > longestLink ? null : URL.parse(link);
  if (url?.protocol !== `${linkScheme}:` || url.username !== "" || url.password !== "" || url.port !== "") return null;
  const target = Object.hasOwn(targets, url.host) ? targets[url.host] : undefined;
  if (target === undefined) return null;
  const inPath = /^\/([\w.-]{1,64})\/?$/.exec(url.pathname)?.[1];
  const mayHavePath = target.item?.field === null;
  if (url.pathname !== "" && url.pathname !== "/" && (inPath === undefined || !mayHavePath)) return null;
  if ([...url.searchParams.keys()].some((field) => risky.test(field))) return null;
  const named = mayHavePath ? inPath : itemSchema.safeParse(url.searchParams.get(target.item?.field ?? "")).data;
  const filled = [...url.searchParams].flatMap(([field, value]) => {
    const [own, schema] = Object.hasOwn(target.fields, field) ? (target.fields[field] ?? []) : [];
    return own !== undefined && schema?.safeParse(value).success === true ? [{ field, own, value }] : [];
  });
  const search = new URLSearchParams(filled.map(({ own, value }) => [own, searchValue(value)])).toString();
  const place = [target.page, target.item?.prefix, named].filter((part) => part !== undefined && part !== "").join("/");
  return {
    hash: `#/${place}${search === "" ? "" : `?${search}`}`,
    page: target.title,
    fields: [...(named === undefined ? [] : [["name", named] as const]), ...filled.map(({ field, value }) => [field, value] as const)],
  };
}

/** The question that stands before every link. */
export function linkQuestion({ page, fields }: DeepLink): { readonly message: string; readonly detail: string } {
  const lines = fields.map(([field, value]) => `${field}: ${value.replaceAll(/\p{Cc}/gu, " ").slice(0, 200)}`);
  return {
    message: `A link wants to open "${page}" in ${words.name}.`,
    detail: [
      ...(lines.length === 0 ? [] : ["It would fill in:", ...lines, ""]),
      "Nothing is sent or saved before you do it yourself.",
    ].join("\n"),
  };
}

/** The link among a program's arguments, where Windows and Linux put it. */
export function findDeepLink(args: readonly string[]): string | undefined {
  return args.find((word) => word.toLowerCase().startsWith(`${linkScheme}:`));
}

/** The window's router reads what looks like JSON as JSON; a text stays one in quotes. */
function searchValue(value: string): string {
  try {
    JSON.parse(value);
    return JSON.stringify(value);
  } catch {
    return value;
  }
}
