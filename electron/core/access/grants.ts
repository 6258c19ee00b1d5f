import { randomUUID } from "node:crypto";
import type { Clock } from "#core/platform.ts";
import type { Store } from "#core/store/store.ts";
import { localKeyPrefix } from "#shared/local-key.ts";
import { createLocalKey, hashLocalKey, sameHash } from "./local-keys.ts";

/** What the holder of a local key may do. The owner's may do everything. */
export interface Grant {
  readonly id: string;
  readonly name: string;
  readonly kind: "owner";
}

/** The local keys that Postern knows: hashes in the database, held in memory. */
export interface Grants {
  /** Whom a presented credential belongs to; every known hash is compared, each in constant time. */
  find(credential: string): Grant | null;
  /** Whether there is an owner's key: one that was made, or the environment's. */
  readonly hasOwnerKey: boolean;
  /** Makes the owner's key, or replaces it: the old one stops at once. Returns the only copy of the new one. */
  replaceOwnerKey(): Promise<string>;
}

interface GrantRow {
  id: string;
  name: string;
  key_hash: Uint8Array;
}

interface KnownKey {
  readonly hash: Buffer;
  readonly grant: Grant;
}

const shortestEnvironmentKey = 32;

/**
 * Loads the local keys. `POSTERN_API_KEY`, of 32 characters or more, is an owner's key too: for scripts and CI.
 *
 * @param notify told when `POSTERN_API_KEY` is too short to be taken
 */
export async function openGrants(
  store: Store,
  options: { readonly clock: Clock; readonly environmentKey: string | undefined; readonly notify: (message: string) => void },
): Promise<Grants> {
  const rows = await store.all<GrantRow>("SELECT id, name, key_hash FROM grants WHERE kind = 'owner' AND revoked_at_ms IS NULL");
  let owner: readonly KnownKey[] = rows.map((row) => ({
    hash: Buffer.from(row.key_hash),
    grant: { id: row.id, name: row.name, kind: "owner" },
  }));
  const fromEnvironment: KnownKey[] = [];
  const environmentKey = options.environmentKey?.trim() ?? "";
  if (environmentKey.length >= shortestEnvironmentKey) {
    fromEnvironment.push({ hash: hashLocalKey(environmentKey), grant: { id: "environment", name: "POSTERN_API_KEY", kind: "owner" } });
  } else if (environmentKey !== "") {
    options.notify(`Cannot use POSTERN_API_KEY: it has fewer than ${shortestEnvironmentKey} characters; make a longer one`);
  }

  return {
    get hasOwnerKey() {
      return owner.length > 0 || fromEnvironment.length > 0;
    },
    find(credential) {
      // Neither our prefix nor the environment's key: nothing to hash. The length of a foreign key is no secret of ours.
      if (fromEnvironment.length === 0 && !credential.startsWith(localKeyPrefix)) return null;
      const presented = hashLocalKey(credential);
      let found: Grant | null = null;
      for (const entry of owner) if (sameHash(entry.hash, presented)) found = entry.grant;
      for (const entry of fromEnvironment) if (sameHash(entry.hash, presented)) found = entry.grant;
      return found;
    },
    async replaceOwnerKey() {
      const key = createLocalKey();
      const grant: Grant = { id: randomUUID(), name: "owner", kind: "owner" };
      const keyHash = hashLocalKey(key);
      await store.transaction([
        { sql: "DELETE FROM grants WHERE kind = 'owner'" },
        {
          sql: "INSERT INTO grants (id, name, key_hash, key_hint, kind, permissions, created_at_ms) VALUES (?, ?, ?, ?, 'owner', '{}', ?)",
          parameters: [grant.id, grant.name, keyHash, key.slice(-4), options.clock.nowMs()],
        },
      ]);
      owner = [{ hash: keyHash, grant }];
      return key;
    },
  };
}
