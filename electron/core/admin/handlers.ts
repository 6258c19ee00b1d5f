import { type KeyInfo, keyPathSchema, secretSchema } from "#shared/contract/keys.ts";
import { PosternError } from "#shared/errors.ts";
import { version } from "#shared/version.ts";
import type { Grants } from "#core/access/grants.ts";
import { findLocalServers } from "#core/catalog/find-local-servers.ts";
import type { LiveConfig } from "#core/config/live-config.ts";
import type { ProviderRow } from "#core/config/provider-rows.ts";
import type { Connections } from "#core/upstream/connections.ts";
import { testKey } from "#core/catalog/test-key.ts";
import type { Vault } from "#core/vault/vault.ts";
import { findKeysAmong } from "#core/vault/find-keys-among.ts";
import type { Handlers } from "./serve-contract.ts";

/** What the admin API works with. */
export interface AdminParts {
  readonly config: LiveConfig;
  readonly vault: Vault;
  readonly grants: Grants;
  readonly connections: Connections;
  addresses(): readonly string[];
}

/** Answers every entry of the contract. */
export function createHandlers(parts: AdminParts): Handlers {
  const { config, vault } = parts;

  function rowOf(provider: string): ProviderRow {
    const row = config.current.rows.find(provider);
    if (row !== undefined) return row;
    throw new PosternError(
      "unknown_provider",
      `Cannot find provider "${provider.slice(0, 64)}": there is none of this name; add it to "providers" in config.json`,
    );
  }

  function keyPath(parameters: { readonly provider: string; readonly name: string }): { row: ProviderRow; name: string } {
    const result = keyPathSchema.safeParse(parameters);
    if (!result.success)
      throw new PosternError(
        "invalid_value",
        `Cannot use this ${String(result.error.issues[0]?.path[0])}: it ${result.error.issues[0]?.message ?? "is not valid"}`,
      );
    return { row: rowOf(result.data.provider), name: result.data.name };
  }

  return {
    listKeys: async () => ({ keys: vault.list() }),
    addKey: async ({ parameters, body }) => {
      const { row, name } = keyPath(parameters);
      if (row.auth === "none") throw new PosternError("invalid_value", `Cannot store a key for ${row.id}: it takes none`);
      if (row.missingOptions.length > 0) {
        throw new PosternError(
          "provider_incomplete",
          `Cannot store a key for ${row.id} yet: its address is not complete; set providers.${row.id}.values.${row.missingOptions[0] ?? ""} in config.json first`,
        );
      }
      return vault.add(row.id, name, body.secret, [row.origin]);
    },
    // A key outlives its provider's row: it can be removed all the same.
    removeKey: async ({ parameters: { provider, name } }) => ({
      removed: await vault.remove(config.current.rows.find(provider)?.id ?? provider, name),
    }),
    bindKey: async ({ parameters }) => {
      const { row, name } = keyPath(parameters);
      await vault.bind(row.id, name, [row.origin]);
      return { origins: [row.origin] };
    },
    testKey: async ({ parameters }) => {
      const { row, name } = keyPath(parameters);
      return testKey(row, await vault.find(row.id, name), parts.connections);
    },
    importKeys: async ({ body }) => {
      const keys: KeyInfo[] = [];
      const skipped: { provider: string; why: string }[] = [];
      for (const { row, secret } of findKeysAmong(body.variables, config.current.rows.all)) {
        const isThere = vault.list().some((key) => key.provider === row.id && key.name === body.name && key.source !== "environment");
        const problem = secretSchema.safeParse(secret).error?.issues[0]?.message;
        if (isThere && !body.replace)
          skipped.push({ provider: row.id, why: `a key "${body.name}" is stored already; --replace takes the new one` });
        else if (problem !== undefined) skipped.push({ provider: row.id, why: `what is there ${problem}` });
        else keys.push(await vault.add(row.id, body.name, secret, [row.origin]));
      }
      return { keys, skipped };
    },
    unlockVault: async ({ body }) => {
      await vault.unlock(body.passphrase);
      return { words: vault.state().words };
    },
    getStatus: async () => {
      const { rows, discovery } = config.current;
      const servers = discovery.enabled ? await findLocalServers(rows.all, parts.connections) : [];
      return {
        version,
        pid: parts.addresses().length > 0 ? process.pid : null,
        addresses: [...parts.addresses()],
        vault: vault.state(),
        config: { file: config.file, problems: [...config.problems] },
        localServers: servers.map(({ row, models }) => ({ id: row.id, name: row.name, origin: row.origin, models, accepted: row.enabled })),
      };
    },
    replaceOwnerKey: async () => ({ key: await parts.grants.replaceOwnerKey() }),
    acceptProvider: async ({ parameters }) => {
      const row = rowOf(parameters.provider);
      if (!row.local)
        throw new PosternError("invalid_value", `Cannot accept ${row.id}: it is no model server on this machine, and needs no acceptance`);
      await config.edit(["providers", row.id, "enabled"], true);
      return { id: row.id, origin: row.origin };
    },
  };
}
