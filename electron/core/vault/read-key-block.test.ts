import { expect, test } from "vitest";
import { readKeyBlock } from "./read-key-block.ts";

test("readKeyBlock() is soon done with a line of nothing but spaces between two words", () => {
  const start = performance.now();
  const found = readKeyBlock(`NAME=one${" ".repeat(131_000)}two`);
  expect(performance.now() - start).toBeLessThan(1_000);
  expect(found).toMatchObject([{ name: "NAME" }]);
});

test("readKeyBlock() leaves out the remark behind a value", () => {
  expect(readKeyBlock("NAME=value-1234   # from work")).toMatchObject([{ name: "NAME", secret: "value-1234" }]);
});
