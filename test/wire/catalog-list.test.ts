import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AdminClient } from "#shared/contract/client.ts";
import type { LiveEvent } from "#shared/contract/events.ts";
import { modelFlags, type ModelList, type ModelListAnswer, modelListAnswerSchema } from "#shared/schema/model-list.ts";
import { adminOf } from "../fakes/call-admin.ts";
import { json } from "../fakes/replies.ts";
import { type ScriptedProvider, startScriptedProvider } from "../fakes/scripted-provider.ts";
import { type RunningPostern, startPostern } from "../fakes/start-postern.ts";
import { listsAt, openRouterModels, routeLists } from "./catalog-lists.ts";
import { eventually } from "./eventually.ts";

async function listModels(admin: AdminClient, known?: string): Promise<ModelListAnswer> {
  const response = await admin("listModels", { query: { known } });
  return modelListAnswerSchema.parse(await response.json());
}

/** One model of the list, unpacked. */
function unpack({ models, makers, modalities, providers, offers }: ModelList, id: string): Record<string, unknown> {
  const at = models.slugs.findIndex((slug, index) => id === (models.ids[index] === "" ? slug : models.ids[index]));
  const words = (bits: number): string[] | null => (bits < 0 ? null : modalities.filter((_, bit) => (bits & (1 << bit)) !== 0));
  const first = models.offer_counts.slice(0, at).reduce((sum, count) => sum + count, 0);
  return {
    slug: models.slugs[at],
    name: models.names[at],
    maker: makers[models.makers[at] as number],
    context: models.context[at],
    prices: [models.input_prices[at], models.output_prices[at], models.cache_read_prices[at]],
    takes: words(models.takes[at] as number),
    gives: words(models.gives[at] as number),
    flags: Object.entries(modelFlags).flatMap(([name, bit]) => (((models.flags[at] as number) & bit) === 0 ? [] : [name])),
    offers: offers.providers
      .slice(first, first + (models.offer_counts[at] as number))
      .map(
        (provider, index) =>
          `@${providers[provider]?.id ?? ""}/${offers.ids[first + index] === "" ? id : (offers.ids[first + index] ?? "")}`,
      )
      .sort(),
  };
}

describe("listModels()", () => {
  let provider: ScriptedProvider;
  let postern: RunningPostern;
  let admin: AdminClient;

  beforeAll(async () => {
    provider = await startScriptedProvider();
    routeLists(provider);
    postern = await startPostern(listsAt(provider));
    admin = adminOf(postern);
    await admin("refreshCatalog", { body: {} });
  });

  afterAll(async () => {
    await postern.stop();
    await provider.close();
  });

  test("has every model once, with what it is found by, and each place that has it", async () => {
    const { list } = await listModels(admin);
    if (list === null) throw new Error("There is no list");
    const page = await admin("queryModels", { body: { limit: 500 } });
    const ids = list.models.slugs.map((slug, at) => (list.models.ids[at] === "" ? slug : list.models.ids[at]));
    expect(new Set(ids)).toEqual(new Set(page.data.map(({ id }) => id)));
    expect(ids).toHaveLength(page.total);
    expect(unpack(list, "anthropic/claude-sonnet-4.5")).toEqual({
      slug: "anthropic/claude-sonnet-4-5",
      name: "Claude Sonnet 4.5",
      maker: { id: "anthropic", name: "Anthropic" },
      context: 200_000,
      prices: [3, 15, 0.3],
      takes: ["text", "image", "file"],
      gives: ["text"],
      flags: ["tools", "json_schema", "reasoning", "caching", "vision"],
      offers: [
        "@anthropic/claude-sonnet-4-5-20250929",
        "@bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "@openrouter/anthropic/claude-sonnet-4.5",
        "@portkey/@anthropic-prod/claude-sonnet-4-5",
      ],
    });
    expect(unpack(list, "meta-llama/llama-3.1-8b-instruct")).toMatchObject({ maker: { id: "meta-llama", name: "Meta" } });
    expect(unpack(list, "meta-llama/llama-3.1-8b-instruct")["flags"]).toContain("openWeights");
    expect(list.providers.find(({ id }) => id === "openrouter")).toEqual({ id: "openrouter", name: "OpenRouter", callable: true });
  });

  test("is not sent again to whoever has it, and changes when a list or a key does", async () => {
    const first = await listModels(admin);
    expect(await listModels(admin, first.version)).toEqual({ version: first.version, list: null });
    await admin("putSetting", { parameters: { section: "discovery", name: "enabled" }, body: { value: false } });
    expect((await listModels(admin, first.version)).list).toBeNull();
    const more = { id: "new/model", name: "New: Model", pricing: { prompt: "0", completion: "0" } };
    provider.route("GET", "/openrouter/api/v1/models", json(200, { data: [...openRouterModels, more] }));
    await admin("refreshCatalog", { body: { gateways: ["openrouter"] } });
    const second = await listModels(admin, first.version);
    expect(second.version).not.toBe(first.version);
    expect(second.list === null ? null : unpack(second.list, "new/model")).toMatchObject({
      flags: ["free"],
      maker: { id: "new", name: "New" },
    });
  });

  test("a list that was fetched is an event", async () => {
    const response = await admin("watchEvents", {});
    const reader = (response.body as ReadableStream<Uint8Array<ArrayBuffer>>).pipeThrough(new TextDecoderStream()).getReader();
    await admin("refreshCatalog", { body: { gateways: ["featherless"] } });
    let text = "";
    while (!text.includes("catalog-refreshed")) text += (await reader.read()).value ?? "";
    await reader.cancel();
    const data = /event: catalog-refreshed\ndata: (.*)\n/.exec(text)?.[1] ?? "null";
    expect(JSON.parse(data) as LiveEvent).toMatchObject({ type: "catalog-refreshed", source: "featherless", models: 1 });
  });

  test("readModelFigures() has what Hugging Face counts, who serves it, and how our own calls went", async () => {
    expect(await admin("readModelFigures", { body: { model: "meta-llama/llama-3.1-8b-instruct" } })).toMatchObject({
      slug: "meta-llama/llama-3-1-8b-instruct",
      site: "https://www.llama.com",
      hugging_face: { downloads: 5_600_000, likes: 4_200, parameters: 8_030_261_248, license: "llama3.1" },
      hosted: [],
      measured: [],
    });
    const chat = {
      id: "c",
      object: "chat.completion",
      created: 1,
      model: "gpt-4",
      choices: [],
      usage: { prompt_tokens: 1, completion_tokens: 1 },
    };
    provider.route("POST", "/openai/v1/chat/completions", json(200, chat));
    const response = await fetch(`${postern.url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${postern.key}`, "content-type": "application/json" },
      body: JSON.stringify({ model: "@openai/gpt-4", messages: [{ role: "user", content: "Hi" }] }),
    });
    await response.text();
    await eventually(async () => {
      const figures = await admin("readModelFigures", { body: { model: "openai/gpt-4" } });
      expect(figures.hosted).toMatchObject([
        { gateway: "openrouter", id: "openai/gpt-4", hosts: [{ provider_name: "Azure", latency_ms: 812 }] },
      ]);
      expect(figures.measured).toEqual([
        {
          gateway: "openai",
          id: "gpt-4",
          calls: 1,
          availability: 1,
          median_first_byte_ms: expect.any(Number) as number,
          tokens_per_second: null,
        },
      ]);
    });
    await expect(admin("readModelFigures", { body: { model: "nobody/nothing" } })).rejects.toMatchObject({
      code: "model_not_found",
      status: 404,
    });
  });
});
