/** Where the slider of context lengths stops, in tokens; 0 lets everything through. */
export const contextSteps: readonly number[] = [
  0, 4_096, 8_192, 16_384, 32_768, 65_536, 131_072, 200_000, 262_144, 400_000, 1_000_000, 2_000_000,
];

/** Where the sliders of prices stop, in US dollars for a million tokens; the last lets everything through. */
export const priceSteps: readonly number[] = [0, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 15, 30, 75, Number.POSITIVE_INFINITY];

/** The stop at or below a value. */
export function stepOf(steps: readonly number[], value: number): number {
  const above = steps.findIndex((step) => step > value);
  return above === -1 ? steps.length - 1 : Math.max(0, above - 1);
}

/** Reads what a person types for a number of tokens: `128000`, `128k`, `1M`. Undefined where it is none, or 0. */
export function readTokens(text: string): number | undefined {
  const [, digits, unit = ""] = /^\s*([\d.,]+)\s*([km]?)\s*$/i.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const value = Number(digits.replaceAll(",", "")) * ({ k: 1_000, m: 1_000_000 }[unit.toLowerCase()] ?? 1);
  return Number.isFinite(value) && value > 0 ? Math.round(value) : undefined;
}

/** Reads what a person types for a price: `2.5`, `$0.10`. Undefined where it is none. */
export function readPrice(text: string): number | undefined {
  const digits = /^\s*\$?\s*(\d*\.?\d+)\s*$/.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
