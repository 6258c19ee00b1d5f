import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { text } from "node:stream/consumers";
import type { RunningPostern } from "../fakes/start-postern.ts";

/** The encrypted file's passphrase, for instances that keep keys in a test. */
export const passphrase = "correct horse battery staple";

/**
 * Why keys cannot be stored by a test here, or null where they can: only Linux can be told by its environment that it
 * has no keychain. Elsewhere the key would go into the person's own.
 */
export const whyNoStoredKeys = process.platform === "linux" ? null : "the key would go into this machine's own keychain";

/**
 * Runs `postern keys add` beside a running instance, with the secret on standard input. The instance must have been
 * started with {@link passphrase}.
 *
 * @throws {Error} with what the command printed, when it fails
 */
export async function addKey(
  postern: Pick<RunningPostern, "dataFolder">,
  provider: string,
  key: { readonly name: string; readonly secret: string },
): Promise<void> {
  const printed = await runKeys(postern, ["add", provider, "--name", key.name], key.secret);
  if (printed.includes(key.secret)) throw new Error("Cannot accept this: the command printed the key");
}

/**
 * Runs `postern keys` with these arguments beside a running instance, and gives what it printed.
 *
 * @throws {Error} with what the command printed, when it fails
 */
export async function runKeys(postern: Pick<RunningPostern, "dataFolder">, words: readonly string[], input = ""): Promise<string> {
  const child = spawn(process.execPath, ["electron/headless/main.mjs", "keys", ...words, "--data-dir", postern.dataFolder], {
    cwd: path.resolve(import.meta.dirname, "../.."),
    env: { PATH: process.env["PATH"] },
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.end(`${input}\n`);
  const [printed, complaints, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  if (code !== 0) throw new Error(`Cannot run "postern keys": code ${String(code)}, ${printed}${complaints}`);
  return printed + complaints;
}
