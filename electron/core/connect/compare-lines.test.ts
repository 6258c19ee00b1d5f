import { expect, test } from "vitest";
import { compareLines } from "./compare-lines.ts";

// Another program's file is looked at while calls of models are under way: none of its lines may hold them up. They are so long
// that a pattern which tries each of their places anew would not come to an end within a test's time.
test.each(["key".repeat(100_000), "x".repeat(300_000), "~".repeat(300_000), `//a:${"a".repeat(300_000)}`, `key${" ".repeat(300_000)}`])(
  "compareLines() is soon done with a file that is one long line (%#)",
  (line) => {
    const [hunk] = compareLines(line, `${line}\nadded = 1\n`);
    expect(hunk?.lines.at(-1)?.text).toBe("added = 1");
    expect(hunk?.lines[0]?.text.length).toBeLessThanOrEqual(401);
  },
);

test("compareLines() shows no half of a secret where it stops looking", () => {
  const secret = "Zz9Yy8Xx7Ww6Vv5Uu4Tt3Ss2Rr1Qq0";
  const masked = '"apiKey": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1",'.repeat(19);
  const line = `${masked.padEnd(1_990, " ")}${secret} `;
  expect(JSON.stringify(compareLines("", `${line}\n`))).not.toContain(secret.slice(0, 10));
});
