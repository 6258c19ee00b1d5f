import type { ProviderRows } from "#core/config/provider-rows.ts";
import { PairMap } from "#shared/pair-map.ts";
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
  /** What a provider's own list calls a model, where it is named otherwise; null where the list has the name, or not the model. */
  idAt(provider: string, name: string): string | null;
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
  let known = new PairMap<KnownModel | null>();
  let ids = new PairMap<string | null>();
  let world: World = [index.current, rows(), bundled()];

  /** Forgets what was looked up in another world than today's. */
  function refresh(): void {
    const [oldIndex, oldRows, oldPrices] = world;
    const isSame = index.current === oldIndex && rows() === oldRows && bundled() === oldPrices;
    if (isSame && known.size <= mostRemembered && ids.size <= mostRemembered) return;
    known = new PairMap();
    ids = new PairMap();
    world = [index.current, rows(), bundled()];
  }

  return {
    find(provider, model) {
      if (model.length > longestModel) return null;
      refresh();
      let found = known.get(provider, model);
      if (found === undefined) known.set(provider, model, (found = lookUp(provider, model, world)));
      return found;
    },
    idAt(provider, name) {
      if (name.length > longestModel) return null;
      refresh();
      let id = ids.get(provider, name);
      if (id === undefined) ids.set(provider, name, (id = ownId(provider, name, index.current)));
      return id;
    },
  };
}

type World = readonly [ModelIndex, ProviderRows, BundledPrices | null];

function ownId(provider: string, name: string, index: ModelIndex): string | null {
  const row = index.endpoint(provider, name) === undefined ? index.find(name) : undefined;
  return row?.endpoints.find((endpoint) => endpoint.provider === provider && endpoint.sources.includes(provider))?.facts.id ?? null;
}

function lookUp(provider: string, model: string, [index, rows, bundled]: World): KnownModel | null {
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
