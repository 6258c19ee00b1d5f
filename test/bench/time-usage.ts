import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { openStore } from "#core/store/open-store.ts";
import type { Store } from "#core/store/store.ts";
import { sumUp } from "#core/usage/call-sums.ts";
import { queryUsage } from "#core/usage/query-usage.ts";
import type { MicroResult } from "./micro.ts";
import { median } from "./statistics.ts";

const calls = 1_000_000;
const days = 30;
const dayMs = 86_400_000;
const sinceMs = Date.UTC(2026, 8, 1);

/** Rows as of five tools that use forty models at six providers, spread evenly over the month. */
const fillSql = `
  WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${calls - 1})
  INSERT INTO calls (started_at_ms, day, endpoint, grant_id, tool, alias, provider, model_asked, model_served, key_name, status, ending,
    streamed, attempts, first_byte_ms, total_ms, input_tokens, cached_input_tokens, output_tokens, cost_micro_usd, cost_source)
  SELECT ${sinceMs} + n * ${(days * dayMs) / calls}, (${sinceMs} + n * ${(days * dayMs) / calls}) / ${dayMs}, 'chat', 'grant' || (n % 5), 'tool' || (n % 5),
    'alias' || (n % 3), 'provider' || (n % 6), 'model' || (n % 40), 'model' || (n % 40), 'work', 200,
    CASE n % 50 WHEN 0 THEN 'failed' ELSE 'finished' END, n % 2, '[]', 100 + (n * 7919) % 3000, 500 + (n * 104729) % 30000,
    (n * 31) % 9000, (n * 31) % 4000, (n * 17) % 900, ((n * 31) % 9000) * 0.15, 'estimated'
  FROM numbers`;

/** How long a month takes to be summed up by day and by model, on a million calls, and what the sums cost a call when they are made. */
export async function timeUsage(): Promise<readonly MicroResult[]> {
  const folder = mkdtempSync(path.join(tmpdir(), "postern-bench-usage-"));
  const store = await openStore(path.join(folder, "postern.db"));
  try {
    await store.run(fillSql);
    const startedAtMs = performance.now();
    await sumUp(store);
    const summedMs = performance.now() - startedAtMs;
    return [
      { title: "sumUp: a call, of a million", microseconds: (summedMs * 1_000) / calls },
      { title: "queryUsage: 30 days by day, a million calls", microseconds: await timeQuery(store, "day") },
      { title: "queryUsage: 30 days by model, a million calls", microseconds: await timeQuery(store, "model") },
    ];
  } finally {
    await store.close();
    rmSync(folder, { recursive: true });
  }
}

async function timeQuery(store: Store, by: "day" | "model"): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 15; round++) {
    const startedAtMs = performance.now();
    const { groups } = await queryUsage(store, by, { since: sinceMs - dayMs });
    if (groups.length < days) throw new Error(`Cannot measure the sums: ${groups.length} groups instead of ${days} or more`);
    times.push((performance.now() - startedAtMs) * 1_000);
  }
  return median(times);
}
