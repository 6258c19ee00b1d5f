import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cacheKeyParts, type CacheQuestion, mayBeCached, readCachePolicy, readCacheRefresh } from "./cache-policy.ts";
import { ResponseCache } from "./response-cache.ts";

const reply = (length: number): { status: number; headers: string[]; body: Uint8Array } => ({
  status: 200,
  headers: [],
  body: new Uint8Array(length),
});

describe("ResponseCache", () => {
  it("finds an answer until it is older than the asker wants, and not when the clock was set back", () => {
    const cache = new ResponseCache({ entries: 10, bytes: 100_000, bodyBytes: 1_000 });
    cache.set("a", reply(10), 1_000);
    const found = (maxAgeMs: number, nowMs: number): boolean => cache.get("a", { maxAgeMs, nowMs }) !== null;
    expect([found(100, 1_099), found(100, 1_100), found(500, 1_100), found(100, 999)]).toEqual([true, false, true, false]);
  });

  it("forgets the least recently used first", () => {
    const cache = new ResponseCache({ entries: 2, bytes: 100_000, bodyBytes: 1_000 });
    const has = (key: string): boolean => cache.get(key, { maxAgeMs: 1, nowMs: 0 }) !== null;
    cache.set("a", reply(1), 0);
    cache.set("b", reply(1), 0);
    has("a");
    cache.set("c", reply(1), 0);
    expect([has("a"), has("b"), has("c")]).toEqual([true, false, true]);
  });

  it("never holds more than its limits, whatever is put in", () => {
    const limits = { entries: 5, bytes: 6_000, bodyBytes: 2_000 };
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom("a", "b", "c", "d", "e", "f", "g"), fc.nat(3_000))), (puts) => {
        const cache = new ResponseCache(limits);
        for (const [key, length] of puts) {
          cache.set(key, reply(length), 0);
          expect(cache.size).toBeLessThanOrEqual(limits.entries);
          expect(cache.bytes).toBeLessThanOrEqual(limits.bytes);
          // A body that is too long also takes away what it would have replaced.
          expect(cache.get(key, { maxAgeMs: 1, nowMs: 0 }) !== null).toBe(length <= limits.bodyBytes);
        }
        cache.clear();
        expect([cache.size, cache.bytes]).toEqual([0, 0]);
      }),
    );
  });
});

describe("the cache's policy", () => {
  it("reads an age in seconds or, where it is large, in milliseconds", () => {
    const age = (max_age?: number): number | undefined =>
      readCachePolicy({ mode: "simple", ...(max_age === undefined ? {} : { max_age }) })?.maxAgeMs;
    expect([age(), age(60), age(59_999), age(60_000), age(3_600_000)]).toEqual([86_400_000, 60_000, 59_999_000, 60_000, 3_600_000]);
    expect(readCachePolicy(undefined)).toBeNull();
  });

  it.each([
    [undefined, false],
    ["true", true],
    ["1", true],
    ["false", false],
    ["", false],
  ])("takes a refresh header of %s for %s", (header, expected) => {
    expect(readCacheRefresh(header)).toBe(expected);
  });

  const target: CacheQuestion["target"] = {
    row: { id: "openai", baseUrl: "https://api.openai.com/v1" },
    dialect: "openai-chat",
    model: "m",
    keyName: null,
    ownKey: null,
    customHost: null,
    headers: null,
    strictOpenAiCompliance: true,
    cache: { maxAgeMs: 1 },
  };
  const question: CacheQuestion = { grantId: "g", endpoint: "chat", namespace: null, target, clientDialect: "openai-chat" };

  it("keeps answers apart by everything that could make them another's", () => {
    const others: CacheQuestion[] = [
      question,
      { ...question, grantId: "h" },
      { ...question, endpoint: "completions" },
      { ...question, namespace: "n" },
      { ...question, clientDialect: "anthropic-messages" },
      { ...question, target: { ...target, row: { ...target.row, id: "groq" } } },
      { ...question, target: { ...target, row: { ...target.row, baseUrl: "https://other.openai.azure.com/openai/v1" } } },
      { ...question, target: { ...target, model: "n" } },
      { ...question, target: { ...target, keyName: "work" } },
      { ...question, target: { ...target, customHost: "http://127.0.0.1" } },
      { ...question, target: { ...target, headers: { "openai-organization": "o" } } },
      { ...question, target: { ...target, strictOpenAiCompliance: false } },
    ];
    expect(new Set(others.map((one) => JSON.stringify(cacheKeyParts(one)))).size).toBe(others.length);
  });

  it("keeps nothing for a call without a grant, with a key of its own, of a raw relay, or without a cache", () => {
    const none = [{ grantId: null }, { endpoint: null }, { target: { ...target, ownKey: "sk" } }, { target: { ...target, cache: null } }];
    expect(none.map((fields) => cacheKeyParts({ ...question, ...fields }))).toEqual([null, null, null, null]);
  });

  it("keeps whole good answers only", () => {
    expect([200, 299, 300, 429].map((status) => mayBeCached({ status, finished: true }))).toEqual([true, true, false, false]);
    expect(mayBeCached({ status: 200, finished: false })).toBe(false);
  });
});
