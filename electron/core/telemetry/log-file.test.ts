import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openLogFile } from "./log-file.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "postern-test-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("openLogFile() sets full files aside, keeps as many as it is told, and loses no line of those", async () => {
  const logs = path.join(folder, "logs");
  const errors: Error[] = [];
  for (let run = 0; run < 10; run++) {
    const file = openLogFile(logs, { name: "x", maxBytes: 100, files: 3, onError: (error) => errors.push(error) });
    for (let line = 0; line < 4; line++) file.write(`${`run ${run} line ${line}`.padEnd(24)}\n`);
    await file.close();
  }
  expect(readdirSync(logs).sort()).toEqual(["x.1.log", "x.2.log", "x.log"]);
  const lines = ["x.2.log", "x.1.log", "x.log"].flatMap((name) => readFileSync(path.join(logs, name), "utf8").trimEnd().split("\n"));
  expect(lines.map((line) => line.trim())).toEqual([7, 8, 9].flatMap((run) => [0, 1, 2, 3].map((line) => `run ${run} line ${line}`)));
  expect(errors).toEqual([]);
  expect(statSync(path.join(logs, "x.log")).mode & (process.platform === "win32" ? 0 : 0o077)).toBe(0);
});

it("openLogFile() tells once of a place that takes nothing, and never throws", async () => {
  writeFileSync(path.join(folder, "logs"), "a file, not a folder");
  const errors: Error[] = [];
  const file = openLogFile(path.join(folder, "logs"), { name: "x", maxBytes: 100, files: 3, onError: (error) => errors.push(error) });
  file.write("one\n");
  await file.close();
  file.write("two\n");
  await file.close();
  expect(errors).toHaveLength(1);
});
