import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ModelFilter, modelFilterSchema, modelSorts } from "#shared/schema/model.ts";
import type { ModelRow } from "./model-index.ts";
import { queryModels, type QueryWorld } from "./query-models.ts";
import { computeRowFacts } from "./row-facts.ts";
import { bareModel, noPrices, type SourceModel } from "./source-model.ts";

function row(key: string, facts: Partial<SourceModel> = {}): ModelRow {
  return {
    key,
    maker: key.split("/")[0] ?? null,
    endpoints: [{ provider: "openrouter", facts: { ...bareModel(key), ...facts }, sources: ["openrouter"] }],
  };
}

function worldOf(rows: readonly ModelRow[]): QueryWorld {
  return { rows, factsOf: computeRowFacts, isCallable: () => true };
}

const filter = (fields: Record<string, unknown>): ModelFilter => modelFilterSchema.parse(fields);

describe("queryModels()", () => {
  test("pages of any size hold every model once, in one order, what is unknown last", () => {
    const price = fc.option(fc.integer({ min: 0, max: 5 }));
    fc.assert(
      fc.property(
        fc.array(price, { maxLength: 30 }),
        fc.constantFrom(...modelSorts),
        fc.boolean(),
        fc.integer({ min: 1, max: 7 }),
        (prices, sort, descending, limit) => {
          const rows = prices.map((one, index) =>
            row(`maker/model-${index}`, {
              prices: one === null ? null : { ...noPrices, input: `0.00000${one}`, output: `0.00000${one}` },
              contextTokens: one === null ? null : one + 1,
            }),
          );
          const seen: string[] = [];
          let cursor: string | null = null;
          do {
            const page = queryModels(filter({ sort, descending, limit, ...(cursor === null ? {} : { cursor }) }), worldOf(rows));
            expect(page.total).toBe(rows.length);
            seen.push(...page.rows.map(({ key }) => key));
            cursor = page.nextCursor;
          } while (cursor !== null);
          expect(seen.toSorted()).toEqual(rows.map(({ key }) => key).toSorted());
          const known = seen.map((key) => prices[Number(key.split("-")[1])] ?? null).map((one) => one !== null);
          const isByFact = sort !== "name" && sort !== "created";
          expect(known).toEqual(isByFact ? known.toSorted((one, other) => Number(other) - Number(one)) : known);
        },
      ),
    );
  });

  test("goes on behind a model that is gone by then", () => {
    const rows = ["a", "b", "c", "d"].map((name) => row(`maker/${name}`));
    const first = queryModels(filter({ limit: 2 }), worldOf(rows));
    const rest = queryModels(filter({ limit: 2, cursor: first.nextCursor }), worldOf(rows.filter(({ key }) => key !== "maker/b")));
    expect(rest.rows.map(({ key }) => key)).toEqual(["maker/c", "maker/d"]);
  });

  test("refuses a cursor of another order", () => {
    const rows = ["a", "b"].map((name) => row(`maker/${name}`));
    const { nextCursor: cursor } = queryModels(filter({ limit: 1 }), worldOf(rows));
    for (const other of [{ sort: "price", cursor }, { descending: true, cursor }, { cursor: "nonsense" }]) {
      expect(() => queryModels(filter(other), worldOf(rows))).toThrow(expect.objectContaining({ code: "invalid_value" }));
    }
  });

  test("a free variant does not make a model free", () => {
    const paid = { ...noPrices, input: "0.000001", output: "0.000002" };
    const both: ModelRow = {
      key: "maker/model",
      maker: "maker",
      endpoints: [
        {
          provider: "openrouter",
          facts: { ...bareModel("maker/model:free"), prices: { ...noPrices, input: "0", output: "0" } },
          sources: [],
        },
        { provider: "deepinfra", facts: { ...bareModel("maker/model"), prices: paid }, sources: [] },
      ],
    };
    expect(computeRowFacts(both)).toMatchObject({ inputUsdPerMillion: 1, outputUsdPerMillion: 2 });
    expect(queryModels(filter({ max_price: 0.5 }), worldOf([both])).total).toBe(0);
  });
});
