/**
 * An amount in words: as many digits as matter, and never 0 for something.
 *
 * @param microUsd millionths of a US dollar; null is unknown
 * @returns `$12.30`, `$0.0042`, `<$0.0001`, or `?`
 */
export function moneyText(microUsd: number | null): string {
  if (microUsd === null) return "?";
  const usd = microUsd / 1e6;
  if (usd === 0) return "$0";
  if (usd < 0.0001) return "<$0.0001";
  return usd < 1 ? `$${usd.toFixed(4)}` : `$${usd.toFixed(2)}`;
}
