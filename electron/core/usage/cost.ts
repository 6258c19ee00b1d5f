/** What a model costs: US dollars for a million tokens. 0 is free; null is unknown. */
export interface CallPrice {
  readonly inputUsdPerMillion: number | null;
  readonly outputUsdPerMillion: number | null;
  /** Null where the list names no price of its own for what a cache gave: then it costs what other input costs. */
  readonly cacheReadUsdPerMillion: number | null;
  readonly cacheWriteUsdPerMillion: number | null;
  /** US dollars for the call itself, beside its tokens; null where nobody says so, which is none. */
  readonly requestUsd: number | null;
  /** Who says so: the person, in config.json, or the catalog. */
  readonly source: "person" | "catalog";
}

/** Looks a model's price up, in microseconds; null where it is unknown. */
export type PriceOf = (provider: string, model: string) => CallPrice | null;

/** What was counted: all input, and all output; null where nobody said. */
export interface CountedTokens {
  readonly inputTokens: number | null;
  readonly cachedInputTokens: number | null;
  readonly cacheWriteTokens: number | null;
  readonly outputTokens: number | null;
}

/**
 * What a call cost. Each dialect's reader has put the provider's own counting right by then: cached input is always
 * inside the input, reasoning inside the output.
 *
 * @returns millionths of a US dollar, fractions too; null where a count or a price that it takes is unknown
 */
export function costMicroUsd(tokens: CountedTokens, price: CallPrice | null): number | null {
  if (price === null || tokens.inputTokens === null) return null;
  const cacheRead = tokens.cachedInputTokens ?? 0;
  const cacheWrite = tokens.cacheWriteTokens ?? 0;
  const plain = Math.max(0, tokens.inputTokens - cacheRead - cacheWrite);
  const input = price.inputUsdPerMillion;
  const parts = [
    priced(plain, input),
    priced(cacheRead, price.cacheReadUsdPerMillion ?? input),
    priced(cacheWrite, price.cacheWriteUsdPerMillion ?? input),
    // Embeddings have no output, and no price for it.
    priced(tokens.outputTokens ?? 0, price.outputUsdPerMillion),
  ];
  let sum = (price.requestUsd ?? 0) * 1e6;
  for (const part of parts) {
    if (part === null) return null;
    sum += part;
  }
  return sum;
}

/**
 * What a provider's cache spared: the cached input at its full price, less what it cost and what filling the cache cost on
 * top. Below 0 where a cache was filled and not used yet.
 *
 * @returns millionths of a US dollar; null where no cache had a part, or the price of plain input is unknown
 */
export function savedMicroUsd(tokens: Pick<CountedTokens, "cachedInputTokens" | "cacheWriteTokens">, price: CallPrice): number | null {
  const read = tokens.cachedInputTokens ?? 0;
  const write = tokens.cacheWriteTokens ?? 0;
  const input = price.inputUsdPerMillion;
  if (input === null || (read === 0 && write === 0)) return null;
  return read * (input - (price.cacheReadUsdPerMillion ?? input)) - write * ((price.cacheWriteUsdPerMillion ?? input) - input);
}

/** A millionth of a dollar for a token is a dollar for a million of them. */
function priced(tokens: number, usdPerMillion: number | null): number | null {
  return tokens === 0 ? 0 : usdPerMillion === null ? null : tokens * usdPerMillion;
}
