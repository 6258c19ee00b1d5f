import { setImmediate as nextTurn } from "node:timers/promises";
import type { Listing } from "./listing.ts";
import type { ModelNames } from "./model-names.ts";
import { dateOf, type ModelName, nameModel } from "./name-model.ts";
import { fillGaps, type SourceModel } from "./source-model.ts";

/** One provider's offer of a model, from everything that is known of it. */
export interface Endpoint {
  readonly provider: string;
  readonly facts: SourceModel;
  /** Who says so; the provider's own list first. */
  readonly sources: readonly string[];
}

/** One model with everywhere that it can be had. */
export interface ModelRow {
  /** `openai/gpt-4o-2024-08-06`, in the catalog's own spelling. */
  readonly key: string;
  readonly maker: string | null;
  /** The best informed first: the maker's own, then OpenRouter's, then as they came. */
  readonly endpoints: readonly Endpoint[];
}

/** Every model that is known, by every name. Never changed: another one takes its place. */
export interface ModelIndex {
  readonly rows: readonly ModelRow[];
  /** Everybody who serves a model. */
  readonly providers: readonly string[];
  /** How many endpoints there are in all. */
  readonly endpoints: number;
  /** A provider's offer by the provider's own name for it. */
  endpoint(provider: string, id: string): Endpoint | undefined;
  /** Every offer of a provider, in the order of its list. */
  endpointsOf(provider: string): readonly Endpoint[];
  /** The row that an offer stands in. */
  rowOf(endpoint: Endpoint): ModelRow;
  /** A model by a provider's id for it, `@provider/id`, slug, canonical slug, or another spelling of these. */
  find(name: string): ModelRow | undefined;
}

/** A list and what it is called. The earlier source is heard first. */
export interface NamedListing {
  readonly source: string;
  readonly listing: Listing;
}

/** So many endpoints are named before other work gets its turn. */
const endpointsPerTurn = 2_000;

/** Joins all lists into one index. It gives way to other work in between. */
export async function buildModelIndex(listings: readonly NamedListing[], names: ModelNames): Promise<ModelIndex> {
  const byProvider = mergeSources(listings);
  const namer = createNamer(names);
  const offers: Offer[] = [];
  for (const [provider, endpoints] of byProvider) {
    for (const endpoint of endpoints.values()) {
      if (offers.length % endpointsPerTurn === endpointsPerTurn - 1) await nextTurn();
      offers.push({ endpoint, name: namer(endpoint.facts.id, provider, endpoint.facts.maker) });
    }
  }
  await nextTurn();
  const families = groupByFamily(offers, namer);
  await nextTurn();
  const spellings: [string, ModelRow][] = [];
  const rows: ModelRow[] = [];
  for (const [family, members] of families) {
    for (const [key, offered] of splitByDate(family, members)) {
      const row = toRow(key, offered);
      rows.push(row);
      // What comes out the same when it is taken apart is found without being written down.
      for (const { endpoint, name } of offered) if (keyOf(name) !== key) spellings.push([endpoint.facts.id.toLowerCase(), row]);
    }
  }
  await nextTurn();
  return indexRows(rows, { byProvider, spellings, names });
}

type Namer = (id: string, provider: string | null, saidMaker: string | null) => ModelName;

/** Takes names apart, each spelling with a maker in it once: most of them stand in several lists. */
function createNamer(names: ModelNames): Namer {
  const known = new Map<string, ModelName>();
  return (id, provider, saidMaker) => {
    const saysAll = id.includes("/") && !id.startsWith("@") && (provider === null || !names.hasDottedMakers(provider));
    if (!saysAll) return nameModel(id, provider, names, saidMaker);
    let name = known.get(id);
    if (name === undefined) known.set(id, (name = nameModel(id, null, names)));
    return name;
  };
}

interface Offer {
  readonly endpoint: Endpoint;
  readonly name: ModelName;
}

function mergeSources(listings: readonly NamedListing[]): Map<string, Map<string, Endpoint>> {
  const byProvider = new Map<string, Map<string, Endpoint>>();
  const aloneOf = new Map<string, readonly string[]>();
  for (const { source, listing } of listings) {
    const alone = aloneOf.get(source) ?? [source];
    aloneOf.set(source, alone);
    for (const { provider, models } of listing.groups) {
      let endpoints = byProvider.get(provider);
      if (endpoints === undefined) byProvider.set(provider, (endpoints = new Map()));
      for (const facts of models) {
        const known = endpoints.get(facts.id);
        endpoints.set(
          facts.id,
          known === undefined
            ? { provider, facts, sources: alone }
            : { provider, facts: fillGaps(known.facts, facts), sources: [...known.sources, source] },
        );
      }
    }
  }
  return byProvider;
}

