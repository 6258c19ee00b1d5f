import { describe, expect, test } from "vitest";
import { createPriceOf, type ListedPrices } from "./call-price.ts";
import { type CallPrice, costMicroUsd } from "./cost.ts";

const price: CallPrice = {
  inputUsdPerMillion: 3,
  outputUsdPerMillion: 15,
  cacheReadUsdPerMillion: 0.3,
  cacheWriteUsdPerMillion: 3.75,
  requestUsd: null,
  source: "catalog",
};
const nothing = { inputTokens: null, cachedInputTokens: null, cacheWriteTokens: null, outputTokens: null };

describe("costMicroUsd()", () => {
  test("charges what a cache gave and took at their own prices, and the rest of the input once", () => {
    // 1,000 plain, 8,000 read, 1,000 written: 3,000 + 2,400 + 3,750, and 500 of output for 7,500.
    expect(costMicroUsd({ inputTokens: 10_000, cachedInputTokens: 8_000, cacheWriteTokens: 1_000, outputTokens: 500 }, price)).toBeCloseTo(
      16_650,
      6,
    );
  });

  test("charges cached input as other input where the list names no price for it", () => {
    const plain = { ...price, cacheReadUsdPerMillion: null, cacheWriteUsdPerMillion: null };
    expect(costMicroUsd({ inputTokens: 100, cachedInputTokens: 60, cacheWriteTokens: 10, outputTokens: 0 }, plain)).toBe(300);
  });

  test("adds what a call costs beside its tokens", () => {
    expect(costMicroUsd({ ...nothing, inputTokens: 0, outputTokens: 0 }, { ...price, requestUsd: 0.005 })).toBe(5_000);
  });

  test.each([
    ["no price", { ...nothing, inputTokens: 10, outputTokens: 10 }, null],
    ["no counts", nothing, price],
    ["output without a price for it", { ...nothing, inputTokens: 10, outputTokens: 10 }, { ...price, outputUsdPerMillion: null }],
  ])("is unknown, and never 0, with %s", (_why, tokens, known) => expect(costMicroUsd(tokens, known)).toBeNull());

  test("needs no price for output where there is none, as for embeddings", () => {
    expect(costMicroUsd({ ...nothing, inputTokens: 1_000 }, { ...price, inputUsdPerMillion: 0.02, outputUsdPerMillion: null })).toBeCloseTo(
      20,
      9,
    );
  });

  test("counts no input twice where a provider says that more came from its cache than there was", () => {
    expect(costMicroUsd({ inputTokens: 10, cachedInputTokens: 12, cacheWriteTokens: null, outputTokens: 0 }, price)).toBeCloseTo(3.6, 9);
  });
});

describe("createPriceOf()", () => {
  const listed: ListedPrices = { input: "0.00000015", output: "0.0000006", cacheRead: "0.000000075", cacheWrite: null, request: null };

  test("takes the person's price before the catalog's, and the catalog's exactly", () => {
    const priceOf = createPriceOf({
      own: () => ({ "openai/gpt-4o": { input: 1, output: 2 } }),
      listed: () => listed,
      isFree: () => false,
    });
    expect(priceOf("openai", "gpt-4o")).toMatchObject({ inputUsdPerMillion: 1, outputUsdPerMillion: 2, source: "person" });
    expect(priceOf("openai", "gpt-4o-mini")).toEqual({
      inputUsdPerMillion: 0.15,
      outputUsdPerMillion: 0.6,
      cacheReadUsdPerMillion: 0.075,
      cacheWriteUsdPerMillion: null,
      requestUsd: null,
      source: "catalog",
    });
    expect(priceOf("openai", "gpt-4o-mini")).toBe(priceOf("openai", "gpt-4o-mini"));
  });

  test("is free on this machine unless the person says otherwise, and unknown where nobody says anything", () => {
    const own = { "ollama/big": { input: 5, output: 5 } };
    const priceOf = createPriceOf({ own: () => own, listed: () => null, isFree: (provider) => provider === "ollama" });
    expect([priceOf("ollama", "llama")?.inputUsdPerMillion, priceOf("ollama", "big")?.inputUsdPerMillion, priceOf("groq", "x")]).toEqual([
      0,
      5,
      null,
    ]);
    expect(priceOf("x", "constructor")).toBeNull();
  });
});
