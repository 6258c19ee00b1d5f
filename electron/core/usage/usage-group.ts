import type { UsageGroup } from "#shared/contract/usage.ts";
import { bucketCount, quantileMs } from "./buckets.ts";
import { sumColumns } from "./call-sums.ts";

/** One row of sums, by column. */
export type SumRow = Readonly<Record<string, number>>;

/** Sums of nothing, to add to. */
export function emptyRow(): Record<string, number> {
  return Object.fromEntries(sumColumns.map((name) => [name, 0]));
}

/** Adds a row to another. */
export function addRow(sum: Record<string, number>, row: SumRow): void {
  for (const name of sumColumns) sum[name] = (sum[name] ?? 0) + (row[name] ?? 0);
}

/** What a row of sums comes to. */
export function groupOf(key: string, row: SumRow): UsageGroup {
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
    costMicroUsd: knownCost(of("cost_micro_usd"), of("unpriced_calls")),
    unpricedCalls: of("unpriced_calls"),
    savedMicroUsd: of("saved_micro_usd"),
    firstByteMs: { p50: quantileMs(firstByte, 0.5), p95: quantileMs(firstByte, 0.95) },
    totalMs: { p50: quantileMs(total, 0.5), p95: quantileMs(total, 0.95) },
    tokensPerSecond: of("writing_ms") === 0 ? null : (of("written_tokens") * 1_000) / of("writing_ms"),
  };
}

/** A sum of costs; null where it is nothing beside calls of unknown price: that is not the same as nothing that was paid. */
export function knownCost(costMicroUsd: number, unpricedCalls: number): number | null {
  return unpricedCalls > 0 && costMicroUsd === 0 ? null : costMicroUsd;
}
