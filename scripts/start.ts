// npm start: the app in Electron where that can be had, else in the browser, with one line that says why.

import { spawn, spawnSync } from "node:child_process";
import { constants } from "node:os";
import path from "node:path";
import process from "node:process";
import { findElectron, readIfThere, whyNoElectron } from "./choose-shell.ts";
import { repository } from "./run-tool.ts";

const words = process.argv.slice(2);
/** Downloading Electron: about 120 MB, once. */
const downloadMs = 600_000;

const why =
  whyNoElectron({ platform: process.platform, environment: process.env, userId: process.getuid?.(), read: readIfThere }) ??
  (await openElectron());
if (why !== null) await openBrowser(why);

/** Opens the app in Electron. Resolves when it is closed; with why not, where it could not be opened. */
async function openElectron(): Promise<string | null> {
  const program = findElectron() ?? downloadElectron();
  if (program === null) return "Electron could not be downloaded";
  build("build-desktop.ts");
  const child = spawn(program, [path.join(repository, "dist/desktop/main.js"), ...words], { stdio: ["inherit", "pipe", "inherit"] });
  const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, forward);
  let isOpen = false;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    isOpen ||= text.includes("Postern is open");
    process.stdout.write(text);
  });
  const { code, signal } = await new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once("error", () => resolve({ code: 127, signal: null }));
    child.once("close", (ended, by) => resolve({ code: ended, signal: by }));
  });
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.off(name, forward);
  // An end of its own before it was open is the app's word, said in a dialog; a crash is not.
  if (!isOpen && (signal !== null || code === 127 || (code ?? 0) > 3)) return `Electron ended as it started (${signal ?? `code ${code}`})`;
  process.exitCode = signal === null ? (code ?? 0) : 128 + constants.signals[signal];
  return null;
}

function downloadElectron(): string | null {
  console.error("Fetching Electron (this happens once and may take a minute) ...");
  spawnSync(process.execPath, [path.join(repository, "node_modules/electron/install.js")], { stdio: "ignore", timeout: downloadMs });
  return findElectron();
}

/** Serves the app to the browser, in this process. */
async function openBrowser(reason: string): Promise<void> {
  console.error(`Opening in the browser: ${reason}.`);
  build("build-window.ts");
  process.argv.splice(2, process.argv.length, "serve", ...words);
  await import("../electron/headless/main.mjs");
}

/** In a process of its own: a bundler's memory is not the gateway's. */
function build(script: string): void {
  const { status, stderr } = spawnSync(process.execPath, [path.join(import.meta.dirname, script)], { cwd: repository, encoding: "utf8" });
  if (status === 0) return;
  console.error(stderr);
  process.exit(status ?? 1);
}
