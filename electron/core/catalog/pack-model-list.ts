import { setImmediate as nextTurn } from "node:timers/promises";
import { modelFlags, type ModelList, noMaker, unknownModalities } from "#shared/schema/model-list.ts";
import type { ModelRow } from "./model-index.ts";
import { firstKnown, perMillion, type RowFacts } from "./row-facts.ts";
import type { SourceModel } from "./source-model.ts";
import { displayId } from "./view-model.ts";

/** What a packed list is made of. */
export interface PackParts {
  readonly rows: readonly ModelRow[];
  readonly factsOf: (row: ModelRow) => RowFacts;
  /** Whether a call could go to a provider now. */
  readonly isCallable: (provider: string) => boolean;
  /** What a provider is called; null where no row says. */
  readonly nameOf: (provider: string) => string | null;
  readonly nowMs: () => number;
}

/** About 3 ms of work. */
const rowsPerTurn = 1_000;
/** So many modalities have a bit of their own; nobody lists more than ten. */
const mostModalities = 30;

/** An end that is further away than this is no reason yet to look elsewhere. */
const noticeMs = 90 * 86_400_000;

type Columns = ModelList["models"];

/** Packs every row into columns. It gives way to other work in between. */
export async function packModelList(parts: PackParts): Promise<ModelList> {
  const { rows, factsOf } = parts;
  const nowMs = parts.nowMs();
  const makers = createNumbering<string>();
  const providers = createNumbering<string>();
  const modalities = createNumbering<string>();
  const models = emptyColumns();
  const offers: ModelList["offers"] = { providers: [], ids: [] };
  const bitsOf = (words: readonly string[] | null): number =>
    words === null ? unknownModalities : words.reduce((bits, word) => bits | bitAt(modalities.numberOf(word)), 0);
  for (const [at, row] of rows.entries()) {
    if (at % rowsPerTurn === rowsPerTurn - 1) await nextTurn();
    const facts = factsOf(row);
    const id = displayId(row);
    const name = firstKnown(row, "name") ?? id;
    models.slugs.push(row.key);
    models.ids.push(id === row.key ? "" : id);
    models.names.push(name === id ? "" : name);
    models.makers.push(row.maker === null ? noMaker : makers.numberOf(row.maker));
    models.created.push(facts.createdAtSeconds);
    models.context.push(facts.contextTokens);
    models.max_output.push(firstKnown(row, "maxOutputTokens"));
    models.input_prices.push(facts.inputUsdPerMillion);
    models.output_prices.push(facts.outputUsdPerMillion);
    models.cache_read_prices.push(perMillion(facts.cheapest?.facts.prices ?? null, "cacheRead"));
    models.takes.push(bitsOf(facts.inputModalities));
    models.gives.push(bitsOf(facts.outputModalities));
    models.flags.push(flagsOf(row, facts, nowMs));
    models.offer_counts.push(row.endpoints.length);
    for (const { provider, facts: offered } of row.endpoints) {
      offers.providers.push(providers.numberOf(provider));
      offers.ids.push(offered.id === id ? "" : offered.id);
    }
  }
  return {
    providers: providers.values.map((id) => ({ id, name: parts.nameOf(id) ?? id, callable: parts.isCallable(id) })),
    makers: nameMakers(makers.values, models, parts.nameOf),
    modalities: modalities.values.slice(0, mostModalities),
    models,
    offers,
  };
}

function bitAt(place: number): number {
  return place < mostModalities ? 1 << place : 0;
}

function flagsOf(row: ModelRow, { abilities, openWeights }: RowFacts, nowMs: number): number {
  let flags = 0;
  for (const ability of abilities) flags |= modelFlags[ability];
  if (openWeights === true) flags |= modelFlags.openWeights;
  if (row.endpoints.some(({ facts }) => isFree(facts))) flags |= modelFlags.free;
  const ends = firstKnown(row, "deprecatedAt");
  // Some say no date, only "deprecated".
  if (ends !== null && !(Date.parse(ends) > nowMs + noticeMs)) flags |= modelFlags.deprecated;
  return flags;
}

function isFree({ prices }: SourceModel): boolean {
  return perMillion(prices, "input") === 0 && (perMillion(prices, "output") ?? 0) === 0;
}

/** How most lists spell a maker before its models' names, `Meta: Llama 3`; else the provider's name, else the maker's id. */
function nameMakers(ids: readonly string[], models: Columns, nameOf: PackParts["nameOf"]): ModelList["makers"] {
  const spellings = ids.map(() => new Map<string, number>());
  for (const [at, name] of models.names.entries()) {
    const spelling = /^([^:/]{2,32}): /.exec(name)?.[1];
    const counts = spellings[models.makers[at] ?? noMaker];
    if (spelling !== undefined && counts !== undefined) counts.set(spelling, (counts.get(spelling) ?? 0) + 1);
  }
  return ids.map((id, at) => {
    const [most] = [...(spellings[at] ?? [])].sort(([, one], [, other]) => other - one);
    return { id, name: most?.[0] ?? nameOf(id) ?? id };
  });
}

/** Numbers things by when they first came. */
function createNumbering<Thing>(): { readonly values: Thing[]; numberOf(thing: Thing): number } {
  const numbers = new Map<Thing, number>();
  const values: Thing[] = [];
  return {
    values,
    numberOf(thing) {
      let number = numbers.get(thing);
      if (number === undefined) {
        number = values.push(thing) - 1;
        numbers.set(thing, number);
      }
      return number;
    },
  };
}

function emptyColumns(): Columns {
  return {
    slugs: [],
    ids: [],
    names: [],
    makers: [],
    created: [],
    context: [],
    max_output: [],
    input_prices: [],
    output_prices: [],
    cache_read_prices: [],
    takes: [],
    gives: [],
    flags: [],
    offer_counts: [],
  };
}
