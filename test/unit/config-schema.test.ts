import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { configSchemaFile, writeConfigSchema } from "../../scripts/config-schema.ts";

it("config.schema.json is what the program checks config.json with (if not: node scripts/config-schema.ts)", () => {
  expect(JSON.parse(readFileSync(configSchemaFile, "utf8"))).toEqual(JSON.parse(writeConfigSchema()));
});
