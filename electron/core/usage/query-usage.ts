import type { SqlValue, Store } from "#core/store/store.ts";
import type { UsageFilter, UsageKey, UsageReport } from "#shared/contract/usage.ts";
import { sumColumns, sumUp } from "./call-sums.ts";
import { dayText, localDay } from "./local-day.ts";
import { addRow, emptyRow, groupOf, type SumRow } from "./usage-group.ts";

const columnOf: Readonly<Record<UsageKey, string>> = {
  day: "day",
  tool: "tool",
  alias: "alias",
  provider: "provider",
  model: "model",
  key: "key_name",
};

/** Where the sums have what a filter names. */
export const filterColumns = {
  tool: "tool",
  alias: "alias",
  provider: "provider",
  model: "model",
  key: "key_name",
  grant: "grant_id",
} as const;

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
  const total = emptyRow();
  for (const row of rows) addRow(total, row);
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
