import path from "node:path";
import { describe, expect, it } from "vitest";
import { repository } from "./run-tool.ts";
import { readVitestReport, type VitestReport } from "./read-vitest-report.ts";

const one = path.join(repository, "one.test.ts");
const other = path.join(repository, "other.test.ts");

function report(...testResults: VitestReport["testResults"]): VitestReport {
  return { success: testResults.every(({ status }) => status === "passed"), testResults };
}

describe("readVitestReport()", () => {
  it("counts tests, and names the failed and the skipped with their reasons", () => {
    const results = report({
      name: one,
      status: "failed",
      assertionResults: [
        { fullName: "adds", status: "passed" },
        { fullName: "subtracts", status: "failed" },
        { fullName: "asks the keychain (no Secret Service here)", status: "skipped" },
        { fullName: "divides", status: "todo" },
      ],
    });
    expect(readVitestReport(results, [one], 1)).toEqual({
      passed: 1,
      failed: ["one.test.ts: subtracts"],
      skipped: ["asks the keychain (no Secret Service here)", "divides (no reason given)"],
    });
  });

  it("counts a file that did not load as a failure", () => {
    const results = report({ name: one, status: "failed", message: "Cannot find ./x.ts\n  at y", assertionResults: [] });
    expect(readVitestReport(results, [one], 1)).toEqual({
      passed: 0,
      failed: ["one.test.ts did not run: Cannot find ./x.ts"],
      skipped: [],
    });
  });

  it("counts a hook that failed once, and not the tests that it took with it as skipped", () => {
    const assertionResults = [
      { fullName: "adds", status: "skipped" },
      { fullName: "asks the keychain (no Secret Service here)", status: "skipped" },
    ];
    const results = report({ name: one, status: "failed", message: "Cannot start", assertionResults });
    expect(readVitestReport(results, [one], 1)).toEqual({
      passed: 0,
      failed: ["one.test.ts did not run: Cannot start"],
      skipped: ["asks the keychain (no Secret Service here)"],
    });
  });

  it("counts a file that no project includes as a failure", () => {
    const results = report({ name: one, status: "passed", assertionResults: [{ fullName: "adds", status: "passed" }] });
    expect(readVitestReport(results, [one, other], 0)).toMatchObject({
      passed: 1,
      failed: [expect.stringContaining("other.test.ts never ran")],
    });
  });

  it("counts an error outside of any test as a failure", () => {
    const results = report({ name: one, status: "passed", assertionResults: [{ fullName: "adds", status: "passed" }] });
    expect(readVitestReport(results, [one], 1)).toMatchObject({ passed: 1, failed: [expect.stringContaining("outside of any test")] });
  });

  it("counts a run without a report as a failure", () => {
    expect(readVitestReport(undefined, [one], 134)).toEqual({
      passed: 0,
      failed: ["vitest ended with code 134 and without a report"],
      skipped: [],
    });
  });
});
