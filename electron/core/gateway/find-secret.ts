import { defaultKeyName } from "#shared/contract/keys.ts";
import { PosternError } from "#shared/errors.ts";
import type { Credential } from "#core/vault/credential.ts";
import type { Vault } from "#core/vault/vault.ts";
import type { Target } from "./attempt-target.ts";

/**
 * The key for a target; a promise only where the vault has to be opened. A stored key goes only to the origins that it is
 * bound to; to a custom host the call then goes without.
 *
 * @throws {PosternError} `key_origin_mismatch`, and what the vault throws
 */
export function findSecret(target: Target, origin: string, vault: Vault): string | null | Promise<string | null> {
  const { row, keyName } = target;
  if (target.ownKey !== null) return target.ownKey;
  if (row.auth === "none") return null;
  if (target.customHost !== null && !vault.has(row.id)) return null;
  const held = vault.held(row.id, keyName ?? undefined);
  if (held !== undefined) return secretFor(held, target, origin);
  return vault.find(row.id, keyName ?? undefined).then((found) => secretFor(found, target, origin));
}

function secretFor(credential: Credential, target: Target, origin: string): string | null {
  if (credential.origins.includes(origin)) return credential.secret;
  if (target.customHost !== null) return null;
  const provider = target.row.id;
  const advice =
    credential.source === "environment"
      ? "restart Postern"
      : `bind it anew with "postern keys bind ${provider}${credential.name === defaultKeyName ? "" : ` --name ${credential.name}`}"`;
  throw new PosternError(
    "key_origin_mismatch",
    `Cannot send the key "${credential.name}" of ${provider} to ${origin}: it is bound to ${credential.origins.join(", ") || "no address"}; ${advice} if you meant to change the address`,
  );
}
