import type { ProviderRow } from "#core/config/provider-rows.ts";
import type { GatewayLists } from "./gateway-lists.ts";
import type { KeptListings } from "./kept-listings.ts";
import type { ListSource } from "./list-sources.ts";
import type { Listing } from "./listing.ts";
import type { ModelFactBook } from "./model-facts.ts";
import type { ModelNames } from "./model-names.ts";
import type { ModelPrices, SourceModel } from "./source-model.ts";

/** A model as its provider lists it, with what else is known of it. */
export interface ListedModel {
  readonly id: string;
  readonly name: string | null;
  readonly createdAtSeconds: number | null;
  readonly ownedBy: string | null;
  readonly contextLength: number | null;
  readonly prices: ModelPrices | null;
}

/** The model lists of the configured providers, fetched when they are needed and kept for a while. */
export interface ModelLists {
  /** Sees to it that something is known of a provider's models, if it can be had. Waits only where nothing is. Never throws. */
  learn(row: ProviderRow): Promise<void>;
  /**
   * A provider's models. What is kept is given at once, and fetched anew behind it where it is old; where nothing is kept
   * the provider is asked first. Never throws.
   */
  list(row: ProviderRow): Promise<readonly ListedModel[]>;
  /** Which provider is known to list this exact id; of several, the model's own maker, then the first in `rows`. */
  servedBy(model: string, rows: readonly ProviderRow[]): string | null;
}

/** What the lists are made of. */
export interface ModelListsParts {
  readonly kept: KeptListings;
  readonly lists: GatewayLists;
  readonly facts: ModelFactBook;
  /** Resolves when what is on disk is there. */
  readonly loaded: () => Promise<void>;
  readonly names: Pick<ModelNames, "makerOf" | "madeBy">;
}

/** Opens the lists; nothing is fetched yet. */
export function openModelLists({ kept, lists, facts, loaded, names }: ModelListsParts): ModelLists {
  const byId = new WeakMap<Listing, ReadonlyMap<string, SourceModel>>();

  function modelsOf(source: ListSource): ReadonlyMap<string, SourceModel> | null {
    const listing = kept.get(source);
    if (listing === null) return null;
    let models = byId.get(listing);
    if (models === undefined)
      byId.set(listing, (models = new Map(listing.groups.flatMap((group) => group.models).map((model) => [model.id, model]))));
    return models;
  }

  async function learn(row: ProviderRow): Promise<ListSource | null> {
    const source = lists.find(row.id);
    if (source === undefined || !source.enabled) return null;
    await loaded();
    if (kept.get(source) === null && kept.failureOf(source) === null) await kept.fetch(source).catch(() => {});
    else if (kept.isStale(source)) kept.refreshQuietly(source);
    return source;
  }

  return {
    async learn(row) {
      await learn(row);
    },
    async list(row) {
      const source = await learn(row);
      if (source === null) return [];
      return [...(modelsOf(source)?.values() ?? [])].map((model) => {
        const known = facts.find(row.id, model.id);
        return {
          id: model.id,
          name: model.name,
          createdAtSeconds: model.createdAtSeconds,
          ownedBy: model.maker,
          contextLength: model.contextTokens ?? known?.facts.contextTokens ?? null,
          prices: model.prices ?? known?.prices ?? null,
        };
      });
    },
    servedBy(model, rows) {
      let first: string | null = null;
      let made: string | null = null;
      for (const row of rows) {
        const source = lists.find(row.id);
        const listed = source?.enabled === true ? modelsOf(source)?.get(model) : undefined;
        if (listed === undefined) continue;
        const said = listed.maker?.toLowerCase();
        const maker = said === undefined ? undefined : (names.makerOf(said) ?? said);
        if (maker === row.id) return row.id;
        // Azure sells OpenAI's models too: the maker itself goes before who only sells what it made.
        if (maker !== undefined && maker === names.madeBy(row.id)) made ??= row.id;
        first ??= row.id;
      }
      return made ?? first;
    },
  };
}
