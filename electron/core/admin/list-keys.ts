import type { ProviderRows } from "#core/config/provider-rows.ts";
import type { Vault } from "#core/vault/vault.ts";
import type { ListedKey } from "#shared/contract/keys.ts";

/** Every key, with whether it may go to where its provider's row points now. */
export function listKeys(vault: Pick<Vault, "list">, rows: ProviderRows): ListedKey[] {
  return vault.list().map((key) => {
    const row = rows.find(key.provider);
    return { ...key, waits: row !== undefined && !key.origins.includes(row.origin) };
  });
}
