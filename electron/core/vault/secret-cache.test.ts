import { expect, test } from "vitest";
import { createCredential } from "./credential.ts";
import { SecretCache } from "./secret-cache.ts";

function createCache(limits = {}): { cache: SecretCache; pass: (ms: number) => void } {
  let nowMs = 1_000;
  return { cache: new SecretCache(() => nowMs, limits), pass: (ms) => void (nowMs += ms) };
}

function credential(name: string): ReturnType<typeof createCredential> {
  return createCredential({ provider: "p", name, lastFour: "", origins: [], source: "keychain", createdAtMs: 0 }, "s");
}

test("SecretCache drops a secret ten minutes after its last use, not after its first", () => {
  const { cache, pass } = createCache();
  cache.set("p/a", credential("a"));
  pass(9 * 60_000);
  expect(cache.get("p/a")?.name).toBe("a");
  pass(9 * 60_000);
  expect(cache.get("p/a")?.name).toBe("a");
  pass(10 * 60_000);
  expect(cache.get("p/a")).toBeUndefined();
  expect(cache.size).toBe(0);
});

test("SecretCache.sweep() drops what rested too long although nobody asks for it", () => {
  const { cache, pass } = createCache();
  cache.set("p/old", credential("old"));
  pass(6 * 60_000);
  cache.set("p/new", credential("new"));
  pass(6 * 60_000);
  cache.sweep();
  expect(cache.size).toBe(1);
  expect(cache.get("p/new")?.name).toBe("new");
});

test("SecretCache gives up the one that rested longest when it is full, and none when one is replaced", () => {
  const { cache, pass } = createCache({ maxEntries: 2 });
  for (const name of ["a", "b"]) {
    cache.set(`p/${name}`, credential(name));
    pass(1);
  }
  cache.get("p/a");
  pass(1);
  cache.set("p/b", credential("b"));
  cache.set("p/c", credential("c"));
  expect([cache.get("p/a"), cache.get("p/b")?.name, cache.get("p/c")?.name]).toEqual([undefined, "b", "c"]);
});
