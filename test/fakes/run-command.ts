import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";

/** What a command printed and how it ended. */
export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `postern` with these arguments in a clean environment, `input` on its standard input, and waits for its end. */
export async function runCommand(
  words: readonly string[],
  options: { readonly input?: string; readonly environment?: Readonly<Record<string, string>> } = {},
): Promise<CommandResult> {
  const home = mkdtempSync(path.join(tmpdir(), "postern-home-"));
  try {
    const child = spawn(process.execPath, ["electron/headless/main.mjs", ...words], {
      cwd: path.resolve(import.meta.dirname, "../.."),
      env: {
        PATH: process.env["PATH"],
        HOME: home,
        APPDATA: home,
        USERPROFILE: home,
        SystemRoot: process.env["SystemRoot"],
        ...options.environment,
      },
      stdio: ["pipe", "pipe", "pipe"],
    });
    child.stdin.end(options.input ?? "");
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "exit") as Promise<[number | null]>,
    ]);
    return { code, stdout, stderr };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
