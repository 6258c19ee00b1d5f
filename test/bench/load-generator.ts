import { execFile } from "node:child_process";
import { unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { runTask } from "./child.ts";
import type { Target } from "./subject.ts";

/** One run of load. */
export interface Load {
  readonly target: Target;
  readonly body: string;
  readonly connections: number;
  /** How many requests autocannon sends. */
  readonly requests: number;
  /** How long wrk sends them: it takes no number. */
  readonly seconds: number;
}

/** What came of it. */
export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
}

/** What sends the load, in a process of its own. Each request gets its whole answer before the next one on the connection. */
export interface LoadGenerator {
  readonly name: "wrk" | "autocannon";
  /** @throws {Error} where an answer was not 200 */
  run(load: Load): Promise<LoadResult>;
}

const execute = promisify(execFile);

const autocannon: LoadGenerator = {
  name: "autocannon",
  run: (load) => runTask<LoadResult>(new URL("./autocannon-child.ts", import.meta.url), load),
};
const wrk: LoadGenerator = { name: "wrk", run: runWrk };

/**
 * wrk where it is on PATH: it takes less of the processors than autocannon, and leaves more to what is measured.
 *
 * @param wanted the name of the one that is to be taken
 * @throws {Error} where there is none of this name
 */
export async function findLoadGenerator(wanted: string | undefined): Promise<LoadGenerator> {
  if (wanted !== undefined) {
    const found = [wrk, autocannon].find(({ name }) => name === wanted);
    if (found === undefined) throw new Error(`Cannot load with "${wanted}": it is not known here; use wrk or autocannon`);
    return found;
  }
  // It prints its version and ends with 1.
  const hasWrk = await execute("wrk", ["-v"]).catch((error: NodeJS.ErrnoException) => error.code !== "ENOENT");
  return hasWrk === false ? autocannon : wrk;
}

async function runWrk(load: Load): Promise<LoadResult> {
  // A file, so that no key is in argv.
  const script = path.join(tmpdir(), `postern-bench-${process.pid}.lua`);
  writeFileSync(script, luaScript(load), { mode: 0o600 });
  try {
    const duration = Math.max(1, Math.round(load.seconds));
    const { stdout } = await execute("wrk", [`-t1`, `-c${load.connections}`, `-d${duration}s`, "--script", script, load.target.url]);
    const [, requests, seconds] = /(\d+) requests in ([\d.]+)s,/.exec(stdout) ?? [];
    if (requests === undefined || seconds === undefined || /Non-2xx|Socket errors/.test(stdout))
      throw new Error(`Cannot use this run of wrk: not every answer was 200: ${stdout}`);
    return { requests: Number(requests), seconds: Number(seconds) };
  } finally {
    unlinkSync(script);
  }
}

function luaScript({ target, body }: Load): string {
  const headers = Object.entries(target.headers).map(([name, value]) => `wrk.headers[${luaString(name)}] = ${luaString(value)}`);
  return [`wrk.method = "POST"`, ...headers, `wrk.body = ${luaString(body)}`].join("\n");
}

/** For ASCII text, JSON's escapes are Lua's too. */
function luaString(text: string): string {
  return JSON.stringify(text);
}
