// The desktop app in dist/desktop, with the window in dist/window: what `npm start` runs and `npm run package` packs.

import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { build } from "vite";
import { buildWindow } from "./build-window.ts";
import { repository } from "./run-tool.ts";

const output = path.join(repository, "dist/desktop");
/** What is read and compiled before the app can do anything, in bytes. */
const mostAtStart = 1_000_000;

/** Builds the app and its window. @throws {Error} as {@link buildMain} and {@link buildWindow} do */
export async function buildDesktop(): Promise<void> {
  await buildWindow();
  await buildMain();
}

/**
 * Builds the app without its window. Its preload script runs in a sandbox, which loads CommonJS alone, and one file.
 *
 * @throws {Error} Vite's, where the source has a mistake, and one that says by how much the start has grown too large
 */
export async function buildMain(): Promise<void> {
  await build({ root: repository, configFile: path.join(repository, "vite.desktop.config.ts"), logLevel: "warn" });
  await build({
    root: repository,
    configFile: false,
    logLevel: "warn",
    build: {
      outDir: output,
      emptyOutDir: false,
      copyPublicDir: false,
      lib: { entry: "electron/preload.ts", formats: ["cjs"], fileName: () => "preload.cjs" },
      rolldownOptions: { external: ["electron"] },
    },
  });
  const bytes = bytesAtStart();
  if (bytes > mostAtStart) throw new Error(`Cannot build the app: ${bytes} bytes are loaded at its start, and ${mostAtStart} are allowed`);
}

/** The size of main.js with everything that it imports at once. */
export function bytesAtStart(): number {
  const seen = new Set<string>();
  function add(name: string): void {
    if (seen.has(name)) return;
    seen.add(name);
    const code = readFileSync(path.join(output, name), "utf8");
    for (const [, imported] of code.matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g)) if (imported !== undefined) add(imported);
  }
  add("main.js");
  return [...seen].reduce((sum, name) => sum + statSync(path.join(output, name)).size, 0);
}

if (import.meta.main) {
  await buildDesktop();
  console.log(`dist/desktop: ${(bytesAtStart() / 1_000).toFixed(0)} kB at the start`);
}
