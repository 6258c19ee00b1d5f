import type { DialectId } from "#shared/schema/provider.ts";
import { localKeyPrefix } from "#shared/local-key.ts";
import type { CacheStatus } from "#core/routing/cache-policy.ts";
import type { Exchange } from "./exchange.ts";
import type { Target } from "./attempt-target.ts";

/**
 * The headers that a provider gets, without its key: the client's own where they may go on, the config's over them, the
 * row's where nobody said otherwise.
 *
 * @param options `via` names this instance to plain-http hosts, so that a call which comes back is known; null leaves it out
 * @returns a flat list of names in lower case and values
 */
export function requestHeaders(
  { head, request }: Exchange,
  target: Target,
  {
    contentType,
    via,
    isLocalKey,
  }: {
    readonly contentType: string | null;
    readonly via: string | null;
    /** Whether this is one of Postern's own keys, which never go to a provider, whatever header they stand in. */
    readonly isLocalKey: (credential: string) => boolean;
  },
): string[] {
  const headers = ["accept-encoding", "identity"];
  if (!target.forwardHeaders.includes("user-agent")) headers.push("user-agent", "postern");
  if (contentType !== null) headers.push("content-type", contentType);
  const own = target.headers;
  const { forwarded } = head;
  for (let index = 0; index < forwarded.length; index += 2) {
    const name = forwarded[index] as string;
    if (!concerns(name, target.dialect)) continue;
    if (own === null || own[name] === undefined) headers.push(name, forwarded[index + 1] as string);
  }
  if (own !== null) for (const name in own) headers.push(name, own[name] as string);
  for (const name in target.row.headers) {
    // The client's own version of an API goes before the row's.
    if (!forwarded.includes(name) && own?.[name] === undefined) headers.push(name, target.row.headers[name] as string);
  }
  for (const name of target.forwardHeaders) {
    const value = has(headers, name) ? null : headerOf(request.rawHeaders, name);
    if (value !== null && !holdsLocalKey(value, isLocalKey)) headers.push(name, value);
  }
  if (via !== null) headers.push("via", via);
  return headers;
}

function holdsLocalKey(value: string, isLocalKey: (credential: string) => boolean): boolean {
  return value.includes(localKeyPrefix) || isLocalKey(value.replace(/^\w+ +/, ""));
}

function has(headers: readonly string[], name: string): boolean {
  for (let index = 0; index < headers.length; index += 2) if (headers[index] === name) return true;
  return false;
}

/** Whether a client's header means something to a provider of this dialect: versions and organizations of one API are nothing to another. */
function concerns(name: string, dialect: DialectId): boolean {
  if (name.startsWith("openai-")) return dialect.startsWith("openai-");
  return !name.startsWith("anthropic-") || dialect === "anthropic-messages";
}

/** A request header by its name in lower case; null where there is none. */
export function headerOf(rawHeaders: readonly string[], name: string): string | null {
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if ((rawHeaders[index] as string).toLowerCase() === name) return rawHeaders[index + 1] as string;
  }
  return null;
}

/** The gateway's own headers for an answer, as Portkey's clients know them, and what was left out of the request. */
export function answerHeaders(
  exchange: Exchange,
  target: Target,
  {
    retries,
    dropped,
    cache,
    failed,
  }: {
    readonly retries: number;
    readonly dropped: readonly string[];
    readonly cache: CacheStatus;
    /** The tries before the one that is answered with, each with why it ended. */
    readonly failed: readonly string[];
  },
): string[] {
  const headers = [
    "x-portkey-cache-status",
    cache,
    "x-portkey-last-used-option-index",
    target.optionPath,
    "x-portkey-provider",
    target.row.id,
    "x-portkey-retry-attempt-count",
    String(retries),
    "x-portkey-trace-id",
    exchange.record.traceId ?? "",
  ];
  if (dropped.length > 0) headers.push("x-postern-dropped", listOf(dropped));
  if (failed.length > 0) headers.push("x-postern-attempts", listOf(failed));
  return headers;
}

function listOf(entries: readonly string[]): string {
  return entries
    .join(", ")
    .replaceAll(/[^\x20-\x7e]/g, "?")
    .slice(0, 1_024);
}
