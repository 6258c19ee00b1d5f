import { createHash } from "node:crypto";
import { cacheKeyParts, type CacheStatus, readCacheRefresh } from "#core/routing/cache-policy.ts";
import { type CachedReply, ResponseCache } from "#core/routing/response-cache.ts";
import type { Target } from "./attempt-target.ts";
import type { Exchange } from "./exchange.ts";

/** Answers that may be given again, where a config asks for it. In memory only. */
export interface ReplyCache {
  /** What is known of an answer to these bytes. */
  ask(exchange: Exchange, target: Target, bytes: unknown): CacheAnswer;
}

/** What the cache says before a try. */
export interface CacheAnswer {
  readonly status: CacheStatus;
  readonly hit: CachedReply | null;
  /** Keeps the answer; null where it is not to be kept. */
  readonly keep: ((reply: CachedReply) => void) | null;
}

const limits = { entries: 2_000, bytes: 67_108_864, bodyBytes: 4_194_304 };
const disabled: CacheAnswer = { status: "DISABLED", hit: null, keep: null };

/** Opens an empty cache. */
export function openReplyCache(nowMs: () => number): ReplyCache {
  const cache = new ResponseCache(limits);
  return {
    ask(exchange, target, bytes) {
      if (target.cache === null || !Buffer.isBuffer(bytes)) return disabled;
      const { head, record, dialect } = exchange;
      const parts = cacheKeyParts({
        grantId: record.grantId,
        endpoint: record.endpoint,
        namespace: head.portkey?.get("cache-namespace") ?? null,
        target,
        clientDialect: `${dialect.id} ${record.streamed === true}`,
      });
      if (parts === null) return disabled;
      const key = createHash("sha256").update(JSON.stringify(parts)).update("\n").update(bytes).digest("base64");
      const keep = (reply: CachedReply): void => cache.set(key, reply, nowMs());
      if (readCacheRefresh(head.portkey?.get("cache-force-refresh"))) return { status: "REFRESH", hit: null, keep };
      const hit = cache.get(key, { maxAgeMs: target.cache.maxAgeMs, nowMs: nowMs() });
      return hit === null ? { status: "MISS", hit, keep } : { status: "HIT", hit, keep: null };
    },
  };
}
