import type { OfferMeasure } from "#shared/schema/model-list.ts";
import type { Store } from "#core/store/store.ts";

/** Days of calls that count. */
const windowMs = 7 * 86_400_000;
/** A call that wrote less says nothing of a speed. */
const leastTokens = 20;
/** No model has so many offers that a person would look at. */
const mostOffers = 200;

interface Row {
  readonly provider: string;
  readonly model_served: string;
  readonly calls: number;
  readonly failures: number;
  readonly median_ms: number | null;
  readonly written_tokens: number | null;
  readonly writing_ms: number | null;
}

/**
 * Measures offers of a model by the log of the last seven days. What counts as the provider's failure is as for whole providers
 * (`measure-gateways.ts`).
 *
 * @returns one for each offer that was called, in no order
 */
export async function measureOffers(
  store: Pick<Store, "all">,
  offers: readonly { readonly provider: string; readonly id: string }[],
  nowMs: number,
): Promise<readonly OfferMeasure[]> {
  const asked = offers.slice(0, mostOffers);
  if (asked.length === 0) return [];
  const rows = await store.all<Row & Record<string, string | number | null>>(measureSql(asked.length), [
    ...asked.flatMap(({ provider, id }) => [provider, id]),
    Math.round(nowMs - windowMs),
  ]);
  return rows.map((row) => ({
    gateway: row.provider,
    id: row.model_served,
    calls: row.calls,
    availability: (row.calls - row.failures) / row.calls,
    median_first_byte_ms: row.median_ms,
    tokens_per_second:
      row.written_tokens === null || row.writing_ms === null || row.writing_ms <= 0 ? null : (row.written_tokens * 1000) / row.writing_ms,
  }));
}

function measureSql(offers: number): string {
  const wanted = Array.from({ length: offers }, () => "(?, ?)").join(", ");
  return `
  WITH wanted (provider, model_served) AS (VALUES ${wanted}),
  sent AS (
    SELECT calls.provider, calls.model_served, first_byte_ms, output_tokens, total_ms,
           ending = 'truncated' OR (ending = 'failed' AND (status IS NULL OR status IN (408, 429) OR status >= 500)) AS failed,
           ending = 'finished' AND streamed = 1 AND output_tokens >= ${leastTokens} AND total_ms > first_byte_ms AS wrote
    FROM calls JOIN wanted USING (provider, model_served)
    WHERE started_at_ms >= ? AND ending IN ('finished', 'truncated', 'failed')
  ),
  ranked AS (
    SELECT provider, model_served, first_byte_ms,
           row_number() OVER (PARTITION BY provider, model_served ORDER BY first_byte_ms) AS place,
           count(*) OVER (PARTITION BY provider, model_served) AS places
    FROM sent WHERE first_byte_ms IS NOT NULL
  )
  SELECT sent.provider AS provider, sent.model_served AS model_served, count(*) AS calls, sum(sent.failed) AS failures,
         (SELECT first_byte_ms FROM ranked
          WHERE ranked.provider = sent.provider AND ranked.model_served = sent.model_served AND place = (places + 1) / 2) AS median_ms,
         sum(CASE WHEN wrote THEN output_tokens END) AS written_tokens,
         sum(CASE WHEN wrote THEN total_ms - first_byte_ms END) AS writing_ms
  FROM sent GROUP BY sent.provider, sent.model_served`;
}
