import { harmlessEndings } from "#shared/call-endings.ts";
import type { Statement, Store } from "#core/store/store.ts";
import { bucketCount, bucketSql } from "./buckets.ts";

/** The SQL over `calls` that says whether one ended in an error. */
export const isErrorSql = `ending NOT IN (${harmlessEndings.map((ending) => `'${ending}'`).join(", ")})`;

/** What calls are told apart by in the sums, beside their day. */
export const sumKeys = ["grant_id", "tool", "alias", "provider", "model", "key_name"] as const;

const counts = [
  "calls",
  "errors",
  "cache_hits",
  "input_tokens",
  "cached_input_tokens",
  "cache_write_tokens",
  "output_tokens",
  "reasoning_tokens",
  "cost_micro_usd",
  "saved_micro_usd",
  "unpriced_calls",
  "writing_ms",
  "written_tokens",
] as const;

const buckets = Array.from({ length: bucketCount }, (_, index) => index);

/** Every column that adds up. */
export const sumColumns: readonly string[] = [...counts, ...buckets.map((index) => `f${index}`), ...buckets.map((index) => `t${index}`)];

/** A refused call has named its tool and model itself, and nothing says that they are real: they stay out of the sums' keys. */
export const toolSql = "CASE WHEN ending = 'refused' AND grant_id IS NULL THEN '' ELSE coalesce(tool, '') END";

const keySql: Readonly<Record<(typeof sumKeys)[number], string>> = {
  grant_id: "coalesce(grant_id, '')",
  tool: toolSql,
  alias: "coalesce(alias, '')",
  provider: "coalesce(provider, '')",
  model: "coalesce(model_served, '')",
  key_name: "coalesce(key_name, '')",
};

/**
 * Sums some rows of `calls` up, as a SELECT of the keys and all of {@link sumColumns}. Each row is looked at once; what is
 * alike is counted before it is spread over the buckets.
 *
 * @param keys what the sums are told apart by: a name and its SQL over `calls`
 */
export function sumSql(keys: readonly (readonly [name: string, sql: string])[], which: string): string {
  const spread = (prefix: string, bucket: string): string =>
    buckets.map((index) => `sum(n * (${bucket} IS ${index})) AS ${prefix}${index}`).join(", ");
  const names = keys.map(([name]) => name).join(", ");
  return `
    SELECT ${names}, sum(n) AS calls, ${counts
      .slice(1)
      .map((name) => `sum(${name}) AS ${name}`)
      .join(", ")}, ${spread("f", "first_bucket")}, ${spread("t", "total_bucket")}
    FROM (
      SELECT ${keys.map(([name, sql]) => (name === sql ? name : `${sql} AS ${name}`)).join(", ")},
        CASE WHEN first_byte_ms IS NULL THEN NULL ELSE ${bucketSql("first_byte_ms")} END AS first_bucket,
        CASE WHEN total_ms IS NULL THEN NULL ELSE ${bucketSql("total_ms")} END AS total_bucket,
        count(*) AS n,
        sum(${isErrorSql}) AS errors,
        sum(cache_status IS 'HIT') AS cache_hits,
        sum(coalesce(input_tokens, 0)) AS input_tokens,
        sum(coalesce(cached_input_tokens, 0)) AS cached_input_tokens,
        sum(coalesce(cache_write_tokens, 0)) AS cache_write_tokens,
        sum(coalesce(output_tokens, 0)) AS output_tokens,
        sum(coalesce(reasoning_tokens, 0)) AS reasoning_tokens,
        sum(coalesce(cost_micro_usd, 0.0)) AS cost_micro_usd,
        sum(coalesce(saved_micro_usd, 0.0)) AS saved_micro_usd,
        sum(${isUnpriced}) AS unpriced_calls,
        sum(CASE WHEN ${isTimed} THEN total_ms - first_byte_ms ELSE 0 END) AS writing_ms,
        sum(CASE WHEN ${isTimed} THEN output_tokens ELSE 0 END) AS written_tokens
      FROM calls WHERE ${which}
      GROUP BY ${Array.from({ length: keys.length + 2 }, (_, index) => index + 1).join(", ")}
    )
    WHERE true
    GROUP BY ${keys.map((_, index) => index + 1).join(", ")}`;
}

