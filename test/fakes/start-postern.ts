import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ScriptedProvider } from "./scripted-provider.ts";

/** What one instance is started with. */
export interface PosternOptions {
  /** Written to config.json before the start. Looking for local model servers is off unless it says otherwise. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Variables beside PATH, HOME and POSTERN_API_KEY; nothing else is inherited. */
  readonly environment?: Readonly<Record<string, string>>;
  /** More arguments for `serve`. */
  readonly arguments?: readonly string[];
  /** Whether the window is served to browsers as well. */
  readonly window?: boolean;
  /** A folder that an earlier instance used; it is then kept at the end. */
  readonly dataFolder?: string;
  readonly key?: string;
  /** Whether an option pins the port to any free one; without, config.json decides. */
  readonly pinPort?: boolean;
}

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The real program, running. */
export interface RunningPostern extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  /** The owner's local key. */
  readonly key: string;
  readonly dataFolder: string;
  readonly pid: number;
  /** Everything that was printed so far. */
  stdout(): string;
  stderr(): string;
  readonly isAlive: boolean;
  /** The most memory that it has had resident, in bytes; null where the system does not tell (it is Linux's VmHWM). */
  peakMemoryBytes(): number | null;
  kill(signal: NodeJS.Signals): void;
  readonly exited: Promise<Exit>;
  /** SIGTERM, and the wait for the end. Throws when the process outlives the 10 s that draining may take. */
  stop(): Promise<Exit>;
}

const repositoryFolder = path.resolve(import.meta.dirname, "../..");
const startTimeoutMs = 30_000;
const stopTimeoutMs = 15_000;
const folderPrefix = path.join(tmpdir(), "postern-test-");

/**
 * Runs `serve` on a free port with a fresh data folder, a fresh key and a clean environment.
 *
 * @throws {Error} with what the program printed, when it ends or stays silent instead of listening
 */
export async function startPostern(options: PosternOptions = {}): Promise<RunningPostern> {
  // mkdtemp makes folders 0700.
  const homeFolder = mkdtempSync(folderPrefix);
  const dataFolder = options.dataFolder ?? mkdtempSync(folderPrefix);
  const key = options.key ?? randomBytes(30).toString("base64url");
  writeFileSync(path.join(dataFolder, "config.json"), JSON.stringify({ discovery: { enabled: false }, ...options.config }, null, 2), {
    mode: 0o600,
  });
  const child = spawn(
    process.execPath,
    [
      "electron/headless/main.mjs",
      "serve",
      ...(options.pinPort === false ? [] : ["--port", "0"]),
      ...(options.window === true ? [] : ["--no-ui"]),
      "--data-dir",
      dataFolder,
      ...(options.arguments ?? []),
    ],
    {
      cwd: repositoryFolder,
      env: { PATH: process.env["PATH"], ...homeVariables(homeFolder), POSTERN_API_KEY: key, ...options.environment },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  // A test run that is cut short must not leave gateways behind.
  const killChild = (): void => void child.kill("SIGKILL");
  process.once("exit", killChild);
  const exited = (once(child, "exit") as Promise<[Exit["code"], Exit["signal"]]>).then(([code, signal]) => {
    process.off("exit", killChild);
    rmSync(homeFolder, { recursive: true, force: true });
    if (options.dataFolder === undefined) rmSync(dataFolder, { recursive: true, force: true });
    return { code, signal };
  });
  // Where it cannot be spawned at all, the wait below says so.
  exited.catch(() => {});
  const output = { stdout: "", stderr: "" };
  const port = await listeningPort(child, output).catch((error: unknown) => {
    child.kill("SIGKILL");
    throw error;
  });

  const isAlive = (): boolean => child.exitCode === null && child.signalCode === null;

  async function stop(): Promise<Exit> {
    if (!isAlive()) return exited;
    child.kill("SIGTERM");
    const timer = setTimeout(killChild, stopTimeoutMs);
    const exit = await exited;
    clearTimeout(timer);
    if (exit.signal === "SIGKILL") throw new Error(`Cannot stop Postern: it still ran ${stopTimeoutMs} ms after SIGTERM, and was killed`);
    return exit;
  }

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    key,
    dataFolder,
    pid: child.pid as number,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    get isAlive() {
      return isAlive();
    },
    peakMemoryBytes: () => peakMemoryBytes(child.pid as number),
    kill: (signal) => void child.kill(signal),
    exited,
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
    },
  };
}

/** Options that make the `openai` row a scripted provider, with a made-up key. */
export function openAiAt(provider: Pick<ScriptedProvider, "origin">): {
  config: { providers: { openai: { baseUrl: string } } };
  environment: { OPENAI_API_KEY: string };
} {
  return {
    config: { providers: { openai: { baseUrl: `${provider.origin}/v1` } } },
    environment: { OPENAI_API_KEY: `sk-scripted-${randomBytes(18).toString("base64url")}` },
  };
}

function homeVariables(folder: string): NodeJS.ProcessEnv {
  if (process.platform !== "win32") return { HOME: folder };
  // Without SystemRoot, Windows has no random numbers and no sockets.
  return { USERPROFILE: folder, APPDATA: folder, LOCALAPPDATA: folder, SystemRoot: process.env["SystemRoot"] };
}

function listeningPort(child: ChildProcess, output: { stdout: string; stderr: string }): Promise<number> {
  return new Promise((resolve, reject) => {
    function refuse(what: string, cause?: unknown): void {
      clearTimeout(timer);
      reject(new Error(`Cannot start Postern: ${what}; stdout: ${output.stdout} stderr: ${output.stderr}`, { cause }));
    }
    const timer = setTimeout(() => refuse(`it said nothing of listening in ${startTimeoutMs} ms`), startTimeoutMs);
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      output.stdout += text;
      const port = /^Postern is listening on http:\/\/127\.0\.0\.1:(\d+)/m.exec(output.stdout)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(Number(port));
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      output.stderr += text;
    });
    child.once("error", (error) => refuse(error.message, error));
    child.once("close", (code, signal) => refuse(`it ended with ${signal ?? `code ${code}`}`));
  });
}

function peakMemoryBytes(pid: number): number | null {
  try {
    const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kibibytes === undefined ? null : Number(kibibytes) * 1024;
  } catch {
    return null;
  }
}
