import type { CacheStatus } from "#core/routing/cache-policy.ts";
import type { Exchange } from "./exchange.ts";
import type { Target } from "./attempt-target.ts";

/**
 * The headers that a provider gets, without its key: the client's own where they may go on, the config's over them, the
 * row's where nobody said otherwise.
 *
 * @param via names this instance to plain-http hosts, so that a call which comes back is known; null leaves it out
 * @returns a flat list of names in lower case and values
 */
export function requestHeaders({ head, request }: Exchange, target: Target, contentType: string | null, via: string | null): string[] {
  const headers = ["accept-encoding", "identity", "user-agent", "postern"];
  if (contentType !== null) headers.push("content-type", contentType);
  const own = target.headers;
  const { forwarded } = head;
  for (let index = 0; index < forwarded.length; index += 2) {
    const name = forwarded[index] as string;
    if (own === null || own[name] === undefined) headers.push(name, forwarded[index + 1] as string);
  }
  if (own !== null) for (const name in own) headers.push(name, own[name] as string);
  for (const name in target.row.headers) {
    // The client's own version of an API goes before the row's.
    if (!forwarded.includes(name) && own?.[name] === undefined) headers.push(name, target.row.headers[name] as string);
  }
  for (const name of target.forwardHeaders) {
    const value = headers.includes(name) ? null : headerOf(request.rawHeaders, name);
    if (value !== null) headers.push(name, value);
  }
  if (via !== null) headers.push("via", via);
  return headers;
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
  { retries, dropped, cache }: { readonly retries: number; readonly dropped: readonly string[]; readonly cache: CacheStatus },
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
  if (dropped.length > 0) {
    const names = dropped.join(", ").replaceAll(/[^\x20-\x7e]/g, "?");
    headers.push("x-postern-dropped", names.slice(0, 1_024));
  }
  return headers;
}
