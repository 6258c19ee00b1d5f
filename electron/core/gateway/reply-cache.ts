import { createHash } from "node:crypto";
import { cacheKeyParts, type CacheStatus, readCacheRefresh } from "#core/routing/cache-policy.ts";
import { type CachedReply, ResponseCache } from "#core/routing/response-cache.ts";
import { headerOf } from "./attempt-headers.ts";
import { findMember } from "./peek-reply.ts";
import type { Target } from "./attempt-target.ts";
import type { Exchange } from "./exchange.ts";

/** Answers that may be given again, where a config asks for it. In memory only. */
export interface ReplyCache {
  /** What is known of an answer to these bytes, where they are all at hand. */
  ask(exchange: Exchange, target: Target, call: { readonly bytes: unknown; readonly source: Buffer | null }): CacheAnswer;
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
    ask(exchange, target, { bytes, source }) {
      if (target.cache === null || !Buffer.isBuffer(bytes) || source === null) return disabled;
      const { head, record, dialect, request } = exchange;
      const parts = cacheKeyParts({
        grantId: record.grantId,
        endpoint: record.endpoint,
        namespace: head.portkey?.get("cache-namespace") ?? null,
        target,
        clientDialect: `${dialect.id} ${record.streamed === true}`,
      });
      if (parts === null) return disabled;
      // Two clients may have the same request made for them and yet want its answer told in two ways: as a JSON array or
      // with usage in the stream.
      const asked = [...parts, request.url ?? "", headersThatMatter(exchange, target), source.length];
      const hash = createHash("sha256").update(JSON.stringify(asked)).update("\n").update(source);
      if (bytes !== source) hash.update("\n").update(bytes);
      const key = hash.digest("base64");
      const keep = (reply: CachedReply): void => {
        if (saysError(reply)) return;
        exchange.paid = { microUsd: record.costMicroUsd };
        cache.set(key, { ...reply, paid: exchange.paid }, nowMs());
      };
      if (readCacheRefresh(head.portkey?.get("cache-force-refresh"))) return { status: "REFRESH", hit: null, keep };
      const hit = cache.get(key, { maxAgeMs: target.cache.maxAgeMs, nowMs: nowMs() });
      return hit === null ? { status: "MISS", hit, keep } : { status: "HIT", hit, keep: null };
    },
  };
}

/** Some providers answer 200 and put an error into the body: it goes through once, and must not be the answer for a day. */
function saysError({ body }: CachedReply): boolean {
  return findMember(Buffer.from(body.buffer, body.byteOffset, body.byteLength), "error") !== null;
}

/** Of the client's headers those that the provider gets and that change what it answers. */
function headersThatMatter({ head, request }: Exchange, target: Target): readonly (readonly [string, string | null])[] {
  const own: (readonly [string, string])[] = [];
  for (let index = 0; index < head.forwarded.length; index += 2) {
    const name = head.forwarded[index] as string;
    if (/^(?:anthropic|openai)-/.test(name)) own.push([name, head.forwarded[index + 1] as string]);
  }
  return [...own, ...target.forwardHeaders.map((name) => [name, headerOf(request.rawHeaders, name)] as const)];
}
