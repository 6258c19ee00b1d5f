// The window, built into dist/window where its source changed since: npm start and the tests need it.

import { createHash } from "node:crypto";
import { globSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build } from "vite";
import { repository } from "./run-tool.ts";

const output = path.join(repository, "dist/window");
const stampFile = path.join(output, ".built-from");
const sources = [
  "renderer/**/*.{ts,tsx,css,html}",
  "shared/**/*.{ts,json}",
  "assets/**/*.{json,svg}",
  "vite.window.config.ts",
  "scripts/build-window.ts",
  "package-lock.json",
];
const keptMs = 3_600_000;

/**
 * Builds the window unless it was built from the very same source.
 *
 * Files of an earlier build stay for an hour: a page that is open loads its later parts by their old names.
 *
 * @throws {Error} Vite's, where the source has a mistake
 */
export async function buildWindow(): Promise<void> {
  const stamp = digestSources();
  if (readStamp() === stamp) return;
  await buildForPeople();
  for (const name of globSync("assets/*", { cwd: output })) {
    const file = path.join(output, name);
    if (Date.now() - statSync(file).mtimeMs > keptMs) rmSync(file, { force: true });
  }
  writeFileSync(stampFile, stamp);
}

/** A test runner says that this is a test, and React would come with everything that helps its developers and costs its users. */
async function buildForPeople(): Promise<void> {
  const former = process.env["NODE_ENV"];
  process.env["NODE_ENV"] = "production";
  try {
    await build({ configFile: path.join(repository, "vite.window.config.ts"), logLevel: "warn", build: { emptyOutDir: false } });
  } finally {
    if (former === undefined) delete process.env["NODE_ENV"];
    else process.env["NODE_ENV"] = former;
  }
}

function digestSources(): string {
  const digest = createHash("sha256");
  const isOutput = (name: string): boolean => path.basename(name) === ".types";
  for (const file of globSync(sources, { cwd: repository, exclude: isOutput }).sort())
    digest.update(`${file}\0`).update(readFileSync(path.join(repository, file)));
  return digest.digest("hex");
}

function readStamp(): string | null {
  try {
    return readFileSync(stampFile, "utf8");
  } catch {
    return null;
  }
}

if (import.meta.main) await buildWindow();
