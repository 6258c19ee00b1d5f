import { text } from "node:stream/consumers";
import { read } from "read";
import { ExitError } from "./exit-error.ts";

const longestSecret = 16_384;

/**
 * Reads a secret from a hidden prompt, or from standard input where that is no terminal. Never from the arguments: other
 * users of the machine can see those.
 *
 * @throws {ExitError} where nothing comes
 */
export async function readSecret(prompt: string): Promise<string> {
  const secret = process.stdin.isTTY ? await read({ prompt, silent: true, output: process.stderr }) : await text(process.stdin);
  if (process.stdin.isTTY) process.stderr.write("\n");
  const trimmed = secret.trim();
  if (trimmed === "") throw new ExitError(1, "Cannot store an empty key: nothing was typed or piped in");
  if (trimmed.length > longestSecret) throw new ExitError(1, `Cannot store this key: it is longer than ${longestSecret} characters`);
  return trimmed;
}