/** Brings the spellings of one model together: by its name, by its id at Hugging Face, and by a name that only one maker uses. */
function groupByFamily(offers: readonly Offer[], namer: Namer): Map<string, Offer[]> {
  const makersOf = new Map<string, string | null>();
  const byHuggingFace = new Map<string, string | null>();
  for (const { endpoint, name } of offers) {
    if (name.maker === null) continue;
    const { family } = name;
    addUnlessTwo(makersOf, name.bare, family);
    const { huggingFaceId, id } = endpoint.facts;
    if (huggingFaceId !== null && huggingFaceId !== id) {
      addUnlessTwo(byHuggingFace, namer(huggingFaceId, null, null).family, family);
    }
  }
  const families = new Map<string, Offer[]>();
  for (const offer of offers) {
    const own = offer.name.family;
    const family = (offer.name.maker === null ? makersOf.get(offer.name.bare) : byHuggingFace.get(own)) ?? own;
    const members = families.get(family);
    if (members === undefined) families.set(family, [offer]);
    else members.push(offer);
  }
  return families;
}

/** What two say differently is said by none. */
function addUnlessTwo(map: Map<string, string | null>, key: string, value: string): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, value);
  else if (known !== value) map.set(key, null);
}

/**
 * A family whose names carry one date at most is one model. With several dates each is its own, and the name without a
 * date means the version that its canonical slug names.
 */
function splitByDate(family: string, members: readonly Offer[]): Iterable<readonly [string, readonly Offer[]]> {
  const dates = new Set(members.flatMap(({ name }) => (name.date === null ? [] : [name.date])));
  if (dates.size <= 1) return [[family, members]];
  let current: string | null = null;
  for (const { endpoint, name } of members) {
    const { canonicalId } = endpoint.facts;
    if (current === null && name.date === null && canonicalId !== null) current = dateOf(canonicalId);
  }
  const rows = new Map<string, Offer[]>();
  for (const offer of members) {
    const { date } = offer.name;
    const key = date === null || date === current ? family : withDate(family, date);
    const row = rows.get(key);
    if (row === undefined) rows.set(key, [offer]);
    else row.push(offer);
  }
  return rows;
}

function keyOf({ family, date }: ModelName): string {
  return date === null ? family : withDate(family, date);
}

function withDate(family: string, date: string): string {
  return `${family}-${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`;
}

function toRow(key: string, offers: readonly Offer[]): ModelRow {
  const maker = offers.find(({ name }) => name.maker !== null)?.name.maker ?? null;
  const endpoints = offers.map(({ endpoint }) => endpoint);
  if (endpoints.length > 1) endpoints.sort((one, other) => standing(one, maker) - standing(other, maker));
  return { key, maker, endpoints };
}

/** Who knows best: smaller is better. */
function standing({ provider, facts, sources }: Endpoint, maker: string | null): number {
  if (facts.maker !== null && facts.maker === maker) return 0;
  if (provider === "openrouter") return isVariant(facts.id) ? 2 : 1;
  return sources.includes(provider) ? 3 : 4;
}

/** Whether an id names a special way to be served, such as `:free`, whose terms are not the model's. */
export function isVariant(id: string): boolean {
  return /:[a-z]+$/.test(id);
}

function indexRows(
  rows: readonly ModelRow[],
  parts: {
    readonly byProvider: ReadonlyMap<string, ReadonlyMap<string, Endpoint>>;
    readonly spellings: readonly (readonly [string, ModelRow])[];
    readonly names: ModelNames;
  },
): ModelIndex {
  const { byProvider, names } = parts;
  const rowOf = new Map<Endpoint, ModelRow>();
  const byName = new Map<string, ModelRow>();
  const addName = (name: string, row: ModelRow): void => {
    if (!byName.has(name)) byName.set(name, row);
  };
  for (const row of rows) addName(row.key, row);
  for (const [spelling, row] of parts.spellings) addName(spelling, row);
  for (const row of rows) {
    for (const endpoint of row.endpoints) {
      rowOf.set(endpoint, row);
      const { canonicalId, id } = endpoint.facts;
      if (canonicalId !== null && canonicalId !== id) addName(canonicalId.toLowerCase(), row);
    }
  }
  // A whole name goes before a part of another one.
  for (const row of rows) {
    const slash = row.key.indexOf("/");
    if (slash !== -1) addName(row.key.slice(slash + 1), row);
  }
  return {
    rows,
    providers: [...byProvider.keys()],
    endpoints: rowOf.size,
    endpoint: (provider, id) => byProvider.get(provider)?.get(id),
    endpointsOf: (provider) => [...(byProvider.get(provider)?.values() ?? [])],
    rowOf: (endpoint) => rowOf.get(endpoint) as ModelRow,
    find(name) {
      if (name.startsWith("@")) {
        const slash = name.indexOf("/");
        const endpoint = slash === -1 ? undefined : byProvider.get(name.slice(1, slash))?.get(name.slice(slash + 1));
        if (endpoint !== undefined) return rowOf.get(endpoint);
      }
      const exact = byName.get(name.toLowerCase());
      if (exact !== undefined) return exact;
      const { family, date } = nameModel(name, null, names);
      const dated = date === null ? undefined : byName.get(withDate(family, date));
      if (dated !== undefined) return dated;
      const row = byName.get(family);
      // Another day's version is another model.
      return date === null || row?.endpoints.some(({ facts }) => dateOf(facts.id) === date || dateOf(facts.canonicalId ?? "") === date)
        ? row
        : undefined;
    },
  };
}
