import type { CallConfig } from "#shared/schema/routing.ts";

/** That a target's answers may be used again, and for how long. */
export interface CachePolicy {
  readonly maxAgeMs: number;
}

/** What `x-portkey-cache-status` says. */
export type CacheStatus = "DISABLED" | "HIT" | "MISS" | "REFRESH";

const defaultMaxAgeMs = 86_400_000;
const longestMaxAgeMs = 31_536_000_000;
/** Portkey's open gateway counts in milliseconds, its documents in seconds; nobody means 60 milliseconds or 17 hours and more in seconds. */
const leastMilliseconds = 60_000;

/** Reads a config's `cache`. */
export function readCachePolicy(cache: CallConfig["cache"]): CachePolicy | null {
  if (cache === undefined) return null;
  const maxAge = cache.max_age;
  if (maxAge === undefined) return { maxAgeMs: defaultMaxAgeMs };
  return { maxAgeMs: Math.min(longestMaxAgeMs, maxAge >= leastMilliseconds ? maxAge : maxAge * 1_000) };
}

/** Reads `x-portkey-cache-force-refresh`: any value but one that says no. */
export function readCacheRefresh(header: string | null | undefined): boolean {
  return header !== null && header !== undefined && !/^\s*(?:false|0|no)?\s*$/i.test(header);
}

/** What decides whether two requests may have one answer, beside the body that the target would get. */
export interface CacheQuestion {
  readonly grantId: string | null;
  readonly endpoint: string | null;
  /** `x-portkey-cache-namespace` */
  readonly namespace: string | null;
  readonly target: {
    readonly row: { readonly id: string; readonly baseUrl: string };
    readonly dialect: string;
    readonly model: string | null;
    readonly keyName: string | null;
    readonly ownKey: string | null;
    readonly customHost: string | null;
    readonly headers: Readonly<Record<string, string>> | null;
    readonly strictOpenAiCompliance: boolean;
    readonly cache: CachePolicy | null;
  };
  /** What the client speaks: the answer is kept as it was written for it. */
  readonly clientDialect: string;
}

/**
 * The parts of a cached answer's key, to be hashed together with the bytes that go to the provider. Answers are kept
 * apart by grant, key, target and dialect, so that nobody gets what another one asked.
 *
 * @returns null where the answer may be neither kept nor found: no cache is asked for, no grant stands behind the call,
 *   or the caller's own key pays
 */
export function cacheKeyParts({ grantId, endpoint, namespace, target, clientDialect }: CacheQuestion): readonly string[] | null {
  if (target.cache === null || grantId === null || endpoint === null || target.ownKey !== null) return null;
  return [
    grantId,
    clientDialect,
    endpoint,
    target.row.id,
    // Another resource, region or server has other models under the same names.
    target.row.baseUrl,
    target.dialect,
    target.model ?? "",
    target.keyName ?? "",
    target.customHost ?? "",
    JSON.stringify(Object.entries(target.headers ?? {}).sort(([one], [other]) => (one < other ? -1 : 1))),
    String(target.strictOpenAiCompliance),
    namespace ?? "",
  ];
}

/** Whether an answer may be kept: whole, and good. */
export function mayBeCached(answer: { readonly status: number; readonly finished: boolean }): boolean {
  return answer.finished && answer.status >= 200 && answer.status < 300;
}
