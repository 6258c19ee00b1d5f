import { spawn, type StdioOptions } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import path from "node:path";

/** The repository's folder. */
export const repository = path.resolve(import.meta.dirname, "..");

/** How a tool ended. */
export interface ToolOutcome {
  /** Its exit code; 128 + n after signal n, 127 when it could not be started. */
  readonly code: number;
  /** What it printed on stdout and stderr, in the order it came; empty where the terminal was inherited. */
  readonly output: string;
}

/** How a tool is started. */
export interface RunToolOptions {
  /** Lets the tool print straight to the terminal; its stdin stays closed. */
  readonly isLive?: boolean;
  /** A program that is started in the tool's place, with the tool's command line as its arguments. */
  readonly wrapper?: string;
}

/**
 * Where npm put a tool's own script. Starting it by Node spares Windows the shell that its `.cmd` files need.
 *
 * @param packageName a package of node_modules
 * @param toolName the name of its command, where it differs from the package's
 * @throws {Error} when the package has no such command
 */
export function toolScript(packageName: string, toolName = packageName): string {
  const folder = path.join(repository, "node_modules", packageName);
  const { bin } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as { bin?: Record<string, string> };
  const script = bin?.[toolName];
  if (script === undefined) throw new Error(`Cannot run "${toolName}": ${packageName} has no such command; run npm ci`);
  return path.join(folder, script);
}

/**
 * Runs a script on this Node, in the repository's folder, with stdin closed. Never rejects: how it ended is in the answer.
 * A signal that ends this process ends the tool too.
 */
export async function runTool(script: string, toolArguments: readonly string[], options: RunToolOptions = {}): Promise<ToolOutcome> {
  const { isLive = false, wrapper } = options;
  const commandLine = [process.execPath, script, ...toolArguments];
  const [program = process.execPath, ...programArguments] = wrapper === undefined ? commandLine : [wrapper, ...commandLine];
  const stdio: StdioOptions = isLive ? ["ignore", "inherit", "inherit"] : ["ignore", "pipe", "pipe"];
  const child = spawn(program, programArguments, { cwd: repository, stdio });

  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", (text: string) => (output += text));

  // Who ends this process means its tools as well; they would go on without it.
  const end = (signal: NodeJS.Signals): void => {
    child.kill(signal);
    process.exit(128 + constants.signals[signal]);
  };
  process.on("SIGTERM", end).on("SIGINT", end);

  return await new Promise((resolve) => {
    const finish = (code: number): void => {
      process.off("SIGTERM", end).off("SIGINT", end);
      resolve({ code, output });
    };
    child.once("error", (error) => {
      output += error.message;
      finish(127);
    });
    child.once("close", (code, signal) => finish(signal === null ? (code ?? 1) : 128 + constants.signals[signal]));
  });
}
