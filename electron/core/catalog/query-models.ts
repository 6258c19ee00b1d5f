import { PosternError } from "#shared/errors.ts";
import type { ModelFilter } from "#shared/schema/model.ts";
import type { ModelRow } from "./model-index.ts";
import type { RowFacts } from "./row-facts.ts";

/** A part of the rows that a filter lets through. */
export interface RowPage {
  readonly rows: readonly ModelRow[];
  readonly total: number;
  readonly nextCursor: string | null;
}

/** What a filter may look at. */
export interface QueryWorld {
  readonly rows: readonly ModelRow[];
  readonly factsOf: (row: ModelRow) => RowFacts;
  /** Whether a call could go to a provider now. */
  readonly isCallable: (provider: string) => boolean;
}

type SortValue = string | number;

/**
 * Filters and sorts rows, and gives one page. What is unknown stands last in either direction. A cursor holds the place
 * of the last row in the order, so that pages neither repeat nor leave out rows when lists change in between.
 *
 * @throws {PosternError} `invalid_value` for a cursor of another list
 */
export function queryModels(filter: ModelFilter, world: QueryWorld): RowPage {
  const keep = compileFilter(filter, world);
  const place = placeOf(filter, world);
  const found: { row: ModelRow; value: SortValue | null }[] = [];
  for (const row of world.rows) if (keep(row)) found.push({ row, value: place(row) });
  const order = (one: { row: ModelRow; value: SortValue | null }, other: { row: ModelRow; value: SortValue | null }): number =>
    comparePlaces([one.value, one.row.key], [other.value, other.row.key], filter.descending);
  found.sort(order);
  const after = filter.cursor === undefined ? null : readCursor(filter.cursor, filter);
  const start = after === null ? 0 : found.findIndex(({ row, value }) => comparePlaces([value, row.key], after, filter.descending) > 0);
  const page = start === -1 ? [] : found.slice(start, start + filter.limit);
  const last = page.at(-1);
  const isLast = start === -1 || start + filter.limit >= found.length;
  return {
    rows: page.map(({ row }) => row),
    total: found.length,
    nextCursor: last === undefined || isLast ? null : writeCursor([last.value, last.row.key], filter),
  };
}

function compileFilter(filter: ModelFilter, { factsOf, isCallable }: QueryWorld): (row: ModelRow) => boolean {
  const words = (filter.text ?? "")
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  const maker = filter.provider?.toLowerCase();
  const [takes, gives] = readModality(filter.modality ?? "");
  const { min_context: least, max_price: most, gateway } = filter;
  return (row) => {
    if (maker !== undefined && row.maker !== maker) return false;
    if (gateway !== undefined && !row.endpoints.some(({ provider }) => provider === gateway)) return false;
    if (filter.callable && !row.endpoints.some(({ provider }) => isCallable(provider))) return false;
    const facts = factsOf(row);
    if (least !== undefined && (facts.contextTokens === null || facts.contextTokens < least)) return false;
    if (most !== undefined && (facts.inputUsdPerMillion === null || facts.inputUsdPerMillion > most)) return false;
    if (!takes.every((modality) => facts.inputModalities?.includes(modality) === true)) return false;
    if (!gives.every((modality) => facts.outputModalities?.includes(modality) === true)) return false;
    if (!filter.capabilities.every((ability) => facts.abilities.has(ability))) return false;
    return words.every((word) => facts.names.includes(word));
  };
}

function readModality(text: string): [string[], string[]] {
  const [takes = "", gives = ""] = text.split("->");
  const split = (side: string): string[] => side.split("+").filter((word) => word !== "");
  return [split(takes), split(gives)];
}

function placeOf({ sort }: ModelFilter, { factsOf }: QueryWorld): (row: ModelRow) => SortValue | null {
  switch (sort) {
    case "name":
      return (row) => factsOf(row).sortName;
    case "context":
      return (row) => factsOf(row).contextTokens;
    case "price":
      return (row) => factsOf(row).inputUsdPerMillion;
    case "output-price":
      return (row) => factsOf(row).outputUsdPerMillion;
    case "created":
      return (row) => factsOf(row).createdAtSeconds;
  }
}

type Place = readonly [SortValue | null, string];

function comparePlaces([one, oneKey]: Place, [other, otherKey]: Place, descending: boolean): number {
  if (one !== other) {
    if (one === null) return 1;
    if (other === null) return -1;
    return one < other === descending ? 1 : -1;
  }
  return oneKey < otherKey ? -1 : oneKey > otherKey ? 1 : 0;
}

function writeCursor([value, key]: Place, { sort, descending }: ModelFilter): string {
  return Buffer.from(JSON.stringify([sort, descending, value, key])).toString("base64url");
}

function readCursor(cursor: string, { sort, descending }: ModelFilter): Place {
  try {
    const [ofSort, ofDirection, value, key] = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")) as unknown[];
    const isValue = value === null || typeof value === "string" || typeof value === "number";
    if (ofSort === sort && ofDirection === descending && isValue && typeof key === "string") return [value, key];
  } catch {
    // Said below.
  }
  throw new PosternError("invalid_value", "Cannot go on from this cursor: it is of another list; begin without one", { param: "cursor" });
}
