import type { SqlValue, Store } from "#core/store/store.ts";
import type { UsageFilter, UsageGroup, UsageMeasure, UsageSeries, UsageSeriesQuery, UsageStep } from "#shared/contract/usage.ts";
import { PosternError } from "#shared/errors.ts";
import { sumColumns, sumKeySql, sumSql, sumUp } from "./call-sums.ts";
import { csvLine, type CsvValue } from "./csv-line.ts";
import { filterColumns } from "./query-usage.ts";
import { addRow, emptyRow, groupOf, type SumRow } from "./usage-group.ts";
import { addSteps, dayOfDate, stepStarts } from "./usage-steps.ts";

const hourMs = 3_600_000;
const longestHours = 73;
const mostPoints = 1_000;

const columnOf = { tool: "tool", alias: "alias", provider: "provider", model: "model", key: "key_name" } as const;

/** Sums of one group in one step. */
type StepRow = SumRow & { readonly key: string; readonly at: number };

/** Where a series begins and ends, cut to whole steps. */
interface Span {
  readonly by: UsageSeriesQuery["by"];
  readonly step: UsageStep;
  /** The beginning of each step, and the end of the last. */
  readonly starts: readonly number[];
  readonly filter: UsageFilter;
}

/**
 * Sums calls up over time. Hours are counted from the calls themselves, everything longer from the sums by day.
 *
 * @throws {PosternError} `invalid_value` where it would be longer than it may be
 */
export async function queryUsageSeries(store: Pick<Store, "all" | "transaction">, query: UsageSeriesQuery): Promise<UsageSeries> {
  const { by, step, since: _since, until: _until, rank, most, ...filter } = query;
  const starts = readStarts(query);
  const span: Span = { by, step, starts, filter };
  const rows = await readRows(store, span);
  const previous = await readRows(store, { ...span, starts: startsBefore(step, starts) });
  const named = new Map<string, Record<string, number>>();
  for (const row of rows) addRow(rowOf(named, row.key), row);
  const ranked = [...named].map(([key, sum]) => groupOf(key, sum)).sort(byMeasure(rank));
  const names = new Set(ranked.slice(0, most).map(({ key }) => key));
  const sumOf = (some: readonly StepRow[]): Record<string, number> => {
    const sum = emptyRow();
    for (const row of some) addRow(sum, row);
    return sum;
  };
  const othersOf = (some: readonly StepRow[]): UsageGroup | null => {
    const rest = some.filter(({ key }) => !names.has(key));
    return rest.length === 0 ? null : groupOf("", sumOf(rest));
  };
  const rowsAt = Map.groupBy(rows, ({ at }) => at);
  return {
    by,
    step,
    groups: ranked.slice(0, most),
    others: othersOf(rows),
    otherCount: Math.max(0, ranked.length - most),
    points: starts.slice(0, -1).map((startMs, at) => {
      const here = rowsAt.get(at) ?? [];
      return {
        startMs,
        groups: here.filter(({ key }) => names.has(key)).map((row) => groupOf(row.key, row)),
        others: othersOf(here),
        total: groupOf("", sumOf(here)),
      };
    }),
    total: groupOf("", sumOf(rows)),
    before: groupOf("", sumOf(previous)),
  };
}

/** The sums over time as comma-separated values, a line for each step and group that has calls. Money is in US dollars. */
export async function exportUsageCsv(
  store: Pick<Store, "all" | "transaction">,
  query: Omit<UsageSeriesQuery, "rank" | "most">,
): Promise<ReadableStream<Uint8Array>> {
  const { by, step, since: _since, until: _until, ...filter } = query;
  const starts = readStarts(query);
  const rows = await readRows(store, { by, step, starts, filter });
  rows.sort((one, other) => one.at - other.at || other["calls"]! - one["calls"]!);
  const lines = rows.values();
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode(csvLine(["start", by, ...csvColumns]))),
    pull(controller) {
      const next = lines.next();
      if (next.done === true) return controller.close();
      controller.enqueue(encoder.encode(csvLine(csvValues(starts[next.value.at] ?? 0, groupOf(next.value.key, next.value)))));
    },
  });
}

const csvColumns = [
  "calls",
  "errors",
  "cacheHits",
  "uncachedInputTokens",
  "cacheReadTokens",
  "cacheWriteTokens",
  "outputTokens",
  "reasoningTokens",
  "costUsd",
  "unpricedCalls",
  "savedUsd",
  "firstByteP50Ms",
  "firstByteP95Ms",
  "totalP50Ms",
  "totalP95Ms",
  "tokensPerSecond",
];

