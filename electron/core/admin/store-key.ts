import type { ProviderRow } from "#core/config/provider-rows.ts";
import type { KeyInfo } from "#shared/contract/keys.ts";
import { PosternError } from "#shared/errors.ts";
import type { AdminParts } from "./parts.ts";

/**
 * The same row, where a key can be stored for it.
 *
 * @throws {PosternError} `invalid_value` where it takes none, `provider_incomplete` where its address has gaps
 */
export function storableRow(row: ProviderRow): ProviderRow {
  if (row.auth === "none") throw new PosternError("invalid_value", `Cannot store a key for ${row.id}: it takes none`);
  if (row.missingOptions.length > 0) {
    throw new PosternError(
      "provider_incomplete",
      `Cannot store a key for ${row.id} yet: its address is not complete; set providers.${row.id}.values.${row.missingOptions[0] ?? ""} in config.json first`,
    );
  }
  return row;
}

/** Stores a key, bound to where its row points. What was known of another secret under this name is forgotten. */
export async function storeKey(
  parts: Pick<AdminParts, "vault" | "keyHealth">,
  row: ProviderRow,
  name: string,
  secret: string,
): Promise<KeyInfo> {
  const info = await parts.vault.add(row.id, name, secret, [row.origin]);
  await parts.keyHealth.forget(row.id, name);
  return info;
}
