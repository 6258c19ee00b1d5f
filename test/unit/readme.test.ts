import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

it("the README names exactly the providers that have a row", () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const listed = /Providers today: ([^.]*(?:\.(?!\n)[^.]*)*)\./.exec(readme)?.[1] ?? "";
  const rows = readdirSync(new URL("../../assets/providers/", import.meta.url)).map((file) => `\`${file.replace(".json", "")}\``);
  expect(new Set(listed.split(/,\s+/))).toEqual(new Set(rows));
});
