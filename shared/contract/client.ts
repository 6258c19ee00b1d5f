import * as z from "zod";
import type { ContractAnswer, ContractCall, ContractEntry } from "./endpoint.ts";
import { contract, type Contract } from "./index.ts";

/** The admin API, called by name: `call("listKeys", {})`. */
export type AdminClient = <Name extends keyof Contract>(
  name: Name,
  input: ContractCall<Contract[Name]>,
  options?: { readonly signal?: AbortSignal },
) => Promise<ContractAnswer<Contract[Name]>>;

/** How a client's requests leave: `fetch`, or anything that answers like it. The path begins with `/admin/`. */
export type AdminFetch = (
  path: string,
  init: {
    readonly method: string;
    readonly body?: string | Uint8Array<ArrayBuffer>;
    readonly headers: Readonly<Record<string, string>>;
    readonly signal?: AbortSignal;
  },
) => Promise<Response>;

/** The admin API said no. The message is the API's own, and meant for the person. */
export class AdminError extends Error {
  override readonly name = "AdminError";
  /** An `ErrorCode`, or another word where something before the API answered. */
  readonly code: string;
  readonly status: number;

  constructor(message: string, { code, status }: { readonly code: string; readonly status: number }) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

const errorSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/**
 * A client of the whole contract over anything that fetches. Replies are read through their schemas; a reply that is no
 * JSON (an export, the event stream) comes as the `Response` that it is, with its body unread.
 *
 * @throws {AdminError} from each call that the API refuses
 */
export function createClient(send: AdminFetch): AdminClient {
  return async (name, input, options = {}) => {
    const entry: ContractEntry = contract[name];
    const response = await send(pathOf(entry, input), {
      method: entry.method,
      // Without a body as well: the window's mount takes only what no form of another site can send.
      headers: entry.method === "GET" || entry.method === "DELETE" ? {} : { "content-type": entry.bodyType ?? "application/json" },
      ...(input.body === undefined
        ? {}
        : { body: input.body instanceof Uint8Array ? (input.body as Uint8Array<ArrayBuffer>) : JSON.stringify(input.body) }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    if (!response.ok) throw await readError(response);
    return (entry.type === undefined ? entry.reply.parse(await response.json()) : response) as never;
  };
}

function pathOf(
  entry: ContractEntry,
  input: { readonly parameters?: Readonly<Record<string, string>> | undefined; readonly query?: unknown },
): string {
  const path = entry.path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(input.parameters?.[name] ?? ""));
  const given = Object.entries((input.query ?? {}) as Readonly<Record<string, unknown>>).filter(([, value]) => value !== undefined);
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()}`;
}

async function readError(response: Response): Promise<AdminError> {
  const text = await response.text().catch(() => "");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = null;
  }
  const { error } = errorSchema.safeParse(value).data ?? {
    error: { code: "unknown", message: `Postern answered with status ${response.status}` },
  };
  return new AdminError(error.message, { code: error.code, status: response.status });
}
