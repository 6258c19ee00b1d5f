const units = ["", "k", "M", "G"] as const;

/** A number of tokens or calls in at most five characters: `987`, `12.3k`, `4.56M`. */
export function countText(count: number): string {
  let rest = count;
  let unit = 0;
  // Not at 1000: 999.95 would be written as 1000k.
  while (rest >= 999.5 && unit < units.length - 1) {
    rest /= 1_000;
    unit += 1;
  }
  const digits = unit === 0 ? 0 : rest < 9.995 ? 2 : rest < 99.95 ? 1 : 0;
  return `${rest.toFixed(digits)}${units[unit]}`;
}
