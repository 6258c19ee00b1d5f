import { isErrorSql, toolSql } from "./call-sums.ts";
import type { SqlValue } from "#core/store/store.ts";
import type { CallFilter } from "#shared/contract/calls.ts";

/** What stands behind WHERE, with its parameters. */
export interface Conditions {
  readonly sql: readonly string[];
  readonly parameters: readonly SqlValue[];
}

const columnsOfNames = {
  endpoint: "endpoint",
  tool: "tool",
  alias: "alias",
  provider: "provider",
  model: "coalesce(model_served, model_asked)",
  key: "key_name",
  grant: "grant_id",
  ending: "ending",
  error: "error_code",
  cache: "cache_status",
  trace: "trace_id",
} as const;

/** What a try leaves out stands in the row's columns: each of those is one of these. */
const searchedColumns = [
  "endpoint",
  "tool",
  "user_agent",
  "alias",
  "provider",
  "model_asked",
  "model_served",
  "key_name",
  "status",
  "error_code",
  "attempts",
  "trace_id",
  "metadata",
];

const outcomes = {
  ok: "ending = 'finished'",
  left: "ending IN ('client_closed', 'stopped')",
  error: isErrorSql,
} as const;

/** A filter of calls as conditions over the table `calls`. */
export function callConditions(filter: CallFilter): Conditions {
  const sql: string[] = [];
  const parameters: SqlValue[] = [];
  const add = (condition: string, ...values: SqlValue[]): void => {
    sql.push(condition);
    parameters.push(...values);
  };
  // A unary plus keeps SQLite on the order of ids: it would sort all calls of a range for each page.
  if (filter.since !== undefined) add("+started_at_ms >= ?", filter.since);
  if (filter.until !== undefined) add("+started_at_ms < ?", filter.until);
  for (const [name, column] of Object.entries(columnsOfNames)) {
    const value = filter[name as keyof typeof columnsOfNames];
    if (value === "") add(name === "tool" ? `${toolSql} = ''` : `${column} IS NULL`);
    else if (value !== undefined) add(`${column} = ?`, value);
  }
  if (filter.outcome !== undefined) add(outcomes[filter.outcome]);
  if (filter.status !== undefined) {
    const isClass = filter.status.endsWith("xx");
    const lowest = isClass ? Number(filter.status[0]) * 100 : Number(filter.status);
    add("status BETWEEN ? AND ?", lowest, isClass ? lowest + 99 : lowest);
  }
  if (filter.slowerMs !== undefined) add("total_ms >= ?", filter.slowerMs);
  if (filter.text !== undefined) addText(filter.text, add);
  return { sql, parameters };
}

function addText(text: string, add: (condition: string, ...values: SqlValue[]) => void): void {
  const like = `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  const names = searchedColumns.map((column) => String.raw`${column} LIKE ? ESCAPE '\'`);
  const bodies = String.raw`EXISTS (SELECT 1 FROM call_bodies AS kept WHERE kept.id = calls.body_id AND (kept.request LIKE ? ESCAPE '\' OR kept.response LIKE ? ESCAPE '\'))`;
  add(`(${[...names, bodies].join(" OR ")})`, ...Array.from({ length: names.length + 2 }, () => like));
}
