import path from "node:path";
import { repository } from "./run-tool.ts";

/** What vitest's JSON reporter writes, as far as it is needed here. */
export interface VitestReport {
  readonly success: boolean;
  readonly testResults: readonly {
    /** The test file's absolute path. */
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** The result of a run of tests or checks. */
export interface Tally {
  readonly passed: number;
  /** The names of what failed. */
  readonly failed: readonly string[];
  /** The names of what was skipped; each ends with its reason in parentheses. */
  readonly skipped: readonly string[];
}

const hasReason = /\([^)]+\)/;

/**
 * Counts what vitest reports, and what it would pass over in silence: a file that did not load, a file that no project
 * includes, and an error outside of any test.
 *
 * @param report undefined where vitest left none
 * @param testFiles absolute paths of the test files that must have run
 * @param exitCode vitest's
 */
export function readVitestReport(report: VitestReport | undefined, testFiles: readonly string[], exitCode: number): Tally {
  if (report === undefined) return { passed: 0, failed: [`vitest ended with code ${exitCode} and without a report`], skipped: [] };

  let passed = 0;
  const failed: string[] = [];
  const skipped: string[] = [];
  for (const { name, status, message, assertionResults } of report.testResults) {
    const file = path.relative(repository, name);
    const namesOf = (wanted: (status: string) => boolean): string[] =>
      assertionResults.filter((result) => wanted(result.status)).map(({ fullName }) => fullName);
    const failedHere = namesOf((result) => result === "failed");
    const skippedHere = namesOf((result) => result !== "failed" && result !== "passed");
    passed += assertionResults.length - failedHere.length - skippedHere.length;
    failed.push(...failedHere.map((test) => `${file}: ${test}`));
    // A hook or an import that fails takes tests with it, and vitest calls those skipped.
    const hasLostTests = status === "failed" && failedHere.length === 0;
    if (hasLostTests) failed.push(`${file} did not run: ${firstLine(message)}`);
    for (const test of skippedHere) {
      if (hasReason.test(test)) skipped.push(test);
      else if (!hasLostTests) skipped.push(`${test} (no reason given)`);
    }
  }

  // vitest writes "/" on Windows too.
  const seen = new Set(report.testResults.map(({ name }) => path.normalize(name)));
  for (const file of testFiles.filter((name) => !seen.has(name))) {
    failed.push(`${path.relative(repository, file)} never ran: no project of vitest.config.ts includes it`);
  }
  if (failed.length === 0 && (exitCode !== 0 || !report.success))
    failed.push(`vitest ended with code ${exitCode}: an error outside of any test`);
  return { passed, failed, skipped };
}

function firstLine(text = ""): string {
  return text.split("\n")[0] ?? "";
}
