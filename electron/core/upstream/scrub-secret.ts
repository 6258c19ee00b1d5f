/**
 * What must not be seen in anything that a provider says: a key, or each part of one that has several; null where the
 * call carried none.
 */
export type Secrets = string | readonly string[] | null;

/** Shorter ones would be found everywhere, and are no secrets. */
const leastLength = 4;

/**
 * Takes a key out of what a provider said: some quote the key that they refuse.
 *
 * @param secrets what must not go on
 * @returns the same bytes where nothing of it is in them
 */
export function scrubSecret(bytes: Buffer, secrets: Secrets): Buffer {
  if (secrets === null) return bytes;
  if (typeof secrets === "string") return scrubOne(bytes, secrets);
  let clean = bytes;
  for (const secret of secrets) clean = scrubOne(clean, secret);
  return clean;
}

/** Whether a text, such as a header's value, holds any of it. */
export function holdsSecret(text: string, secrets: Secrets): boolean {
  if (secrets === null) return false;
  const isIn = (secret: string): boolean => secret.length >= leastLength && text.includes(secret);
  return typeof secrets === "string" ? isIn(secrets) : secrets.some(isIn);
}

function scrubOne(bytes: Buffer, secret: string): Buffer {
  if (secret.length < leastLength || !bytes.includes(secret)) return bytes;
  return Buffer.from(bytes.toString("utf8").replaceAll(secret, () => hintOf(secret)));
}

/** A key as it may be shown: its last four characters, where it has enough others. */
function hintOf(secret: string): string {
  return secret.length >= 16 ? `...${secret.slice(-4)}` : "...";
}
