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
  postern: RunningPostern,
  provider: string,
  key: { readonly name: string; readonly secret: string },
): Promise<void> {
  const child = spawn(
    process.execPath,
    ["electron/headless/main.ts", "keys", "add", provider, "--name", key.name, "--data-dir", postern.dataFolder],
    { cwd: path.resolve(import.meta.dirname, "../.."), env: { PATH: process.env["PATH"] }, stdio: ["pipe", "pipe", "pipe"] },
  );
  child.stdin.end(`${key.secret}\n`);
  const [printed, complaints, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  if (code !== 0 || !printed.startsWith("Stored")) throw new Error(`Cannot add a key: code ${String(code)}, ${printed}${complaints}`);
  if ((printed + complaints).includes(key.secret)) throw new Error("Cannot accept this: the command printed the key");
}
