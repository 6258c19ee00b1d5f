import type { Config } from "#core/config/live-config.ts";
import type { ProviderRows } from "#core/config/provider-rows.ts";
import type { Clock } from "#core/platform.ts";
import { readKeyUsage } from "#core/usage/key-usage.ts";
import { findKeysAmong } from "#core/vault/find-keys-among.ts";
import type { KeyDetail, ListedKey } from "#shared/contract/keys.ts";
import { findKeyUses } from "./find-key-uses.ts";
import type { AdminParts } from "./parts.ts";

/** Every key, with whether it may go to where its provider's row points now. */
export function listKeys(vault: Pick<AdminParts["vault"], "list">, rows: ProviderRows): ListedKey[] {
  return vault.list().map((key) => {
    const row = rows.find(key.provider);
    return { ...key, waits: row !== undefined && !key.origins.includes(row.origin) };
  });
}

/** Every key, with all that can be told of it. What calls came to counts from the first of this month. */
export async function detailKeys(
  parts: Pick<AdminParts, "vault" | "store" | "calls" | "clock" | "keyHealth" | "environment"> & {
    readonly config: { readonly current: Config };
  },
): Promise<KeyDetail[]> {
  const { vault, keyHealth } = parts;
  const { current } = parts.config;
  // A log that cannot be written can still be read.
  await parts.calls.flush().catch(() => undefined);
  const usage = await readKeyUsage(parts.store, startOfMonthMs(parts.clock));
  return listKeys(vault, current.rows).map((key): KeyDetail => {
    const { works, sinceMs, test } = keyHealth.of(key);
    const used = usage.get(`${key.provider}/${key.name}`);
    const row = current.rows.find(key.provider);
    return {
      ...key,
      variable: key.source === "environment" && row !== undefined ? (findKeysAmong(parts.environment, [row])[0]?.variable ?? null) : null,
      serves: vault.nameOf(key.provider) === key.name,
      standing: works === null ? "untested" : works ? "works" : "failing",
      sinceMs,
      test,
      lastUsedAtMs: used?.lastUsedAtMs ?? null,
      month: {
        calls: used?.calls ?? 0,
        errors: used?.errors ?? 0,
        costMicroUsd: used === undefined ? 0 : used.costMicroUsd,
        unpricedCalls: used?.unpricedCalls ?? 0,
      },
      usedBy: findKeyUses(current, key.provider, key.name),
    };
  });
}

function startOfMonthMs(clock: Pick<Clock, "nowMs">): number {
  const now = new Date(clock.nowMs());
  return new Date(now.getFullYear(), now.getMonth(), 1).getTime();
}
