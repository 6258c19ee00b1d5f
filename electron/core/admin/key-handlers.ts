import type { ProviderRow } from "#core/config/provider-rows.ts";
import { testKey } from "#core/catalog/test-key.ts";
import { renameKeyInCalls } from "#core/usage/key-usage.ts";
import { checkCredential } from "#core/vault/check-credential.ts";
import { findKeysAmong } from "#core/vault/find-keys-among.ts";
import { type KeyInfo, keyPathSchema, type keysContract, secretSchema } from "#shared/contract/keys.ts";
import { PosternError } from "#shared/errors.ts";
import { findKeyUses } from "./find-key-uses.ts";
import { findRow } from "./find-row.ts";
import type { HandlersOf } from "./handlers-of.ts";
import { detailKeys } from "./list-keys.ts";
import type { AdminParts } from "./parts.ts";
import { storableRow, storeKey } from "./store-key.ts";

type Parts = Pick<
  AdminParts,
  "config" | "vault" | "connections" | "keyHealth" | "store" | "calls" | "clock" | "environment" | "keysChanged"
>;

/** Answers what stands in `shared/contract/keys.ts`. */
export function createKeyHandlers(parts: Parts): HandlersOf<typeof keysContract> {
  const { config, vault, keyHealth } = parts;

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
    listKeys: async () => ({ keys: await detailKeys(parts), vault: vault.state() }),
    addKey: async ({ parameters, body }) => {
      const { row, name } = keyPath(parameters);
      return storeKey(parts, storableRow(row), name, body.secret);
    },
    writeKey: async ({ parameters, body: { secret, mode, test } }) => {
      const { row, name } = keyPath(parameters);
      storableRow(row);
      refuseWrongMode(mode, row, name);
      // What is no key, or one of Postern's own, must not be sent to anybody.
      const checked = checkCredential(row.id, name, secret);
      const result = test ? await testKey(row, { secret: checked.secret, origins: [row.origin] }, parts.connections) : null;
      if (result !== null && !result.works && result.verdict !== "untestable") return { stored: null, test: result };
      const stored = await storeKey(parts, row, name, secret);
      if (result !== null) {
        await keyHealth.noteTest(stored, result);
        parts.keysChanged(row.id);
      }
      return { stored, test: result };
    },
    renameKey: async ({ parameters, body: { to } }) => {
      const { row, name } = keyPath(parameters);
      const uses = findKeyUses(config.current, row.id, name);
      if (uses.length > 0 && to !== name)
        throw new PosternError(
          "invalid_value",
          `Cannot rename the key "${name}" of ${row.id}: ${uses.join(", ")} would not find it; change that first`,
        );
      const info = await vault.rename(row.id, name, to);
      if (to !== name) {
        await keyHealth.rename(row.id, name, to);
        await parts.calls.flush().catch(() => undefined);
        await renameKeyInCalls(parts.store, row.id, name, to);
      }
      return info;
    },
    // A key outlives its provider's row: it can be removed all the same.
    removeKey: async ({ parameters: { provider, name } }) => {
      const id = config.current.rows.find(provider)?.id ?? provider;
      const removed = await vault.remove(id, name);
      if (removed) await keyHealth.forget(id, name);
      return { removed };
    },
    bindKey: async ({ parameters }) => {
      const { row, name } = keyPath(parameters);
      await vault.bind(row.id, name, [row.origin]);
      return { origins: [row.origin] };
    },
    testKey: async ({ parameters }) => {
      const { row, name } = keyPath(parameters);
      const result = await testKey(row, await vault.find(row.id, name), parts.connections);
      const info = vault.list().find((key) => key.provider === row.id && key.name === name);
      if (info !== undefined) await keyHealth.noteTest(info, result);
      parts.keysChanged(row.id);
      return result;
    },
    importKeys: async ({ body }) => {
      const keys: KeyInfo[] = [];
      const skipped: { provider: string; why: string }[] = [];
      for (const { row, secret } of findKeysAmong(body.variables, config.current.rows.all)) {
        const isThere = isStored(row.id, body.name);
        const problem = secretSchema.safeParse(secret).error?.issues[0]?.message;
        if (isThere && !body.replace)
          skipped.push({ provider: row.id, why: `a key "${body.name}" is stored already; --replace takes the new one` });
        else if (problem !== undefined) skipped.push({ provider: row.id, why: `what is there ${problem}` });
        else keys.push(await storeKey(parts, row, body.name, secret));
      }
      return { keys, skipped };
    },
    lockVault: async () => {
      vault.lock();
      return { words: vault.state().words };
    },
    unlockVault: async ({ body }) => {
      if (body.passphrase === undefined) vault.release();
      else await vault.unlock(body.passphrase);
      return { words: vault.state().words };
    },
  };

  function isStored(provider: string, name: string): boolean {
    return vault.list().some((key) => key.provider === provider && key.name === name && key.source !== "environment");
  }

  function refuseWrongMode(mode: "add" | "replace", row: ProviderRow, name: string): void {
    const isThere = isStored(row.id, name);
    if (mode === "add" && isThere)
      throw new PosternError(
        "invalid_value",
        `Cannot add the key "${name}" of ${row.id}: there is one of this name; rotate it, or choose another name`,
        { param: "name" },
      );
    if (mode === "replace" && !isThere)
      throw new PosternError("unknown_key_name", `Cannot rotate the key "${name}" of ${row.id}: there is none of this name; add it`);
  }
}