function csvValues(startMs: number, group: UsageGroup): CsvValue[] {
  const { tokens, firstByteMs, totalMs } = group;
  return [
    new Date(startMs).toISOString(),
    group.key,
    group.calls,
    group.errors,
    group.cacheHits,
    tokens.uncachedInput,
    tokens.cacheRead,
    tokens.cacheWrite,
    tokens.output,
    tokens.reasoning,
    group.costMicroUsd === null ? null : group.costMicroUsd / 1e6,
    group.unpricedCalls,
    group.savedMicroUsd / 1e6,
    firstByteMs.p50,
    firstByteMs.p95,
    totalMs.p50,
    totalMs.p95,
    group.tokensPerSecond,
  ];
}

function readStarts({ step, since, until }: Pick<UsageSeriesQuery, "step" | "since" | "until">): readonly number[] {
  if (until <= since) throw new PosternError("invalid_value", 'Cannot sum this period up: "until" must be later than "since"');
  if (step === "hour" && until - since > longestHours * hourMs)
    throw new PosternError("invalid_value", "Cannot sum this period up by the hour: it is longer than three days; use days");
  if ((until - since) / (24 * hourMs) > mostPoints && step === "day")
    throw new PosternError("invalid_value", "Cannot sum this period up by the day: it is longer than 1000 days; use weeks or months");
  return stepStarts(step, since, until);
}

/** As many steps, right before. */
function startsBefore(step: UsageStep, starts: readonly number[]): readonly number[] {
  const first = starts[0] ?? 0;
  const count = starts.length - 1;
  return Array.from({ length: count + 1 }, (_, index) => addSteps(step, first, index - count));
}

async function readRows(store: Pick<Store, "all" | "transaction">, span: Span): Promise<StepRow[]> {
  return span.step === "hour" ? readHours(store, span) : readDays(store, span);
}

async function readHours(store: Pick<Store, "all">, { by, starts, filter }: Span): Promise<StepRow[]> {
  const first = starts[0] ?? 0;
  const where = [`started_at_ms >= ${first}`, `started_at_ms < ${starts.at(-1) ?? 0}`];
  const parameters: SqlValue[] = [];
  for (const [name, column] of Object.entries(filterColumns)) {
    const value = filter[name as keyof typeof filterColumns];
    if (value === undefined) continue;
    where.push(`${sumKeySql(column)} = ?`);
    parameters.push(value);
  }
  const keys = [["at", `CAST((started_at_ms - ${first}) / ${hourMs} AS INTEGER)`] as const, ["key", sumKeySql(columnOf[by])] as const];
  return store.all<StepRow>(sumSql(keys, where.join(" AND ")), parameters);
}

async function readDays(store: Pick<Store, "all" | "transaction">, { by, starts, filter }: Span): Promise<StepRow[]> {
  await sumUp(store);
  const days = starts.map((startMs) => dayOfDate(new Date(startMs)));
  const where = ["day >= ?", "day < ?"];
  const parameters: SqlValue[] = [days[0] ?? 0, days.at(-1) ?? 0];
  for (const [name, column] of Object.entries(filterColumns)) {
    const value = filter[name as keyof typeof filterColumns];
    if (value === undefined) continue;
    where.push(`${column} = ?`);
    parameters.push(value);
  }
  const sums = sumColumns.map((name) => `sum(${name}) AS ${name}`).join(", ");
  const rows = await store.all<SumRow & { readonly key: string; readonly day: number }>(
    `SELECT day, ${columnOf[by]} AS key, ${sums} FROM call_days WHERE ${where.join(" AND ")} GROUP BY 1, 2 ORDER BY 1`,
    parameters,
  );
  const folded = new Map<string, Record<string, number> & { key: string; at: number }>();
  let at = 0;
  for (const row of rows) {
    while (row.day >= (days[at + 1] ?? Infinity)) at += 1;
    const id = `${at} ${row.key}`;
    let sum = folded.get(id);
    if (sum === undefined) folded.set(id, (sum = Object.assign(emptyRow(), { key: row.key, at })));
    addRow(sum, row);
  }
  return [...folded.values()];
}

function rowOf(rows: Map<string, Record<string, number>>, key: string): Record<string, number> {
  let row = rows.get(key);
  if (row === undefined) rows.set(key, (row = emptyRow()));
  return row;
}

function byMeasure(measure: UsageMeasure): (one: UsageGroup, other: UsageGroup) => number {
  const valueOf = (group: UsageGroup): number => {
    const { tokens } = group;
    switch (measure) {
      case "cost":
        return group.costMicroUsd ?? 0;
      case "tokens":
        return tokens.uncachedInput + tokens.cacheRead + tokens.cacheWrite + tokens.output;
      case "calls":
        return group.calls;
      case "errors":
        return group.errors;
      default:
        return measure satisfies never;
    }
  };
  return (one, other) => valueOf(other) - valueOf(one) || other.calls - one.calls || (one.key < other.key ? -1 : 1);
}
