import type { AwsKeys } from "./aws-credential.ts";
import type { Connections } from "./connections.ts";
import { createExpiringCache } from "./expiring-cache.ts";
import type { KeyOwner, OutgoingRequest, SignedRow } from "./outgoing-request.ts";
import type { Secrets } from "./scrub-secret.ts";
import { signWithAws } from "./sign-aws.ts";
import { signWithGoogle } from "./sign-google.ts";
import { signRequest } from "./sign-request.ts";

/**
 * Adds to a request's headers what proves who sends it. Returns what must not be seen in the answer; a promise only
 * where something has to be computed, read or fetched first.
 *
 * @throws {PosternError} `provider_key_missing` for a key that can sign nothing, or that its maker refused, with words
 *   and without the key; `upstream_*` where a token could not be had. A promise rejects with the same.
 */
export type Signer = (request: OutgoingRequest, row: SignedRow, secret: string, owner: KeyOwner) => Secrets | Promise<Secrets>;

/** Makes the one signer of a Postern: it remembers the tokens that it was given, until shortly before their end. */
export function createSigner(tools: { readonly connections: Pick<Connections, "to">; readonly nowMs: () => number }): Signer {
  const { connections, nowMs } = tools;
  const google = { connections, nowMs, tokens: createExpiringCache<string>(nowMs) };
  const aws = { nowMs, found: createExpiringCache<AwsKeys>(nowMs) };
  return (request, row, secret, owner) => {
    if (row.auth === "aws-sigv4") return signWithAws(request, row, { secret, owner }, aws);
    if (row.auth === "google-oauth") return signWithGoogle(request, row, { secret, owner }, google);
    signRequest(request.headers, row.auth, secret);
    return secret;
  };
}
