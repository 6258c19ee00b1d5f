/** Where a secret lies: the OS keychain, `vault.json`, or a variable that was set at start. */
export type CredentialSource = "keychain" | "file" | "environment";

/** What may be shown of a stored key: everything but the key. */
export interface CredentialInfo {
  readonly provider: string;
  /** Unique within its provider; `environment` is the name of the one that a variable brought. */
  readonly name: string;
  /** For people to tell keys apart: at most four characters, never more than a quarter of the secret. */
  readonly lastFour: string;
  /** Where the key may be sent, and nowhere else: `https://api.openai.com`. Empty until the person binds it. */
  readonly origins: readonly string[];
  readonly source: CredentialSource;
  /** Milliseconds since 1970 of its first saving; a replaced secret keeps it. */
  readonly createdAtMs: number;
}

/** A key with its secret. Made by {@link createCredential} only. */
export interface Credential extends CredentialInfo {
  /** One text, also where it has parts: `ID:SECRET` for AWS, a service account's JSON for Google. */
  readonly secret: string;
}

/** How a credential's place is called in indexes, caches and `vault.json`. Provider ids hold no slash. */
export function credentialKey(provider: string, name: string): string {
  return `${provider}/${name}`;
}

/**
 * Joins what may be shown with what may not. The secret is not enumerable: `JSON.stringify`, `util.inspect`,
 * object spread and structured clone, which is how things get into logs and across processes, do not see it.
 */
export function createCredential(info: CredentialInfo, secret: string): Credential {
  const { provider, name, lastFour, source, createdAtMs } = info;
  const origins = [...info.origins];
  // They decide where the secret goes; nobody who holds the credential may widen them.
  Object.freeze(origins);
  const credential = { provider, name, lastFour, origins, source, createdAtMs } as CredentialInfo as Credential;
  Object.defineProperty(credential, "secret", { value: secret, enumerable: false });
  return Object.freeze(credential);
}

/** The end of a secret, as {@link CredentialInfo.lastFour} shows it; empty for one of three characters or fewer. */
export function lastFourOf(secret: string): string {
  const shown = Math.min(4, Math.floor(secret.length / 4));
  return secret.slice(secret.length - shown);
}