/** The SQL over `calls` of one of {@link sumKeys}, as the sums have it. */
export function sumKeySql(key: (typeof sumKeys)[number]): string {
  return keySql[key];
}

/** Adds some rows of `calls` to the sums. */
function addSql(which: string): string {
  return `
    INSERT INTO call_days (day, ${sumKeys.join(", ")}, ${sumColumns.join(", ")})
    ${sumSql([["day", "day"], ...sumKeys.map((key) => [key, keySql[key]] as const)], which)}
    ON CONFLICT (day, ${sumKeys.join(", ")}) DO UPDATE SET ${sumColumns.map((name) => `${name} = ${name} + excluded.${name}`).join(", ")}`;
}

/** A call that a provider may want money for, and nobody knows how much. A provider that said no wants none. */
const isUnpriced = "cost_micro_usd IS NULL AND provider IS NOT NULL AND ending NOT IN ('failed', 'refused')";

/** A streamed call whose speed can be told. */
const isTimed = "streamed = 1 AND output_tokens IS NOT NULL AND total_ms > first_byte_ms";

/** So many rows at a time keep the store's thread for some milliseconds: a budgeted call may wait behind them. */
const rowsAtOnce = 4_000;

const summedTo = "(SELECT summed_to FROM call_days_state)";
const nextSlice = `(SELECT max(id) FROM (SELECT id FROM calls WHERE id > ${summedTo} ORDER BY id LIMIT ${rowsAtOnce}))`;

const addNext: readonly Statement[] = [
  { sql: addSql(`id > ${summedTo} AND id <= ${nextSlice}`) },
  { sql: `UPDATE call_days_state SET summed_to = coalesce(${nextSlice}, summed_to)` },
];

/** Brings the sums up to the last row of `calls`, in slices; each is a transaction, so a kill in between loses nothing. */
export async function sumUp(store: Pick<Store, "all" | "transaction">): Promise<void> {
  for (;;) {
    const [rest] = await store.all<{ more: number }>(`SELECT EXISTS (SELECT 1 FROM calls WHERE id > ${summedTo}) AS more`);
    if (rest?.more !== 1) return;
    await store.transaction(addNext);
  }
}

/** No zone is further from UTC than 14 hours. */
const zoneMs = 14 * 3_600_000;
const dayMs = 86_400_000;

/**
 * Takes calls out of the log for good, with their bodies and their part of the sums: day by day, each in one transaction.
 *
 * @param range `untilMs` is the first moment that is kept
 * @returns how many
 */
export async function deleteCalls(
  store: Pick<Store, "all" | "transaction">,
  range: { readonly fromMs: number; readonly untilMs: number },
): Promise<number> {
  const within = [range.fromMs, range.untilMs];
  const days = await store.all<{ day: number; calls: number }>(
    "SELECT day, count(*) AS calls FROM calls WHERE started_at_ms >= ? AND started_at_ms < ? GROUP BY day ORDER BY day",
    within,
  );
  await store.transaction([{ sql: "DELETE FROM call_bodies WHERE started_at_ms >= ? AND started_at_ms < ?", parameters: within }]);
  for (const { day } of days) {
    const bounds = [day * dayMs - zoneMs, (day + 1) * dayMs + zoneMs, day];
    await store.transaction([
      { sql: "DELETE FROM calls WHERE started_at_ms >= ? AND started_at_ms < ? AND day = ?", parameters: [...within, day] },
      { sql: "DELETE FROM call_days WHERE day = ?", parameters: [day] },
      { sql: addSql(`started_at_ms >= ? AND started_at_ms < ? AND day = ? AND id <= ${summedTo}`), parameters: bounds },
      // The number of a last row that is gone is given again.
      { sql: `UPDATE call_days_state SET summed_to = (SELECT coalesce(max(id), 0) FROM calls WHERE id <= ${summedTo})` },
    ]);
  }
  return days.reduce((sum, { calls }) => sum + calls, 0);
}
