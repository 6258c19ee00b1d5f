import { modelFlags, type ModelList } from "#shared/schema/model-list.ts";

/** Who serves models. */
export interface Provider {
  readonly id: string;
  readonly name: string;
  /** Whether a call could go there now. */
  readonly callable: boolean;
  /** How many models it serves. */
  readonly models: number;
}

/** Who makes models. */
export interface Maker {
  readonly id: string;
  readonly name: string;
  readonly models: number;
}

/** A place where a model can be had. */
export interface Offer {
  readonly provider: Provider;
  /** The provider's own name for the model. */
  readonly id: string;
}

/** A model as the table shows, finds and sorts it. */
export interface Model {
  /** The catalog's own name for it, and its place in the URL. */
  readonly slug: string;
  /** The spelling that most people know. */
  readonly id: string;
  /** Without its maker's. */
  readonly name: string;
  readonly maker: Maker | null;
  readonly createdAtSeconds: number | null;
  readonly context: number | null;
  readonly maxOutput: number | null;
  /** US dollars for a million tokens; null is unknown. */
  readonly inputPrice: number | null;
  readonly outputPrice: number | null;
  readonly cacheReadPrice: number | null;
  /** Bits of {@link ModelCatalog.modalities}; below 0, nobody says. */
  readonly takes: number;
  readonly gives: number;
  /** Bits of `modelFlags`. */
  readonly flags: number;
  readonly offers: readonly Offer[];
  /** Its name and id in lower case: what a search should find first. */
  readonly title: string;
  /** The same one by one, and the id without what stands before its last slash. */
  readonly names: readonly string[];
  /** Everything that it is found by, in lower case. */
  readonly haystack: string;
}

/** Every model, made ready for searching. */
export interface ModelCatalog {
  readonly models: readonly Model[];
  readonly makers: readonly Maker[];
  readonly providers: readonly Provider[];
  readonly modalities: readonly string[];
  readonly bySlug: ReadonlyMap<string, Model>;
}

type Writable<Thing> = { -readonly [Key in keyof Thing]: Thing[Key] };

/** Unpacks the list: some 10 ms for 10,000 models. */
export function readModelCatalog(list: ModelList): ModelCatalog {
  const columns = list.models;
  const makers: Writable<Maker>[] = list.makers.map((maker) => ({ ...maker, models: 0 }));
  const providers: Writable<Provider>[] = list.providers.map((provider) => ({ ...provider, models: 0 }));
  const providerWords = list.providers.map(({ id, name }) => `${id}\n${name}`.toLowerCase());
  const bySlug = new Map<string, Model>();
  let offer = 0;
  const models = columns.slugs.map((slug, at): Model => {
    const id = columns.ids[at] === "" ? slug : (columns.ids[at] ?? slug);
    const fullName = columns.names[at] === "" ? id : (columns.names[at] ?? id);
    const maker = makers[columns.makers[at] ?? -1] ?? null;
    if (maker !== null) maker.models += 1;
    const name = maker !== null && fullName.startsWith(`${maker.name}: `) ? fullName.slice(maker.name.length + 2) : fullName;
    const lowerName = name.toLowerCase();
    const lowerId = id.toLowerCase();
    const title = `${lowerName}\n${lowerId}`;
    let haystack = `${title}\n${slug}`;
    if (maker !== null) haystack += `\n${maker.name.toLowerCase()}`;
    const offers: Offer[] = [];
    const seen = new Set<number>();
    for (const end = offer + (columns.offer_counts[at] ?? 0); offer < end; offer++) {
      const place = list.offers.providers[offer] ?? -1;
      const provider = providers[place];
      if (provider === undefined) continue;
      const own = list.offers.ids[offer] ?? "";
      offers.push({ provider, id: own === "" ? id : own });
      if (own !== "") haystack += `\n${own.toLowerCase()}`;
      if (seen.has(place)) continue;
      seen.add(place);
      provider.models += 1;
      haystack += `\n${providerWords[place] ?? ""}`;
    }
    const model: Model = {
      slug,
      id,
      name,
      maker,
      createdAtSeconds: columns.created[at] ?? null,
      context: columns.context[at] ?? null,
      maxOutput: columns.max_output[at] ?? null,
      inputPrice: columns.input_prices[at] ?? null,
      outputPrice: columns.output_prices[at] ?? null,
      cacheReadPrice: columns.cache_read_prices[at] ?? null,
      takes: columns.takes[at] ?? -1,
      gives: columns.gives[at] ?? -1,
      flags: columns.flags[at] ?? 0,
      offers,
      title,
      names: [lowerName, lowerId, lowerId.slice(lowerId.lastIndexOf("/") + 1)],
      haystack,
    };
    bySlug.set(slug, model);
    return model;
  });
  const most = (one: Maker, other: Maker): number => other.models - one.models || one.name.localeCompare(other.name);
  return {
    models,
    makers: makers.toSorted(most),
    providers: providers.toSorted((one, other) => Number(other.callable) - Number(one.callable) || most(one, other)),
    modalities: list.modalities,
    bySlug,
  };
}

/** Whether something holds of a model. */
export function hasFlag(model: Model, flag: keyof typeof modelFlags): boolean {
  return (model.flags & modelFlags[flag]) !== 0;
}

/** Whether a call could reach the model now. */
export function isCallable(model: Model): boolean {
  return model.offers.some(({ provider }) => provider.callable);
}

/** The offer that one would call: the first that can be called, without a special tier where there is another; else the first. */
export function chooseOffer(model: Model): Offer | null {
  const callable = model.offers.filter(({ provider }) => provider.callable);
  return callable.find(({ id }) => !/:[a-z]+$/.test(id)) ?? callable[0] ?? model.offers[0] ?? null;
}

/** How a call names an offer. */
export function callNameOf({ provider, id }: { readonly provider: Pick<Provider, "id">; readonly id: string }): string {
  return `@${provider.id}/${id}`;
}

/** The different providers of a model, in the order of its offers. */
export function providersOf(model: Model): readonly Provider[] {
  return [...new Set(model.offers.map(({ provider }) => provider))];
}
