import type { Store } from "#core/store/store.ts";
import { sumUp } from "./call-sums.ts";
import { localDay, spanOfDay, startOfDay } from "./local-day.ts";

/** What a grant was used for lately. */
export interface GrantActivity {
  readonly grantId: string;
  /** The begin of its last call, as far as calls are kept; to the day where only the sums are left. */
  readonly lastSeenAtMs: number;
  readonly callsToday: number;
  /** Millionths of a US dollar, of the calls whose cost is known. */
  readonly costTodayMicroUsd: number;
}

interface DayRow {
  readonly grant_id: string;
  readonly last_day: number;
  readonly calls: number;
  readonly cost: number;
}

/** Reads each grant's activity from the sums by day; of its last day, from the calls themselves. Grants without calls are not in it. */
export async function readGrantActivity(
  store: Pick<Store, "all" | "transaction">,
  grantIds: readonly string[],
  nowMs: number,
): Promise<readonly GrantActivity[]> {
  await sumUp(store);
  const today = localDay(nowMs);
  const rows = await store.all<DayRow>(
    `SELECT grant_id, max(day) AS last_day, sum(CASE WHEN day = ? THEN calls ELSE 0 END) AS calls,
       sum(CASE WHEN day = ? THEN cost_micro_usd ELSE 0 END) AS cost
     FROM call_days WHERE grant_id IN (SELECT value FROM json_each(?)) GROUP BY grant_id`,
    [today, today, JSON.stringify(grantIds)],
  );
  return Promise.all(
    rows.map(async ({ grant_id: grantId, last_day: lastDay, calls, cost }) => {
      // The index is by time: only the calls of about a day are looked at.
      const [last] = await store.all<{ at: number | null }>(
        "SELECT max(started_at_ms) AS at FROM calls WHERE started_at_ms >= ? AND started_at_ms < ? AND grant_id = ?",
        [...spanOfDay(lastDay), grantId],
      );
      return { grantId, lastSeenAtMs: last?.at ?? startOfDay(lastDay), callsToday: calls, costTodayMicroUsd: cost };
    }),
  );
}
