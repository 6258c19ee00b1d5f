import { expect, test } from "vitest";
import { fit } from "../../renderer/shell/palette/fuzzy.ts";

/** Texts in the order in which a query would list them; those that do not fit are left out. */
function order(query: string, texts: readonly string[]): string[] {
  return texts
    .flatMap((text) => {
      const found = fit(query, text);
      return found === null ? [] : [{ text, score: found.score }];
    })
    .sort((one, other) => other.score - one.score)
    .map(({ text }) => text);
}

test.each([
  ["key", ["Keys", "Add a provider key", "Show keyboard shortcuts", "portkey-gpt4"]],
  ["nc", ["New chat", "Announce"]],
  ["gpt4", ["portkey-gpt4", "Go to a place with 4"]],
  ["chat new", ["New chat"]],
])("fit(%j) lists %j in this order", (query, texts) => {
  expect(order(query, [...texts].reverse())).toEqual(texts);
});

test.each([
  ["xyz", "New chat"],
  ["tahc", "chat"],
  ["new xyz", "New chat"],
])("fit(%j) does not find %j", (query, text) => {
  expect(fit(query, text)).toBe(null);
});

test("fit() says which letters were meant, each once", () => {
  expect(fit("chat ne", "New chat")?.places).toEqual([0, 1, 4, 5, 6, 7]);
});

test("fit() does not try every way to find the letters of a long text", () => {
  const texts = Array.from({ length: 1_000 }, (_, index) => `${"a ".repeat(100)}${String(index)}`);
  for (const text of texts) expect(fit("aaaaaaaaaaaaaaaaaaaaz", text)).toBe(null);
});
