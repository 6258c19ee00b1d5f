/**
 * Takes a key out of what a provider said: some quote the key that they refuse.
 *
 * @param secret what must not go on; null where the call carried none
 * @returns the same bytes where the key is not in them
 */
export function scrubSecret(bytes: Buffer, secret: string | null): Buffer {
  if (secret === null || secret.length < 4 || !bytes.includes(secret)) return bytes;
  return Buffer.from(bytes.toString("utf8").replaceAll(secret, hintOf(secret)));
}

/** A key as it may be shown: its last four characters, where it has enough others. */
function hintOf(secret: string): string {
  return secret.length >= 16 ? `...${secret.slice(-4)}` : "...";
}
