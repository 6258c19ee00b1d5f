/**
 * How durations are counted: a bucket for each half of a power of two, from 1 ms to 2^20 ms (17 minutes), and one for all
 * that is longer. A quantile read from them is at most a fifth off, and histograms of several days add up.
 */
export const bucketCount = 41;

/**
 * The bucket of a column of whole milliseconds, in SQL. The small addend keeps exact powers of two out of the bucket
 * below.
 */
export function bucketSql(column: string): string {
  return `min(${bucketCount - 1}, cast(2 * log2(max(${column}, 1)) + 1e-9 AS INTEGER))`;
}

/** Where a bucket begins, in milliseconds; the one behind the last begins where it ends. */
function boundMs(bucket: number): number {
  return bucket === 0 ? 0 : 2 ** (bucket / 2);
}

/**
 * A quantile of what was counted, as if each bucket's values were spread evenly over it.
 *
 * @param counts one for each bucket
 * @param part 0.5 for the median
 * @returns whole milliseconds; null where nothing was counted
 */
export function quantileMs(counts: readonly number[], part: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const wanted = Math.max(1, Math.ceil(total * part));
  let seen = 0;
  for (const [bucket, count] of counts.entries()) {
    if (seen + count < wanted) {
      seen += count;
      continue;
    }
    const from = boundMs(bucket);
    const to = boundMs(bucket + 1);
    return Math.round(from + ((to - from) * (wanted - seen - 0.5)) / count);
  }
  return null;
}
