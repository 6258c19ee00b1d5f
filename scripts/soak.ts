// npm run soak: what npm test does to the database a hundred times, done a thousand times. Five minutes and more.

import { runTool, toolScript } from "./run-tool.ts";

process.env["POSTERN_SOAK"] = "1";
const files = ["test/wire/store/sudden-exit.test.ts", "test/wire/store/damage.test.ts"];
const { code } = await runTool(toolScript("vitest"), ["run", "--project", "wire", "--allowOnly=false", ...files], { isLive: true });
process.exitCode = code;
