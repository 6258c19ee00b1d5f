import type { OwnPrice } from "#shared/schema/usage.ts";
import type { CallPrice, PriceOf } from "./cost.ts";

/** What is known of a model's prices: exact decimals of US dollars for one token or one request; null is unknown. */
export interface ListedPrices {
  readonly input: string | null;
  readonly output: string | null;
  readonly cacheRead: string | null;
  readonly cacheWrite: string | null;
  readonly request: string | null;
}

/** Where prices come from. Each is asked anew for each call, and is to be quick. */
export interface PriceSources {
  /** The person's own, by `provider/model`. Another object once they changed. */
  own(): Readonly<Record<string, OwnPrice>>;
  /** What the catalog says. The same object for as long as nothing changed. */
  listed(provider: string, model: string): ListedPrices | null;
  /** Whether its calls cost nothing: the built-in model, a server on this machine. */
  isFree(provider: string): boolean;
}

const free: CallPrice = {
  inputUsdPerMillion: 0,
  outputUsdPerMillion: 0,
  cacheReadUsdPerMillion: 0,
  cacheWriteUsdPerMillion: 0,
  requestUsd: null,
  source: "catalog",
};

/** Finds a call's price: the person's own before every list's. What was made of an entry is kept with it. */
export function createPriceOf(sources: PriceSources): PriceOf {
  const made = new WeakMap<object, CallPrice>();
  const keep = (from: object, make: () => CallPrice): CallPrice => {
    let price = made.get(from);
    if (price === undefined) made.set(from, (price = make()));
    return price;
  };
  return (provider, model) => {
    const said = findOwn(sources.own(), provider, model);
    if (said !== undefined) return keep(said, () => ownPrice(said));
    if (sources.isFree(provider)) return free;
    const listed = sources.listed(provider, model);
    return listed === null ? null : keep(listed, () => listedPrice(listed));
  };
}

function findOwn(own: Readonly<Record<string, OwnPrice>>, provider: string, model: string): OwnPrice | undefined {
  // Most people have none, and then no name has to be put together.
  if (Object.keys(own).length === 0) return undefined;
  const name = `${provider}/${model}`;
  return Object.hasOwn(own, name) ? own[name] : undefined;
}

function ownPrice({ input, output, cacheRead, cacheWrite, request }: OwnPrice): CallPrice {
  return {
    inputUsdPerMillion: input,
    outputUsdPerMillion: output,
    cacheReadUsdPerMillion: cacheRead ?? null,
    cacheWriteUsdPerMillion: cacheWrite ?? null,
    requestUsd: request ?? null,
    source: "person",
  };
}

function listedPrice(prices: ListedPrices): CallPrice {
  return {
    inputUsdPerMillion: perMillion(prices.input),
    outputUsdPerMillion: perMillion(prices.output),
    cacheReadUsdPerMillion: perMillion(prices.cacheRead),
    cacheWriteUsdPerMillion: perMillion(prices.cacheWrite),
    requestUsd: prices.request === null ? null : Number(prices.request),
    source: "catalog",
  };
}

/** Rounded where a binary fraction could not hold the decimal: 0.15, and not 0.15000000000000002. */
function perMillion(perToken: string | null): number | null {
  return perToken === null ? null : Math.round(Number(perToken) * 1e15) / 1e9;
}
