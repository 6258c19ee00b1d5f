/** What a model costs, in US dollars for a million tokens. 0 is free; what is unknown has no price at all. */
export interface Price {
  readonly inputUsdPerMillion: number;
  readonly outputUsdPerMillion: number;
}

/** What stands in for a call of unknown size, so that two prices can be compared: a question and its answer. */
const usualInputTokens = 1_000;
const usualOutputTokens = 500;

/**
 * What a call would cost.
 *
 * @param size in tokens; what is unknown counts as a usual call's
 * @returns millionths of a US dollar; null where the price is unknown
 */
export function estimateCostMicroUsd(
  price: Price | null,
  size: { readonly inputTokens: number | null; readonly maxOutputTokens: number | null } | null,
): number | null {
  if (price === null) return null;
  const inputTokens = size?.inputTokens ?? usualInputTokens;
  // What a client allows is far above what models write, so it only bounds the usual answer.
  const outputTokens = Math.min(size?.maxOutputTokens ?? usualOutputTokens, usualOutputTokens);
  return inputTokens * price.inputUsdPerMillion + outputTokens * price.outputUsdPerMillion;
}
