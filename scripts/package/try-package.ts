// Starts the packed app of this machine as a person would, hidden, and reports what it costs: how soon it answers, its
// memory, its processor time at rest. Ends with 1 where it does not start, answer, rest or quit as it should.

import { spawn } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { callControlSocket } from "../../electron/host/control-socket.ts";
import { repository } from "../run-tool.ts";
import { packagesFolder } from "./package-config.ts";

const startMs = 60_000;
const quitMs = 30_000;
const settleMs = 10_000;
const restMs = 60_000;

const folders: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  linux: process.arch === "arm64" ? "linux-arm64-unpacked/postern" : "linux-unpacked/postern",
  win32: process.arch === "arm64" ? "win-arm64-unpacked/Postern.exe" : "win-unpacked/Postern.exe",
  darwin: `mac${process.arch === "arm64" ? "-arm64" : ""}/Postern.app/Contents/MacOS/Postern`,
};
const [found] = globSync(folders[process.platform] ?? "", { cwd: path.join(repository, packagesFolder) });
if (found === undefined) throw new Error(`Cannot try the packed app: there is none in ${packagesFolder}; run "npm run package"`);
const program = path.join(repository, packagesFolder, found);
const dataFolder = mkdtempSync(path.join(tmpdir(), "postern-packed-"));
writeFileSync(path.join(dataFolder, "config.json"), JSON.stringify({ gateway: { port: 0 }, discovery: { enabled: false } }));
const environment = { ...process.env, POSTERN_DATA_DIR: dataFolder };

const begunMs = performance.now();
const app = spawn(program, ["--hidden"], { env: environment, stdio: "inherit" });
const exited = new Promise<number | null>((resolve) => app.once("exit", resolve));
try {
  const address = await untilListening();
  console.log(`Ready ${Math.round(performance.now() - begunMs)} ms after the launch, on ${address}`);
  await wait(settleMs);
  const before = processorSeconds();
  if (before !== null) {
    await wait(restMs);
    const share = (100 * ((processorSeconds() ?? before) - before)) / (restMs / 1_000);
    console.log(`At rest: ${share.toFixed(3)} % of a processor; ${proportionalMemory()} MiB of its own in the main process`);
    if (share > 0.1) throw new Error("Cannot accept this: the app takes more than 0.1 % of a processor at rest");
  }
  // What the launcher's own menu does.
  spawn(program, ["--quit"], { env: environment, stdio: "inherit" });
  const code = await Promise.race([exited, wait(quitMs, "nothing" as const)]);
  if (code !== 0) throw new Error(`Cannot quit the packed app: it ended with ${code}`);
  console.log("It quit.");
} finally {
  app.kill("SIGKILL");
  await exited;
  rmSync(dataFolder, { recursive: true, force: true, maxRetries: 5 });
}

async function untilListening(): Promise<string> {
  while (performance.now() - begunMs < startMs && app.exitCode === null) {
    const answer = await callControlSocket(dataFolder, "/admin/status", { method: "GET", headers: {} }).catch(() => null);
    const [address] = answer === null ? [] : ((await answer.json()) as { addresses: string[] }).addresses;
    if (address !== undefined) return address;
    await wait(50);
  }
  throw new Error(
    `Cannot start the packed app: it ${app.exitCode === null ? `did not listen within ${startMs} ms` : `ended with ${app.exitCode}`}`,
  );
}

/** The main process's, where the system tells; null elsewhere. */
function processorSeconds(): number | null {
  if (process.platform !== "linux") return null;
  const [, rest = ""] = readFileSync(`/proc/${app.pid}/stat`, "utf8").split(") ");
  const fields = rest.split(" ");
  // utime and stime of proc(5), in hundredths of a second.
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** In MiB: what is shared with other processes counts by its share. */
function proportionalMemory(): number {
  const kibibytes = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${app.pid}/smaps_rollup`, "utf8"))?.[1];
  return Math.round(Number(kibibytes) / 1024);
}
