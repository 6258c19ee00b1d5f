import type { Store } from "#core/store/store.ts";

/** How a provider's calls went. */
export interface GatewayMeasure {
  readonly calls: number;
  /** The part of calls that the provider did not fail: 0 to 1. */
  readonly availability: number;
  /** Milliseconds from a call's start to its first byte; null where no call had one. */
  readonly medianFirstByteMs: number | null;
}

/**
 * Calls that say something about a provider: those that Postern sent, and that the client did not break off. Of failures
 * only those count that are the provider's: no answer, a broken one, 408, 429 and 5xx.
 */
const measureSql = `
  WITH sent AS (
    SELECT provider, first_byte_ms,
           ending = 'truncated' OR (ending = 'failed' AND (status IS NULL OR status IN (408, 429) OR status >= 500)) AS failed
    FROM calls
    WHERE started_at_ms >= ? AND provider IS NOT NULL AND ending IN ('finished', 'truncated', 'failed')
  ),
  ranked AS (
    SELECT provider, first_byte_ms,
           row_number() OVER (PARTITION BY provider ORDER BY first_byte_ms) AS place, count(*) OVER (PARTITION BY provider) AS places
    FROM sent WHERE first_byte_ms IS NOT NULL
  )
  SELECT sent.provider AS provider, count(*) AS calls, sum(sent.failed) AS failures,
         (SELECT first_byte_ms FROM ranked WHERE ranked.provider = sent.provider AND place = (places + 1) / 2) AS median_ms
  FROM sent GROUP BY sent.provider`;

const windowMs = 86_400_000;

/** Measures providers by the log of the last 24 hours. @returns by provider; one without calls is not in it */
export async function measureGateways(store: Pick<Store, "all">, nowMs: number): Promise<ReadonlyMap<string, GatewayMeasure>> {
  const rows = await store.all<{ provider: string; calls: number; failures: number; median_ms: number | null }>(measureSql, [
    Math.round(nowMs - windowMs),
  ]);
  return new Map(
    rows.map(({ provider, calls, failures, median_ms: medianFirstByteMs }) => [
      provider,
      { calls, availability: (calls - failures) / calls, medianFirstByteMs },
    ]),
  );
}
