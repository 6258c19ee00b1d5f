import type { ProviderRows } from "#core/config/provider-rows.ts";
import type { BundledPrices } from "./bundled-prices.ts";
import type { LiveIndex } from "./live-index.ts";
import type { Endpoint, ModelIndex } from "./model-index.ts";
import { firstKnown, perMillion } from "./row-facts.ts";
import type { ModelPrices } from "./source-model.ts";

/** What a plan of targets asks of a model; null is unknown. */
export interface PlanFacts {
  readonly contextTokens: number | null;
  readonly vision: boolean | null;
  readonly tools: boolean | null;
  /** US dollars for a million tokens. */
  readonly price: { readonly inputUsdPerMillion: number; readonly outputUsdPerMillion: number } | null;
}

/** Everything that is kept of one model at one provider. */
export interface KnownModel {
  readonly facts: PlanFacts;
  readonly prices: ModelPrices | null;
  /** Who says the prices: a list, or what ships with Postern; null where nobody does. */
  readonly pricesFrom: "list" | "genai-prices" | null;
}

/** Looks models up for calls: a map's time, once a model has been asked for. */
export interface ModelFactBook {
  /** Null where nothing is known. */
  find(provider: string, model: string): KnownModel | null;
}

const mostRemembered = 10_000;
/** No model's name is longer. */
const longestModel = 256;

/**
 * Opens the book. What it found is remembered until the index, the provider rows or the bundled prices change.
 *
 * @param bundled null until they are loaded; asking for them begins that
 */
export function openFactBook(index: LiveIndex, rows: () => ProviderRows, bundled: () => BundledPrices | null): ModelFactBook {
  let remembered = new Map<string, KnownModel | null>();
  let rememberedOf: readonly unknown[] = [];

  return {
    find(provider, model) {
      if (model.length > longestModel) return null;
      const world = [index.current, rows(), bundled()] as const;
      if (world.some((part, at) => part !== rememberedOf[at]) || remembered.size > mostRemembered) {
        remembered = new Map();
        rememberedOf = world;
      }
      const key = `${provider} ${model}`;
      let known = remembered.get(key);
      if (known === undefined) remembered.set(key, (known = lookUp(provider, model, world)));
      return known;
    },
  };
}

function lookUp(
  provider: string,
  model: string,
  [index, rows, bundled]: readonly [ModelIndex, ProviderRows, BundledPrices | null],
): KnownModel | null {
  const endpoint = index.endpoint(provider, model);
  // Any other offer of the same model has its limits and abilities, but not its price.
  const row = endpoint === undefined ? index.find(model) : index.rowOf(endpoint);
  const providerRow = rows.find(provider);
  const own = pricesOf(endpoint);
  const shipped = providerRow === undefined || own !== null ? null : (bundled?.find(providerRow, model) ?? null);
  if (row === undefined && shipped === null) return null;
  const prices = own ?? shipped?.prices ?? null;
  const modalities = endpoint?.facts.inputModalities ?? (row === undefined ? null : firstKnown(row, "inputModalities"));
  const input = perMillion(prices, "input");
  const output = perMillion(prices, "output");
  return {
    facts: {
      contextTokens:
        endpoint?.facts.contextTokens ?? (row === undefined ? null : firstKnown(row, "contextTokens")) ?? shipped?.contextTokens ?? null,
      vision: modalities?.includes("image") ?? null,
      tools: endpoint?.facts.tools ?? (row === undefined ? null : firstKnown(row, "tools")),
      price: input === null || output === null ? null : { inputUsdPerMillion: input, outputUsdPerMillion: output },
    },
    prices,
    pricesFrom: own !== null ? "list" : prices === null ? null : "genai-prices",
  };
}

function pricesOf(endpoint: Endpoint | undefined): ModelPrices | null {
  const prices = endpoint?.facts.prices ?? null;
  return prices === null || prices.input === null ? null : prices;
}
