import { expect, test } from "vitest";
import { readKeyBlock } from "./read-key-block.ts";

// A pattern that tries each of so many places anew would not come to an end within a test's time.
test("readKeyBlock() is soon done with a line of nothing but spaces between two words", () => {
  const found = readKeyBlock(`NAME=one${" ".repeat(300_000)}two`);
  expect(found).toMatchObject([{ name: "NAME" }]);
});

test("readKeyBlock() leaves out the remark behind a value", () => {
  expect(readKeyBlock("NAME=value-1234   # from work")).toMatchObject([{ name: "NAME", secret: "value-1234" }]);
});
