/** The value in the middle; between the two in the middle where their number is even. @throws {Error} without values */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const upper = sorted[sorted.length >> 1];
  const lower = sorted[(sorted.length - 1) >> 1];
  if (upper === undefined || lower === undefined) throw new Error("Cannot take the median: there are no values");
  return (lower + upper) / 2;
}

/** The smallest value that at least this share of the values does not exceed. @throws {Error} without values */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new Error("Cannot take a percentile: there are no values");
  return value;
}
