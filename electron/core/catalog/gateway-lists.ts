import type { PosternError } from "#shared/errors.ts";
import type { Config } from "#core/config/live-config.ts";
import type { ProviderRow } from "#core/config/provider-rows.ts";
import { type BuiltInChutes, withBuiltIn } from "./built-in-listing.ts";
import type { KeptListings } from "./kept-listings.ts";
import { gatewayOrder, listSources, type ListSource, modelsDevId } from "./list-sources.ts";
import type { Listing } from "./listing.ts";
import type { NamedListing } from "./model-index.ts";

/** The sources as the configuration has them now, and what is known of each. */
export interface GatewayLists {
  /** Every source, whatever can be had from it. */
  all(): readonly ListSource[];
  /** A source by a provider's id or synonym, or `models.dev`. */
  find(name: string): ListSource | undefined;
  /** The gateways in the order in which they are asked for a model, without those of weight 0. */
  inOrder(): readonly ListSource[];
  /** Whether it may be asked: it is switched on, and has the key that it needs. */
  isUsable(source: ListSource): boolean;
  /** Whether a call could go to a provider now. */
  isCallable(provider: string): boolean;
  /** What is known of a source, with what ships with Postern. */
  listingOf(source: ListSource): Listing | null;
  /** Every list that is shown, the best informed first. */
  listings(): readonly NamedListing[];
}

/** What the lists are made of. */
export interface GatewayListsParts {
  readonly config: () => Config;
  readonly kept: KeptListings;
  readonly builtIn: BuiltInChutes;
  readonly hasKey: (provider: string) => boolean;
  /** What keeps a source from being asked with its key; null where nothing does. */
  readonly keyProblem: (source: ListSource) => PosternError | null;
}

const builtInGateway = "chutes";

/** Joins configuration, keys and lists. */
export function openGatewayLists(parts: GatewayListsParts): GatewayLists {
  let ofConfig: Config | null = null;
  let sources: readonly ListSource[] = [];
  let byId: ReadonlyMap<string, ListSource> = new Map();
  const composed = new WeakMap<Listing, Listing>();

  function all(): readonly ListSource[] {
    const config = parts.config();
    if (config !== ofConfig) {
      sources = listSources(config);
      byId = new Map(sources.map((source) => [source.id, source]));
      ofConfig = config;
    }
    return sources;
  }

  function find(name: string): ListSource | undefined {
    all();
    return byId.get(name) ?? byId.get(parts.config().rows.find(name)?.id ?? name);
  }

  /** A keyless row that the person wrote: built-in keyless ones are asked only when they are named. */
  function isOpen(row: ProviderRow): boolean {
    return row.local || Object.hasOwn(parts.config().providers, row.id);
  }

  function isUsable(source: ListSource): boolean {
    if (!source.enabled) return false;
    if (source.key === "none") return source.row === null || isOpen(source.row);
    return source.key === "welcome" || parts.keyProblem(source) === null;
  }

  function isCallable(provider: string): boolean {
    const row = parts.config().rows.find(provider);
    if (row === undefined || !row.enabled || row.missingOptions.length > 0) return false;
    return row.auth === "none" ? isOpen(row) : parts.hasKey(row.id);
  }

  function listingOf(source: ListSource): Listing | null {
    const live = parts.kept.get(source);
    if (source.id !== builtInGateway) return live;
    if (live === null) return parts.builtIn.whole;
    let whole = composed.get(live);
    if (whole === undefined) composed.set(live, (whole = withBuiltIn(live, parts.builtIn)));
    return whole;
  }

  function inOrder(): readonly ListSource[] {
    const gateways = all().filter((source) => source.row !== null && source.enabled && source.weight > 0);
    const rank = (source: ListSource): number => (gatewayOrder.includes(source.id) ? gatewayOrder.indexOf(source.id) : gatewayOrder.length);
    return gateways.toSorted((one, other) => other.weight - one.weight || rank(one) - rank(other));
  }

  return {
    all,
    find,
    inOrder,
    isUsable,
    isCallable,
    listingOf,
    listings() {
      const shown = all().filter((source) => source.enabled);
      // The providers know best what they offer; the public list fills what they leave out.
      return shown.flatMap((source) => {
        const listing = listingOf(source);
        if (listing === null) return [];
        return [{ source: source.id, listing: source.id === modelsDevId ? underOurIds(listing, parts.config()) : listing }];
      });
    },
  };
}

/** models.dev's names of providers, where they are synonyms of ours. */
function underOurIds(listing: Listing, { rows }: Config): Listing {
  return { ...listing, groups: listing.groups.map((group) => ({ ...group, provider: rows.find(group.provider)?.id ?? group.provider })) };
}
