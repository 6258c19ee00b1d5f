/** Where keys are kept, how that is, and words for the person. */
export interface VaultState {
  /** Where a key that is added now would go; `environment-only` has no such place. */
  readonly kind: "keychain" | "encrypted-file" | "environment-only";
  readonly status: VaultStatus;
  /** What is so, and what would change it. */
  readonly words: string;
}

/**
 * `unknown`: not asked for a key yet. `absent` and `session-only` say why there is no keychain, so they come with
 * `environment-only`.
 */
export type VaultStatus = "ready" | "unknown" | "locked" | "denied" | "absent" | "session-only" | "failing";

/** `locked` was given no passphrase, `refused` a wrong one in the environment, `pending` has one that was not tried yet. */
export type EncryptedFileStatus = "absent" | "locked" | "refused" | "pending" | "ready" | "failing";

const passphraseAdvice = "set POSTERN_PASSPHRASE to keep keys in an encrypted file, or bring them in environment variables";

/** Each goes on after "The keychain" and after "Cannot use the keychain: it". */
const keychainClauses = {
  ready: "is open and holds this machine's keys",
  unknown: "holds this machine's keys and is opened when one is first needed",
  locked: "is locked; unlock it (its dialog may wait behind a window), then try again",
  denied: "refused Postern; allow Postern in its dialog or its settings, then try again",
  failing: "does not answer as it should; restart its service or sign in again: the keys in it are left as they are",
  absent: `is out of reach or not installed; install one (on Linux gnome-keyring or KWallet, with libsecret), ${passphraseAdvice}`,
  "session-only": `would forget keys at sign-out, since it has no default keyring; make one in its settings, ${passphraseAdvice}`,
} satisfies Record<VaultStatus, string>;

const fileWords = {
  locked: "Keys are in an encrypted file, which is locked; set POSTERN_PASSPHRASE or unlock it in Postern.",
  refused:
    "Keys are in an encrypted file, which POSTERN_PASSPHRASE does not open; set the right one and start again, or unlock it in Postern.",
  pending: "Keys are kept in an encrypted file; POSTERN_PASSPHRASE opens it when a key is first needed.",
  ready: "Keys are kept in an encrypted file, which is open.",
  failing:
    "The encrypted file cannot be read (damaged, or made by a newer Postern); it is left as it is. Put back a copy, or move vault.json away.",
} satisfies Record<Exclude<EncryptedFileStatus, "absent">, string>;

const fileStatuses = {
  locked: "locked",
  refused: "locked",
  pending: "unknown",
  ready: "ready",
  failing: "failing",
} as const satisfies Record<keyof typeof fileWords, VaultStatus>;

/**
 * Which place serves, of a keychain and an encrypted file in these states. A keychain comes first, but a locked one
 * gives way to a file whose passphrase the person gave: where nobody can answer the keychain's dialog, they did it for that.
 */
export function describeVault(keychain: VaultStatus, file: EncryptedFileStatus): VaultState {
  const hasKeychain = keychain !== "absent" && keychain !== "session-only";
  const hasPassphrase = file === "pending" || file === "ready";
  const words = keychainWordsFor(keychain);
  if (hasKeychain && !(keychain === "locked" && hasPassphrase)) return { kind: "keychain", status: keychain, words };
  if (file === "absent") return { kind: "environment-only", status: keychain, words };
  return { kind: "encrypted-file", status: fileStatuses[file], words: fileWords[file] };
}

/** The keychain's state in a sentence for the person. */
export function keychainWordsFor(status: VaultStatus): string {
  return `The keychain ${keychainClauses[status]}.`;
}

/** What the keychain's state means, to follow "Cannot use the keychain: it". */
export function keychainClauseFor(status: VaultStatus): string {
  return keychainClauses[status];
}
