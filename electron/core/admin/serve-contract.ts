import type * as z from "zod";
import { contract, type Contract } from "#shared/contract/index.ts";
import type { ContractEntry, ContractInput, ContractReply } from "#shared/contract/endpoint.ts";
import { PosternError } from "#shared/errors.ts";

/** One function for each entry of the contract. */
export type Handlers = {
  readonly [Name in keyof Contract]: (input: ContractInput<Contract[Name]>) => Promise<ContractReply<Contract[Name]>>;
};

const mostBodyBytes = 1_048_576;

/**
 * Serves the admin API as one function over web-standard requests: each mount (a socket, a listener, Electron's
 * protocol) passes what it gets and does its own authentication before.
 */
export function serveContract(handlers: Handlers): (request: Request) => Promise<Response> {
  const entries = Object.entries(contract) as [keyof Contract, ContractEntry][];
  return async (request) => {
    const path = new URL(request.url).pathname;
    try {
      for (const [name, entry] of entries) {
        const parameters = entry.method === request.method ? matchPath(entry.path, path) : null;
        if (parameters === null) continue;
        const body = entry.body === undefined ? undefined : await readBody(request, entry.body);
        const handle = handlers[name] as (input: { parameters: object; body: unknown }) => Promise<unknown>;
        return Response.json(entry.reply.parse(await handle({ parameters, body })), { headers: { "cache-control": "no-store" } });
      }
      throw new PosternError("not_found", `Cannot find ${request.method} ${path}: the admin API has no such call`);
    } catch (error) {
      const known =
        error instanceof PosternError ? error : new PosternError("internal", "Cannot do this: Postern made a mistake", { cause: error });
      return Response.json(
        { error: { code: known.code, message: known.message } },
        { status: known.status, headers: { "cache-control": "no-store" } },
      );
    }
  };
}

function matchPath(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return null;
  const parameters: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] as string;
    if (part.startsWith(":")) parameters[part.slice(1)] = decodeURIComponent(value);
    else if (part !== value) return null;
  }
  return parameters;
}

async function readBody(request: Request, schema: z.ZodType): Promise<unknown> {
  const text = await request.text();
  if (text.length > mostBodyBytes) throw new PosternError("body_too_large", "Cannot take this body: it is larger than 1 MiB");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // The parser quotes what it choked on, and that may be a key: its words go no further.
    throw new PosternError("invalid_json", "Cannot read this body: it is not JSON", { cause: (error as Error).name });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new PosternError("invalid_value", `Cannot use ${issue?.path.join(".") || "this body"}: it ${issue?.message ?? "is not valid"}`);
}
