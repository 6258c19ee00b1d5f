// npm test [-- vitest's filters]: every check and every test. The last line is `N passed, N failed, N skipped`.

import { spawnSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { bringChromium } from "./chromium.ts";
import { type CheckOutcome, runChecks } from "./checks.ts";
import { readVitestReport, type Tally, type VitestReport } from "./read-vitest-report.ts";
import { repository, runTool, toolScript } from "./run-tool.ts";

const filters = process.argv.slice(2);
// Side by side: most tests wait for sockets and pages. What the checks say comes after what the tests say.
const checking = runChecks();
const tallies = [await runVitest(), tellChecks(await checking)];

const failed = tallies.flatMap((tally) => tally.failed);
const skipped = tallies.flatMap((tally) => tally.skipped);
const passedCount = tallies.reduce((sum, tally) => sum + tally.passed, 0);
console.log("");
for (const name of skipped) console.log(`skipped: ${name}`);
for (const name of failed) console.log(`failed: ${name}`);
console.log(`${passedCount} passed, ${failed.length} failed, ${skipped.length} skipped`);
process.exitCode = failed.length === 0 ? 0 : 1;

function tellChecks(outcomes: readonly CheckOutcome[]): Tally {
  for (const { name, hasPassed, output } of outcomes) console.log(hasPassed ? `${name}: passed` : `${name}: failed\n${output.trim()}\n`);
  const failedNames = outcomes.filter(({ hasPassed }) => !hasPassed).map(({ name }) => name);
  return { passed: outcomes.length - failedNames.length, failed: failedNames, skipped: [] };
}

async function runVitest(): Promise<Tally> {
  const hasChromium = bringChromium() !== null;
  const folder = mkdtempSync(path.join(tmpdir(), "postern-test-"));
  try {
    const reportFile = path.join(folder, "report.json");
    const options = ["run", "--allowOnly=false", "--reporter=default", "--reporter=json", `--outputFile.json=${reportFile}`, ...filters];
    if (!hasChromium) options.push("--project=!window", "--project=!desktop");
    const keyring = findKeyringWrapper();
    const { code } = await runTool(toolScript("vitest"), options, { isLive: true, ...(keyring && { wrapper: keyring }) });
    const windowFiles = hasChromium ? [] : findTestFiles().filter((file) => isWindowTest(file));
    const expected = filters.length > 0 ? [] : findTestFiles().filter((file) => !windowFiles.includes(file));
    const tally = readVitestReport(readReport(reportFile), expected, code);
    const words = "no Chromium is here, and none could be fetched";
    return { ...tally, skipped: [...tally.skipped, ...windowFiles.map((file) => `${path.relative(repository, file)}: ${words}`)] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The script that brings a Secret Service of its own, where it works (it says 69 where a program is missing): without
 * one, the keychain tests skip themselves by name.
 */
function findKeyringWrapper(): string | undefined {
  if (process.platform !== "linux") return undefined;
  const wrapper = path.join(repository, "scripts/keyring.sh");
  return spawnSync(wrapper, ["true"], { stdio: "ignore", timeout: 20_000 }).status === 0 ? wrapper : undefined;
}

/** Whether a test file needs a browser: the windows of the desktop app are its pages too. */
function isWindowTest(file: string): boolean {
  const name = path.relative(repository, file);
  return name.startsWith(path.join("test", "window")) || name.startsWith(path.join("test", "desktop"));
}

function findTestFiles(): string[] {
  const isElsewhere = (name: string): boolean => ["node_modules", ".types", "dist", ".git"].includes(path.basename(name));
  return globSync("**/*.test.ts", { cwd: repository, exclude: isElsewhere }).map((file) => path.join(repository, file));
}

function readReport(file: string): VitestReport | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as VitestReport;
  } catch {
    return undefined;
  }
}
