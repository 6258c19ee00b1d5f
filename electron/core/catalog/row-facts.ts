import type { ModelAbility } from "#shared/schema/model.ts";
import { type Endpoint, isVariant, type ModelRow } from "./model-index.ts";
import type { ModelPrices, SourceModel } from "./source-model.ts";

/** What a list is filtered and sorted by; computed once for each row. Unknown is null. */
export interface RowFacts {
  /** Every name, in lower case, with line ends between. */
  readonly names: string;
  readonly sortName: string;
  readonly contextTokens: number | null;
  /** The offer whose usual call costs least; null where no price is known. */
  readonly cheapest: Endpoint | null;
  /** US dollars for a million tokens, of {@link RowFacts.cheapest}. */
  readonly inputUsdPerMillion: number | null;
  readonly outputUsdPerMillion: number | null;
  readonly createdAtSeconds: number | null;
  readonly inputModalities: readonly string[] | null;
  readonly outputModalities: readonly string[] | null;
  readonly abilities: ReadonlySet<ModelAbility>;
  readonly openWeights: boolean | null;
}

/** A question of a thousand tokens and an answer of five hundred: what makes two prices comparable. */
const usualInput = 1_000;
const usualOutput = 500;

/** The first offer that says something about a fact, the best informed first. */
export function firstKnown<Field extends keyof SourceModel>(row: ModelRow, field: Field): SourceModel[Field] | null {
  for (const { facts } of row.endpoints) if (facts[field] !== null) return facts[field];
  return null;
}

/** Whether anybody can have the weights: as a list says, or since they lie at Hugging Face. */
function hasOpenWeights(row: ModelRow): boolean | null {
  return firstKnown(row, "openWeights") ?? (firstKnown(row, "huggingFaceId") === null ? null : true);
}

/** Computes what a row is found by. */
export function computeRowFacts(row: ModelRow): RowFacts {
  const { cheapest, input, output } = findCheapest(row);
  const inputModalities = firstKnown(row, "inputModalities");
  return {
    names: namesOf(row).join("\n"),
    sortName: (firstKnown(row, "name") ?? row.key).toLowerCase(),
    contextTokens: firstKnown(row, "contextTokens"),
    cheapest,
    inputUsdPerMillion: input,
    outputUsdPerMillion: output,
    createdAtSeconds: firstKnown(row, "createdAtSeconds"),
    inputModalities,
    outputModalities: firstKnown(row, "outputModalities"),
    abilities: new Set([
      ...(row.endpoints.some(({ facts }) => facts.tools === true) ? (["tools"] as const) : []),
      ...(row.endpoints.some(({ facts }) => facts.jsonSchema === true) ? (["json_schema"] as const) : []),
      ...(row.endpoints.some(({ facts }) => facts.reasoning === true) ? (["reasoning"] as const) : []),
      ...(row.endpoints.some(({ facts }) => facts.caching === true) ? (["caching"] as const) : []),
      ...(inputModalities?.includes("image") === true ? (["vision"] as const) : []),
    ]),
    openWeights: hasOpenWeights(row),
  };
}

function namesOf(row: ModelRow): string[] {
  const names = new Set<string>([row.key]);
  for (const { provider, facts } of row.endpoints) {
    names.add(`@${provider}/${facts.id}`.toLowerCase());
    if (facts.name !== null) names.add(facts.name.toLowerCase());
  }
  return [...names];
}

function findCheapest(row: ModelRow): { cheapest: Endpoint | null; input: number | null; output: number | null } {
  let best: { cheapest: Endpoint; input: number; output: number | null; cost: number } | null = null;
  // What is free in a variant is not what the model costs, unless there is no other offer.
  const priced = row.endpoints.filter(({ facts }) => (facts.prices?.input ?? null) !== null);
  const plain = priced.filter(({ facts }) => !isVariant(facts.id));
  for (const endpoint of plain.length > 0 ? plain : priced) {
    const { prices } = endpoint.facts;
    const input = perMillion(prices, "input") as number;
    const output = perMillion(prices, "output");
    const cost = input * usualInput + (output ?? 0) * usualOutput;
    if (best === null || cost < best.cost) best = { cheapest: endpoint, input, output, cost };
  }
  return best ?? { cheapest: null, input: null, output: null };
}

/** A price as a number, to compare and to estimate with; the exact one is the text. */
export function perMillion(prices: ModelPrices | null, field: keyof ModelPrices): number | null {
  const price = prices?.[field];
  return price === null || price === undefined ? null : Math.round(Number(price) * 1e15) / 1e9;
}
