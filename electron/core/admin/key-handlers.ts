import type { ProviderRow } from "#core/config/provider-rows.ts";
import { testKey } from "#core/catalog/test-key.ts";
import { findKeysAmong } from "#core/vault/find-keys-among.ts";
import { type KeyInfo, keyPathSchema, type keysContract, secretSchema } from "#shared/contract/keys.ts";
import { PosternError } from "#shared/errors.ts";
import { findRow } from "./find-row.ts";
import type { HandlersOf } from "./handlers-of.ts";
import { listKeys } from "./list-keys.ts";
import type { AdminParts } from "./parts.ts";

/** Answers what stands in `shared/contract/keys.ts`. */
export function createKeyHandlers(parts: Pick<AdminParts, "config" | "vault" | "connections">): HandlersOf<typeof keysContract> {
  const { config, vault } = parts;

  function keyPath(parameters: { readonly provider: string; readonly name: string }): { row: ProviderRow; name: string } {
    const result = keyPathSchema.safeParse(parameters);
    if (!result.success)
      throw new PosternError(
        "invalid_value",
        `Cannot use this ${String(result.error.issues[0]?.path[0])}: it ${result.error.issues[0]?.message ?? "is not valid"}`,
      );
    return { row: findRow(config, result.data.provider), name: result.data.name };
  }

  return {
    listKeys: async () => ({ keys: listKeys(vault, config.current.rows) }),
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
  };
}
