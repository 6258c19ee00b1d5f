import type { ModelPrice, Provider } from "@pydantic/genai-prices";
import type { ProviderRow } from "#core/config/provider-rows.ts";
import { readDecimal } from "./decimal.ts";
import { type ModelPrices, noPrices } from "./source-model.ts";

/** What ships with Postern about a model, for when no list says it. */
export interface BundledFacts {
  readonly prices: ModelPrices | null;
  readonly contextTokens: number | null;
}

/** Prices that ship with Postern: no network is asked. */
export interface BundledPrices {
  /** Null where nothing is known. A search of microseconds to a tenth of a millisecond: keep what it finds. */
  find(row: Pick<ProviderRow, "id" | "synonyms" | "baseUrl">, model: string): BundledFacts | null;
}

/**
 * Loads the prices of `@pydantic/genai-prices`, which takes some 50 ms: not at start.
 *
 * @see https://github.com/pydantic/genai-prices
 */
export async function loadBundledPrices(): Promise<BundledPrices> {
  const { calcPrice, findProvider } = await import("@pydantic/genai-prices");
  const providers = new Map<string, Provider | null>();

  function providerOf(row: Pick<ProviderRow, "id" | "synonyms" | "baseUrl">): Provider | null {
    let found = providers.get(row.id);
    if (found === undefined) {
      const ids = [row.id, ...row.synonyms].map((providerId) => findProvider({ providerId }));
      found = ids.find((provider) => provider !== undefined) ?? findProvider({ providerApiUrl: row.baseUrl }) ?? null;
      providers.set(row.id, found);
    }
    return found;
  }

  return {
    find(row, model) {
      const provider = providerOf(row);
      if (provider === null) return null;
      try {
        const found = calcPrice({ input_tokens: 1 }, model, { provider });
        return found === null ? null : { prices: toPrices(found.model_price), contextTokens: found.model.context_window ?? null };
      } catch {
        // A model that is paid otherwise than by the token.
        return null;
      }
    },
  };
}

function toPrices(price: ModelPrice): ModelPrices {
  return {
    ...noPrices,
    input: perToken(price["input_mtok"]),
    output: perToken(price["output_mtok"]),
    cacheRead: perToken(price["cache_read_mtok"]),
    cacheWrite: perToken(price["cache_write_mtok"]),
    audio: perToken(price["input_audio_mtok"]),
  };
}

/** Where a price rises with the length of the prompt, the first step's. */
function perToken(price: ModelPrice[string]): string | null {
  return price === undefined ? null : readDecimal(typeof price === "number" ? price : price.base, -6);
}
