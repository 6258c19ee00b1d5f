import { execFile } from "node:child_process";
import { readdir, readFile, readlink } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * Says who holds a TCP port on this machine, as far as this user may know: `node (pid 4711)`, or "another program".
 * Never throws.
 */
export async function describeHolder(port: number): Promise<string> {
  try {
    const holder =
      process.platform === "linux" ? await askProc(port) : process.platform === "win32" ? await askNetstat(port) : await askLsof(port);
    return holder ?? "another program";
  } catch {
    return "another program";
  }
}

async function askProc(port: number): Promise<string | null> {
  const tables = await Promise.all(["/proc/net/tcp", "/proc/net/tcp6"].map((file) => readFile(file, "utf8").catch(() => "")));
  const hexPort = port.toString(16).toUpperCase().padStart(4, "0");
  // The columns of proc(5): local address, state (0A is LISTEN), inode.
  const inodes = new Set(
    tables
      .flatMap((table) => table.split("\n"))
      .map((line) => line.trim().split(/\s+/))
      .filter((columns) => columns[1]?.endsWith(`:${hexPort}`) === true && columns[3] === "0A")
      .map((columns) => `socket:[${columns[9] ?? ""}]`),
  );
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const handles = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const handle of handles) {
      const target = await readlink(`/proc/${pid}/fd/${handle}`).catch(() => "");
      if (inodes.has(target)) return `${await nameOf(pid)} (pid ${pid})`;
    }
  }
  return null;
}

/** The program's name as it was started: `comm` is its main thread's name, which Node sets to "MainThread". */
async function nameOf(pid: string): Promise<string> {
  const [program = ""] = (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).split("\0");
  const name = path.basename(program).replaceAll(/\p{Cc}/gu, "");
  return name === "" ? (await readFile(`/proc/${pid}/comm`, "utf8")).trim() : name;
}

/** For tools of the system: what they need to run, and none of the providers' keys that Postern's own may hold. */
function toolEnvironment(): NodeJS.ProcessEnv {
  const { PATH, SystemRoot } = process.env;
  return { PATH, ...(process.platform === "win32" ? { SystemRoot } : {}) };
}

async function askLsof(port: number): Promise<string | null> {
  const { stdout } = await run("lsof", ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fpc"], { timeout: 3_000, env: toolEnvironment() });
  const pid = /^p(\d+)$/m.exec(stdout)?.[1];
  const name = /^c(.+)$/m.exec(stdout)?.[1];
  return pid === undefined ? null : `${name ?? "a program"} (pid ${pid})`;
}

async function askNetstat(port: number): Promise<string | null> {
  const { stdout } = await run("netstat", ["-ano", "-p", "TCP"], { timeout: 3_000, env: toolEnvironment() });
  const line = stdout.split("\n").find((row) => new RegExp(`:${port}\\s+\\S+\\s+LISTENING`).test(row));
  const pid = line?.trim().split(/\s+/).at(-1);
  return pid === undefined ? null : `a program (pid ${pid})`;
}
