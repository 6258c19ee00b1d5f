import { describe, expect, it } from "vitest";
import { matchPattern } from "./match-pattern.ts";

describe("matchPattern()", () => {
  it.each([
    ["gpt-4o", "gpt-4o", true],
    ["gpt-4o", "gpt-4o-mini", false],
    ["gpt-4o*", "gpt-4o", true],
    ["gpt-4o*", "gpt-4o-mini", true],
    ["@openai/*", "@openai/gpt-4o", true],
    ["@openai/*", "@openai", false],
    ["*", "", true],
    ["*", "@a/b/c", true],
    ["*-mini", "gpt-4o-mini", true],
    ["*-mini", "gpt-4o-mini-1", false],
    ["a*b*c", "abbc", true],
    ["a*b*c", "acb", false],
    ["**", "x", true],
    ["", "", true],
    ["", "x", false],
    ["cheap", "CHEAP", false],
    ["cheap", "ｃheap", false],
    ["cheap", "cheap ", false],
    ["a.c", "abc", false],
    ["a?c", "abc", false],
  ])("%j fits %j: %j", (pattern, name, fits) => {
    expect(matchPattern(pattern, name)).toBe(fits);
  });

  it("does not take forever for a pattern made to", () => {
    expect(matchPattern("*a".repeat(100), `${"a".repeat(512)}b`)).toBe(false);
  });
});
