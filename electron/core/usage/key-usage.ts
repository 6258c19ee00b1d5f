import type { Statement, Store } from "#core/store/store.ts";
import { sumColumns, sumKeys, sumUp } from "./call-sums.ts";
import { localDay, spanOfDay } from "./local-day.ts";
import { knownCost } from "./usage-group.ts";

/** What calls with one key came to. */
export interface KeyUsage {
  readonly calls: number;
  readonly errors: number;
  /** Millionths of a US dollar; null where the cost is known of none of them. */
  readonly costMicroUsd: number | null;
  readonly unpricedCalls: number;
  /** Milliseconds since 1970; null where there is no call, or none that the log still holds. */
  readonly lastUsedAtMs: number | null;
}

interface SumRow {
  readonly provider: string;
  readonly name: string;
  readonly last_day: number;
  readonly calls: number;
  readonly errors: number;
  readonly cost: number;
  readonly unpriced: number;
}

const sumsSql = `SELECT provider, key_name AS name, max(day) AS last_day, sum(calls * (day >= ?1)) AS calls, sum(errors * (day >= ?1)) AS errors,
  sum(cost_micro_usd * (day >= ?1)) AS cost, sum(unpriced_calls * (day >= ?1)) AS unpriced
  FROM call_days WHERE key_name <> '' GROUP BY provider, key_name`;

const lastSql = `SELECT max(started_at_ms) AS at_ms FROM calls WHERE started_at_ms >= ? AND started_at_ms < ? AND provider = ? AND key_name = ?`;

/**
 * What each key was used for since a day's beginning, and when last. From the sums by day, and one look into the log for
 * each key, at the last day on which it was used.
 *
 * @returns by provider and name, as `openai/work`
 */
export async function readKeyUsage(store: Pick<Store, "all" | "transaction">, sinceMs: number): Promise<ReadonlyMap<string, KeyUsage>> {
  await sumUp(store);
  const rows = await store.all<SumRow>(sumsSql, [localDay(sinceMs)]);
  const entries = await Promise.all(
    rows.map(async ({ provider, name, last_day: day, calls, errors, cost, unpriced }) => {
      const [last] = await store.all<{ at_ms: number | null }>(lastSql, [...spanOfDay(day), provider, name]);
      const costMicroUsd = knownCost(cost, unpriced);
      return [`${provider}/${name}`, { calls, errors, costMicroUsd, unpricedCalls: unpriced, lastUsedAtMs: last?.at_ms ?? null }] as const;
    }),
  );
  return new Map(entries);
}

/** Lets the calls of a key count under its new name. What an earlier key of that name has used is added to. */
export async function renameKeyInCalls(
  store: Pick<Store, "all" | "transaction">,
  provider: string,
  from: string,
  to: string,
): Promise<void> {
  await sumUp(store);
  const columns = ["day", ...sumKeys, ...sumColumns];
  const taken = columns.map((name) => (name === "key_name" ? "?" : name)).join(", ");
  const statements: Statement[] = [
    { sql: "UPDATE calls SET key_name = ? WHERE provider = ? AND key_name = ?", parameters: [to, provider, from] },
    {
      sql: `INSERT INTO call_days (${columns.join(", ")}) SELECT ${taken} FROM call_days WHERE provider = ? AND key_name = ?
        ON CONFLICT (day, ${sumKeys.join(", ")}) DO UPDATE SET ${sumColumns.map((name) => `${name} = ${name} + excluded.${name}`).join(", ")}`,
      parameters: [to, provider, from],
    },
    { sql: "DELETE FROM call_days WHERE provider = ? AND key_name = ?", parameters: [provider, from] },
  ];
  await store.transaction(statements);
}
