// npm run ok [-- --fix]: format, lint, types and dead code. Prints what failed, and one line that sums up.

import { parseArgs } from "node:util";
import { fixSource, runChecks } from "./checks.ts";

const { values } = parseArgs({ options: { fix: { type: "boolean", default: false } } });
const startedAtMs = performance.now();

if (values.fix) await fixSource();
const outcomes = await runChecks();
for (const { name, hasPassed, output } of outcomes) if (!hasPassed) console.log(`--- ${name}\n${output.trim()}\n`);

const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
const failed = outcomes.filter(({ hasPassed }) => !hasPassed).map(({ name }) => name);
const passed = outcomes.filter(({ hasPassed }) => hasPassed).map(({ name }) => name);
console.log(failed.length === 0 ? `ok: ${passed.join(", ")} (${seconds} s)` : `not ok: ${failed.join(", ")} (${seconds} s)`);
process.exitCode = failed.length === 0 ? 0 : 1;
