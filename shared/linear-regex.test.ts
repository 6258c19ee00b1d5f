import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readLinearRegex } from "./linear-regex.ts";

function test(pattern: string, text: string): boolean | string {
  const reading = readLinearRegex(pattern);
  return reading.ok ? reading.regex.test(text) : reading.problem;
}

/** Patterns of the supported grammar, small enough that JavaScript's own engine answers at once. */
const pattern = fc.letrec<{ node: string; part: string }>((tie) => ({
  part: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(
      "a",
      "b",
      "c",
      ".",
      "\\d",
      "\\w",
      "\\s",
      "\\W",
      "[ab]",
      "[^a]",
      "[a-c0-9]",
      "[\\d\\S]",
      "[^\\W]",
      "\\.",
      "\\u0061",
      "-",
      "]",
      "}",
    ),
    tie("node").map((inner) => `(${inner})`),
    tie("node").map((inner) => `(?:${inner})`),
  ),
  node: fc.oneof(
    { maxDepth: 3 },
    tie("part"),
    fc.constantFrom("^", "$", "\\b", "\\B", ""),
    fc.tuple(tie("part"), fc.constantFrom("*", "+", "?", "*?", "{2}", "{0,2}", "{1,}")).map(([part, times]) => part + times),
    fc.tuple(tie("node"), tie("node")).map(([one, other]) => one + other),
    fc.tuple(tie("node"), tie("node")).map(([one, other]) => `${one}|${other}`),
  ),
}));

describe("readLinearRegex()", () => {
  it("finds what JavaScript's own engine finds, over generated patterns and texts", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "c", "1", " ", "_", "\n", "-", ".", "é"), maxLength: 12 });
    fc.assert(
      fc.property(pattern.node, text, (source, subject) => {
        const reading = readLinearRegex(source);
        // Refused ones are those that repeat a repetition or an assertion, which concatenation makes by chance.
        fc.pre(reading.ok);
        expect(reading.ok && reading.regex.test(subject)).toBe(new RegExp(source).test(subject));
      }),
      { numRuns: 3_000 },
    );
  });

  it.each<[string, string, boolean]>([
    ["^gpt-4", "gpt-4o", true],
    ["^gpt-4", "a gpt-4", false],
    ["mini$", "gpt-4o-mini", true],
    ["^(eu|us)-[a-z]+-\\d{1,2}$", "eu-west-12", true],
    ["^(eu|us)-[a-z]+-\\d{1,2}$", "eu-west-123", false],
    ["", "anything", true],
    ["a{,2}", "a{,2}", true],
    ["[-a]", "-", true],
    ["\\/v1\\/", "/v1/chat", true],
  ])("%s in %s: %s", (source, text, found) => {
    expect(test(source, text)).toBe(found);
    expect(new RegExp(source).test(text)).toBe(found);
  });

  it("answers at once where a backtracking engine would run for years", () => {
    for (const source of ["^(a+)+$", "^(a|a)*$", "^(a*)*b$", "a*a*a*a*a*a*a*a*c"])
      expect(test(source, `${"a".repeat(4_000)}!`)).toBe(false);
  });

  it("reads at once what repeats nothing many times over", () => {
    expect(test("(?:(?:(?:(?:){512}){512}){512}){512}b", "ab")).toBe(true);
    expect(test("((a{0}|){500}){500}c", "ab")).toContain("too large");
  });

  it("finds units in classes of any order and overlap", () => {
    for (const source of ["[z0-9a-cb-d\\W]", "[^za-cb]", "[\\D5]"])
      for (const text of ["a", "b", "d", "e", "z", "5", "7", "_", "-", "é", ""])
        expect(`${source} ${text} ${test(source, text)}`).toBe(`${source} ${text} ${new RegExp(source).test(text)}`);
  });

  it("does not take the end of what it looks at for the end of the text", () => {
    expect(test("a$", "a".repeat(5_000))).toBe(false);
    expect(test("a$", "a".repeat(4_096))).toBe(true);
  });

  it.each([
    ["(?=a)", "look-around"],
    ["(?<!a)b", "look-around"],
    ["(a)\\1", '"\\1"'],
    ["\\p{L}", '"\\p"'],
    ["(a", "nothing closes"],
    ["a)", "closes nothing"],
    ["[a", "nothing closes"],
    ["*a", "nothing before"],
    ["a**", "repetition"],
    ["[b-a]", "backwards"],
    ["a{3,2}", "more to fewer"],
    ["(a{100}){100}", "too large"],
    ["a{99999}", "more than 512 times"],
    ["a\\", "backslash"],
    ["a".repeat(513), "512 characters"],
    [`${"(".repeat(40)}${")".repeat(40)}`, "nested deeper"],
  ])("refuses %s", (source, problem) => {
    expect(test(source, "a")).toContain(problem);
  });
});
