import path from "node:path";
import { describe, expect, test } from "vitest";
import type { NamedListing } from "./model-index.ts";
import { buildModelIndex, type ModelIndex } from "./model-index.ts";
import { readModelNames } from "./model-names.ts";
import { bareModel, noPrices, type SourceModel } from "./source-model.ts";

const names = readModelNames(path.resolve(import.meta.dirname, "../../../assets"));

function listing(source: string, models: readonly (Partial<SourceModel> & { id: string })[], provider = source): NamedListing {
  const groups = [{ provider, models: models.map((model) => ({ ...bareModel(model.id), ...model })) }];
  return { source, listing: { groups, fetchedAtMs: 1, validators: null, address: "" } };
}

const idsOf = (index: ModelIndex, name: string): string[] | undefined =>
  index.find(name)?.endpoints.map(({ provider, facts }) => `@${provider}/${facts.id}`);

describe("buildModelIndex()", () => {
  test("keeps versions with different dates apart, and knows which one the plain name means", async () => {
    const index = await buildModelIndex(
      [
        listing("anthropic", [{ id: "claude-3-5-sonnet-20240620" }, { id: "claude-3-5-sonnet-20241022" }]),
        listing("openrouter", [
          { id: "anthropic/claude-3.5-sonnet", canonicalId: "anthropic/claude-3.5-sonnet-20241022" },
          { id: "anthropic/claude-3.5-sonnet-20240620" },
        ]),
      ],
      names,
    );
    expect(idsOf(index, "claude-3.5-sonnet")).toEqual(["@openrouter/anthropic/claude-3.5-sonnet", "@anthropic/claude-3-5-sonnet-20241022"]);
    expect(idsOf(index, "claude-3-5-sonnet-20241022")).toEqual(idsOf(index, "claude-3.5-sonnet"));
    expect(idsOf(index, "claude-3-5-sonnet-20240620")).toEqual([
      "@openrouter/anthropic/claude-3.5-sonnet-20240620",
      "@anthropic/claude-3-5-sonnet-20240620",
    ]);
    expect(idsOf(index, "claude-3-5-sonnet-20230101")).toBeUndefined();
  });

  test("joins a provider's own spelling by its id at Hugging Face, unless two models claim it", async () => {
    const hugging = { huggingFaceId: "Acme/Falcon-9-Chat-HF" };
    const one = await buildModelIndex(
      [listing("openrouter", [{ id: "acme/falcon-9", ...hugging }]), listing("deepinfra", [{ id: "Acme/Falcon-9-Chat-HF" }])],
      names,
    );
    expect(idsOf(one, "acme/falcon-9")).toEqual(["@openrouter/acme/falcon-9", "@deepinfra/Acme/Falcon-9-Chat-HF"]);
    const two = await buildModelIndex(
      [
        listing("openrouter", [
          { id: "acme/falcon-9", ...hugging },
          { id: "acme/falcon-9-base", ...hugging },
        ]),
        listing("deepinfra", [{ id: "Acme/Falcon-9-Chat-HF" }]),
      ],
      names,
    );
    expect(idsOf(two, "Acme/Falcon-9-Chat-HF")).toEqual(["@deepinfra/Acme/Falcon-9-Chat-HF"]);
  });

  test("hears the provider before the public list, which fills what it leaves out", async () => {
    const index = await buildModelIndex(
      [
        listing("openai", [{ id: "gpt-4", contextTokens: 8_192 }]),
        listing("models.dev", [{ id: "gpt-4", contextTokens: 1, prices: { ...noPrices, input: "0.00003" } }], "openai"),
      ],
      names,
    );
    expect(index.endpoint("openai", "gpt-4")).toMatchObject({
      sources: ["openai", "models.dev"],
      facts: { contextTokens: 8_192, prices: { input: "0.00003" } },
    });
  });

  test("finds nothing by a name that means something to objects", async () => {
    const index = await buildModelIndex([listing("openai", [{ id: "gpt-4" }])], names);
    expect(
      ["__proto__", "constructor", "toString", "@openai/__proto__", "@constructor/x", "", "/", "@"].map((name) => index.find(name)),
    ).toEqual(Array(8).fill(undefined));
  });
});
