import type * as z from "zod";
import { type ContractEntry, usualBodyBytes } from "#shared/contract/endpoint.ts";
import { contract, type Contract } from "#shared/contract/index.ts";
import { PosternError } from "#shared/errors.ts";
import { sayIssue } from "#shared/schema/say-issue.ts";
import type { HandlersOf } from "./handlers-of.ts";

const noStore = { "cache-control": "no-store" };

/**
 * Serves the admin API as one function over web-standard requests: each mount (a socket, a listener, Electron's
 * protocol) passes what it gets and does its own authentication before. Never throws.
 */
export function serveContract(handlers: HandlersOf<Contract>): (request: Request) => Promise<Response> {
  const entries = Object.entries(contract) as [keyof Contract, ContractEntry][];
  return async (request) => {
    try {
      const { pathname, searchParams } = new URL(request.url);
      const [name, entry, parameters] = findEntry(entries, request.method, pathname);
      const query = entry.query === undefined ? undefined : readQuery(searchParams, entry.query);
      const body = entry.body === undefined ? undefined : await readBody(request, { ...entry, body: entry.body });
      const handle = handlers[name] as (input: { parameters: object; query: unknown; body: unknown }) => Promise<unknown>;
      const reply = await handle({ parameters, query, body });
      if (entry.type === undefined) return Response.json(entry.reply.parse(reply), { headers: noStore });
      return new Response(reply as string | ReadableStream<Uint8Array>, { headers: { ...noStore, "content-type": entry.type } });
    } catch (error) {
      return writeAdminError(error);
    }
  };
}

/** A failure as the admin API says it: `{ "error": { "code", "message" } }`. What is no failure of ours is told in no detail. */
export function writeAdminError(error: unknown): Response {
  const known =
    error instanceof PosternError ? error : new PosternError("internal", "Cannot do this: Postern made a mistake", { cause: error });
  return Response.json(
    { error: { code: known.code, message: known.message } },
    { status: known.status, headers: { ...noStore, ...known.headers } },
  );
}

function findEntry(
  entries: readonly (readonly [keyof Contract, ContractEntry])[],
  method: string,
  path: string,
): readonly [keyof Contract, ContractEntry, Record<string, string>] {
  const others = new Set<string>();
  for (const [name, entry] of entries) {
    const parameters = matchPath(entry.path, path);
    if (parameters === null) continue;
    if (entry.method === method) return [name, entry, parameters];
    others.add(entry.method);
  }
  if (others.size === 0) throw new PosternError("not_found", `Cannot find ${method} ${path}: the admin API has no such call`);
  const allow = [...others].join(", ");
  throw new PosternError("method_not_allowed", `Cannot ${method} ${path}; use ${allow}`, { headers: { allow } });
}

function matchPath(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return null;
  const parameters: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] as string;
    if (!part.startsWith(":")) {
      if (part !== value) return null;
      continue;
    }
    try {
      parameters[part.slice(1)] = decodeURIComponent(value);
    } catch {
      return null;
    }
  }
  return parameters;
}

function readQuery(given: URLSearchParams, schema: z.ZodType): unknown {
  for (const name of new Set(given.keys())) {
    if (given.getAll(name).length > 1)
      throw new PosternError("invalid_value", `Cannot use this query: it says "${name.slice(0, 40)}" twice`);
  }
  return check(Object.fromEntries(given), schema, "this query");
}

async function readBody(request: Request, entry: ContractEntry & { readonly body: z.ZodType }): Promise<unknown> {
  const bytes = await readBytes(request, entry.mostBodyBytes ?? usualBodyBytes);
  if (entry.bodyType !== undefined) return check(bytes, entry.body, "this body");
  const text = bytes.toString("utf8");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // The parser quotes what it choked on, and that may be a key: its words go no further.
    throw new PosternError("invalid_json", "Cannot read this body: it is not JSON", { cause: (error as Error).name });
  }
  return check(value, entry.body, "this body");
}

/** Stops reading at the limit, however long the body says that it is. */
async function readBytes(request: Request, mostBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > mostBytes)
      throw new PosternError("body_too_large", `Cannot take this body: it is larger than ${Math.floor(mostBytes / 1_048_576)} MiB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function check(value: unknown, schema: z.ZodType, whole: string): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  if (issue?.code === "unrecognized_keys")
    throw new PosternError(
      "invalid_value",
      `Cannot use ${[...issue.path, issue.keys[0] ?? ""].join(".")}: it is not known here; check the spelling`,
    );
  throw new PosternError("invalid_value", `Cannot use ${issue?.path.join(".") || whole}: it ${sayIssue(issue)}`);
}
