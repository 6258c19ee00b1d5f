import type { SqlValue, Store } from "#core/store/store.ts";
import type { UsageFilter, UsageGroup, UsageKey, UsageReport } from "#shared/contract/usage.ts";
import { bucketCount, quantileMs } from "./buckets.ts";
import { sumColumns, sumUp } from "./call-sums.ts";
import { dayText, localDay } from "./local-day.ts";

const columnOf: Readonly<Record<UsageKey, string>> = {
  day: "day",
  tool: "tool",
  alias: "alias",
  provider: "provider",
  model: "model",
  key: "key_name",
};

const filterColumns = { tool: "tool", alias: "alias", provider: "provider", model: "model", key: "key_name", grant: "grant_id" } as const;

type SumRow = Readonly<Record<string, number>>;

const sums = sumColumns.map((name) => `sum(${name}) AS ${name}`).join(", ");

/**
 * Sums calls up by one thing that they have in common, from the sums by day: a whole month of a million calls takes some
 * milliseconds.
 *
 * @param filter its days are whole ones of this machine's time zone: the one that `since` falls into, to the one of `until`
 */
export async function queryUsage(store: Pick<Store, "all" | "transaction">, by: UsageKey, filter: UsageFilter): Promise<UsageReport> {
  await sumUp(store);
  const { where, parameters } = conditions(filter);
  const column = columnOf[by];
  const order = by === "day" ? "key" : "calls DESC, key";
  const rows = await store.all<SumRow & { key: string | number }>(
    `SELECT ${column} AS key, ${sums} FROM call_days WHERE ${where} GROUP BY ${column} ORDER BY ${order}`,
    parameters,
  );
  const total: Record<string, number> = Object.fromEntries(sumColumns.map((name) => [name, 0]));
  for (const row of rows) for (const name of sumColumns) total[name] = (total[name] ?? 0) + (row[name] ?? 0);
  return {
    by,
    groups: rows.map((row) => groupOf(typeof row.key === "number" ? dayText(row.key) : row.key, row)),
    total: groupOf("", total),
  };
}

function conditions(filter: UsageFilter): { readonly where: string; readonly parameters: readonly SqlValue[] } {
  const parts: string[] = [];
  const parameters: SqlValue[] = [];
  const add = (sql: string, value: SqlValue | undefined): void => {
    if (value === undefined) return;
    parts.push(sql);
    parameters.push(value);
  };
  add("day >= ?", filter.since === undefined ? undefined : localDay(filter.since));
  add("day <= ?", filter.until === undefined ? undefined : localDay(filter.until - 1));
  for (const [name, column] of Object.entries(filterColumns)) add(`${column} = ?`, filter[name as keyof typeof filterColumns]);
  return { where: parts.length === 0 ? "true" : parts.join(" AND "), parameters };
}

function groupOf(key: string, row: SumRow): UsageGroup {
  const of = (name: string): number => row[name] ?? 0;
  const histogram = (prefix: string): number[] => Array.from({ length: bucketCount }, (_, index) => of(`${prefix}${index}`));
  const calls = of("calls");
  const cacheRead = of("cached_input_tokens");
  const cacheWrite = of("cache_write_tokens");
  const firstByte = histogram("f");
  const total = histogram("t");
  return {
    key,
    calls,
    errors: of("errors"),
    errorRate: calls === 0 ? 0 : of("errors") / calls,
    cacheHits: of("cache_hits"),
    tokens: {
      uncachedInput: Math.max(0, of("input_tokens") - cacheRead - cacheWrite),
      cacheRead,
      cacheWrite,
      output: of("output_tokens"),
      reasoning: of("reasoning_tokens"),
    },
    // Nothing that was priced is not the same as nothing that was paid.
    costMicroUsd: calls > 0 && of("unpriced_calls") === calls ? null : of("cost_micro_usd"),
    unpricedCalls: of("unpriced_calls"),
    firstByteMs: { p50: quantileMs(firstByte, 0.5), p95: quantileMs(firstByte, 0.95) },
    totalMs: { p50: quantileMs(total, 0.5), p95: quantileMs(total, 0.95) },
    tokensPerSecond: of("writing_ms") === 0 ? null : (of("written_tokens") * 1_000) / of("writing_ms"),
  };
}
