// The program's door. Plain JavaScript: Node would load its stripper of types for a TypeScript entry (20 ms of each start),
// as nobody can have said before it runs where what was stripped and compiled is kept.

import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

// Nothing that this process makes is anybody else's to read.
process.umask(0o077);

// Whoever read the output may leave (`serve 2>&1 | head -1`); without a listener the next word to them would end the process.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (/** @type {NodeJS.ErrnoException} */ error) => {
    if (error.code !== "EPIPE") throw error;
  });
}

// What V8 compiled is kept beside the program, where only who installed it can write, and found again at the next start.
// Where that cannot be written, nothing is kept and nothing is lost.
const besideProgram = import.meta.url.endsWith(".mjs") ? "../../node_modules/.cache/postern" : "./.cache";
enableCompileCache(fileURLToPath(new URL(besideProgram, import.meta.url)));

const { runProgram } = await import("./run-program.ts");
process.exitCode = await runProgram(process.argv.slice(2));
