import { hash } from "node:crypto";
import type { Connections } from "./connections.ts";
import type { ExpiringCache } from "./expiring-cache.ts";
import { readGoogleCredential, secretsOf } from "./google-credential.ts";
import { fetchGoogleToken } from "./google-token.ts";
import type { KeyOwner, OutgoingRequest, SignedRow } from "./outgoing-request.ts";
import type { Secrets } from "./scrub-secret.ts";

/** What outlives a call. */
export interface GoogleTools {
  readonly connections: Pick<Connections, "to">;
  readonly nowMs: () => number;
  /** Access tokens, by the hash of the credential that they were made from. */
  readonly tokens: ExpiringCache<string>;
}

/**
 * Signs for Google Cloud: by an API key, an access token, or one that is made from a stored identity and kept.
 *
 * @throws {PosternError} as {@link readGoogleCredential} does; the promise rejects as {@link fetchGoogleToken} does
 */
export function signWithGoogle(
  { headers }: OutgoingRequest,
  { id }: SignedRow,
  { secret, owner }: { readonly secret: string; readonly owner: KeyOwner },
  tools: GoogleTools,
): Secrets | Promise<Secrets> {
  const credential = readGoogleCredential(id, secret, owner);
  if (credential.kind === "api-key") {
    headers.push("x-goog-api-key", secret);
    return secret;
  }
  if (credential.kind === "access-token") {
    headers.push("authorization", `Bearer ${secret}`);
    return secret;
  }
  const use = (token: string): Secrets => {
    headers.push("authorization", `Bearer ${token}`);
    if (credential.quotaProject !== null) headers.push("x-goog-user-project", credential.quotaProject);
    return [token, ...secretsOf(credential)];
  };
  // The token outlives the vault's secret: nothing of that stays here.
  const key = hash("sha256", secret, "base64");
  const held = tools.tokens.held(key);
  if (held !== undefined) return use(held);
  return tools.tokens.get(key, () => fetchGoogleToken(id, credential, tools)).then(use);
}
