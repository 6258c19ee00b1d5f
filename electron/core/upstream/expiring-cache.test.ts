import { expect, test } from "vitest";
import { createExpiringCache } from "./expiring-cache.ts";

const hourMs = 3_600_000;
const minuteMs = 60_000;

/** A cache whose clock stands still, and a source that counts how often it was asked. */
function setUp() {
  let nowMs = 1_000_000;
  let asked = 0;
  const cache = createExpiringCache<string>(() => nowMs);
  const load = () => Promise.resolve({ value: `token ${++asked}`, expiresAtMs: nowMs + hourMs });
  return { cache, load, advance: (ms: number) => void (nowMs += ms), asked: () => asked };
}

test("a burst of calls asks once", async () => {
  const { cache, load, asked } = setUp();
  const tokens = await Promise.all(Array.from({ length: 20 }, () => cache.get("key", load)));
  expect([new Set(tokens).size, asked(), cache.held("key")]).toEqual([1, 1, "token 1"]);
});

test("one credential's value is not another's", async () => {
  const { cache, load } = setUp();
  expect([await cache.get("one", load), await cache.get("other", load), await cache.get("one", load)]).toEqual([
    "token 1",
    "token 2",
    "token 1",
  ]);
});

test("in its last five minutes a value is handed out while a new one is made, and nobody waits", async () => {
  const { cache, load, advance } = setUp();
  await cache.get("key", load);
  advance(hourMs - 4 * minuteMs);
  expect(cache.held("key")).toBeUndefined();
  expect([await cache.get("key", load), await cache.get("key", load)]).toContain("token 1");
  expect(cache.held("key")).toBe("token 2");
});

test("a value at its end is not handed out", async () => {
  const { cache, load, advance } = setUp();
  await cache.get("key", load);
  advance(hourMs - 10_000);
  expect(await cache.get("key", load)).toBe("token 2");
});

test("a failed renewal keeps the value until its end, and then everybody learns why", async () => {
  const { cache, load, advance } = setUp();
  const fail = () => Promise.reject(new Error("refused"));
  await cache.get("key", load);
  advance(hourMs - 4 * minuteMs);
  expect(await cache.get("key", fail)).toBe("token 1");
  advance(4 * minuteMs);
  await expect(Promise.all([cache.get("key", fail), cache.get("key", fail)])).rejects.toThrow("refused");
  expect(await cache.get("key", load)).toBe("token 2");
});

test("credentials that callers bring do not pile up", async () => {
  const { cache, load } = setUp();
  for (let index = 0; index < 100; index++) await cache.get(`caller ${index}`, load);
  expect([cache.held("caller 0"), cache.held("caller 99")]).toEqual([undefined, "token 100"]);
});
