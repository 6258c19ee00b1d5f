import { describe, expect, it } from "vitest";
import { createLocalKey, isWellFormedKey } from "./local-keys.ts";

describe("createLocalKey()", () => {
  it("makes keys of one length that scanners know, each another", () => {
    const keys = Array.from({ length: 1_000 }, createLocalKey);
    expect(keys.every((key) => /^postern_[0-9A-Za-z]{43}$/.test(key) && isWellFormedKey(key))).toBe(true);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("has a checksum that a changed letter breaks", () => {
    const key = createLocalKey();
    for (let at = 8; at < key.length; at++) {
      const other = key[at] === "a" ? "b" : "a";
      expect(isWellFormedKey(key.slice(0, at) + other + key.slice(at + 1))).toBe(false);
    }
    expect(isWellFormedKey(key.slice(1))).toBe(false);
  });
});
