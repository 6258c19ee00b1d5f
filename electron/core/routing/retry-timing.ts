/** Portkey's default list of statuses that are worth another try at the same target, and 529, Anthropic's "overloaded". */
export const defaultRetryStatuses: readonly number[] = [429, 500, 502, 503, 504, 529];

const firstDelayMs = 500;
const longestDelayMs = 8_000;
/** A provider that asks for a longer pause than this is not waited for: its answer goes to the client, who may know better. */
const longestRetryAfterMs = 60_000;

/**
 * Chooses how long to wait before the next try.
 *
 * @param attempt 1 for the first retry
 * @param random 0 up to 1, for the jitter: all of the delay is jittered, so that clients that failed together spread out
 * @returns milliseconds, or null where waiting is no use because the provider asked for more than a minute
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 */
export function retryDelayMs(attempt: number, options: { readonly retryAfterMs: number | null; readonly random: number }): number | null {
  if (options.retryAfterMs !== null) return options.retryAfterMs > longestRetryAfterMs ? null : options.retryAfterMs;
  return Math.round(options.random * Math.min(longestDelayMs, firstDelayMs * 2 ** (attempt - 1)));
}

/**
 * Reads how long a provider wants to be left alone: `retry-after-ms` (OpenAI, Azure), then `retry-after` in seconds or
 * as a date.
 *
 * @returns milliseconds from now, 0 or more; null where the provider says nothing that can be read
 */
export function readRetryAfterMs(headers: Readonly<Record<string, string | string[] | undefined>>, nowMs: number): number | null {
  const milliseconds = Number.parseFloat(first(headers["retry-after-ms"] ?? headers["x-ms-retry-after-ms"]));
  if (Number.isFinite(milliseconds) && milliseconds >= 0) return milliseconds;
  const text = first(headers["retry-after"]).trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Number.parseFloat(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - nowMs);
}

function first(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value) ?? "";
}
