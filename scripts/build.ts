// npm run build: the headless program and the window in dist/, ready for `npm pack`.

import { chmodSync, copyFileSync, globSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { build } from "vite";
import { buildWindow } from "./build-window.ts";
import { repository } from "./run-tool.ts";

const output = path.join(repository, "dist");
const program = path.join(output, "postern.js");

await build({ root: repository, logLevel: "warn" });
// After it, since that empties dist/.
await buildWindow();
copyFileSync(path.join(repository, "scripts/launcher.mjs"), program);
chmodSync(program, 0o755);

const files = globSync("*.js", { cwd: output });
for (const file of files) checkPaths(file);
const kilobytes = files.reduce((sum, file) => sum + statSync(path.join(output, file)).size, 0) / 1024;
console.log(`dist: ${files.length} files, ${kilobytes.toFixed(0)} KiB`);

/** A path that was right beside the source is wrong in dist/, and would only show when that file is looked for. */
function checkPaths(file: string): void {
  const lost = /new URL\(\s*["'`][^"'`]*(\.ts|\.\.\/\.\.\/[^"'`]*)["'`],\s*import\.meta\.url/.exec(
    readFileSync(path.join(output, file), "utf8"),
  );
  if (lost === null) return;
  throw new Error(
    `Cannot build dist/${file}: it holds ${lost[0]}), which exists only beside the source; choose by import.meta.url's ending`,
  );
}
