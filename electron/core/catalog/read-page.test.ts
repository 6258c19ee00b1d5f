import { expect, test } from "vitest";
import { readPage } from "./read-page.ts";
import { bareModel, type SourceModel } from "./source-model.ts";
import type { Lister } from "./sources/lister.ts";

const lister: Lister = {
  path: (basePath) => basePath,
  entries: (page) => page as readonly unknown[],
  read: (entry) => bareModel(String(entry)),
};

/** A page of ids that no other page has. */
const page = (number: number, length: number): string[] => Array.from({ length }, (_, index) => `${number}-${index}`);

test("a list whose pages are long only together is refused as well", async () => {
  const models = new Map<string, Map<string, SourceModel>>();
  const read = (number: number): Promise<void> => readPage(page(number, 15_000), { lister, who: "openai" }, models);
  await read(1);
  await read(2);
  await expect(read(3)).rejects.toMatchObject({ code: "upstream_too_large" });
  expect(models.get("openai")?.size).toBe(30_000);
});
