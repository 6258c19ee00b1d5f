import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

/** The releases that are tried. They are large (1 GB), which is why `npm test` leaves them out. */
const dependencies = {
  "@anthropic-ai/claude-code": "2.1.329",
  "@google/gemini-cli": "0.61.0",
  "@openai/codex": "0.169.0",
  "opencode-ai": "1.18.33",
};

const folder = path.resolve(import.meta.dirname, "../../node_modules/.cache/postern/agents");
const installTimeoutMs = 600_000;

/**
 * Installs the coding agents, as npm has them, into the cache folder; nothing is done where they are there already.
 * None of the packages' scripts are run: the programs themselves are packages too.
 *
 * @returns the folder that holds their `node_modules`
 */
export async function installAgents(): Promise<string> {
  const packageFile = JSON.stringify({ private: true, dependencies });
  const file = path.join(folder, "package.json");
  if (existsSync(path.join(folder, "node_modules/.package-lock.json")) && readFileSync(file, "utf8") === packageFile) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, packageFile);
  await promisify(execFile)("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: folder,
    timeout: installTimeoutMs,
  });
  return folder;
}
