/** US dollars for a million tokens, of an exact price of one; null stays null. For showing, not for sums. */
export function perMillion(price: string | null): number | null {
  return price === null ? null : Math.round(Number(price) * 1e15) / 1e9;
}
