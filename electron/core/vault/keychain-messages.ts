/** Why the keychain gave no answer, as the child saw it; `unloadable`: the native module or its library is missing. */
export type KeychainFailure = "unloadable" | "absent" | "locked" | "denied" | "failing";

/** What the keychain can be asked for. `probe` loads keytar and asks the keychain nothing. */
export type KeychainQuestion =
  | { readonly kind: "probe" }
  | { readonly kind: "get" | "delete"; readonly service: string; readonly account: string }
  | { readonly kind: "set"; readonly service: string; readonly account: string; readonly secret: string };

/** A question on its way to the child. */
export type KeychainRequest = KeychainQuestion & { readonly id: number };

/** The secret or null for `get`; whether there was one for `delete`; true else. */
export type KeychainValue = string | boolean | null;

/** An answer of the child: a value, or why there is none. `words` never hold a secret. */
export type KeychainReply =
  | { readonly id: number; readonly ok: true; readonly value: KeychainValue }
  | { readonly id: number; readonly ok: false; readonly failure: KeychainFailure; readonly words: string };

const failures: readonly unknown[] = ["unloadable", "absent", "locked", "denied", "failing"] satisfies KeychainFailure[];

/** A request as it came through the channel; undefined for anything else. */
export function readKeychainRequest(message: unknown): KeychainRequest | undefined {
  const { id, kind, service, account, secret } = fieldsOf(message);
  if (typeof id !== "number") return undefined;
  if (kind === "probe") return { id, kind };
  if (!isText(service) || !isText(account)) return undefined;
  if (kind === "get" || kind === "delete") return { id, kind, service, account };
  return kind === "set" && isText(secret) ? { id, kind, service, account, secret } : undefined;
}

/** A reply as it came through the channel; undefined for anything else. */
export function readKeychainReply(message: unknown): KeychainReply | undefined {
  const { id, ok, value, failure, words } = fieldsOf(message);
  if (typeof id !== "number") return undefined;
  if (ok === true) return typeof value === "string" || typeof value === "boolean" || value === null ? { id, ok, value } : undefined;
  return ok === false && isFailure(failure) && typeof words === "string" ? { id, ok, failure, words } : undefined;
}

function fieldsOf(message: unknown): Record<string, unknown> {
  return typeof message === "object" && message !== null ? { ...message } : {};
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isFailure(value: unknown): value is KeychainFailure {
  return failures.includes(value);
}
