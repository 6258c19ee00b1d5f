import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { gatherLicences, licencesFile } from "../../scripts/licences.ts";

test("assets/licences.json names everything that ships; else run: node scripts/licences.ts", () => {
  expect(JSON.parse(readFileSync(licencesFile, "utf8"))).toEqual(gatherLicences());
});
