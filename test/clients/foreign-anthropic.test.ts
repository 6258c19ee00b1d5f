import { describe, expect, test } from "vitest";
import { json } from "../fakes/replies.ts";
import { anthropicMessages, openAnthropic } from "./foreign-anthropic.ts";
import { listedModels, routeModelLists } from "./foreign-lists.ts";
import { foreignProviders } from "./foreign-providers.ts";
import { describeForeign } from "./foreign-suite.ts";

const world = describeForeign([anthropicMessages]);

test("models.list() names the models of every provider, and models.retrieve() finds each", async () => {
  routeModelLists(world().provider);
  const client = openAnthropic(world().postern);
  const ids: string[] = [];
  for await (const model of client.models.list()) ids.push(model.id);
  expect(ids).toEqual(expect.arrayContaining([...listedModels]));
  for (const id of listedModels) expect(await client.models.retrieve(id)).toMatchObject({ id, type: "model" });
});

describe("messages.countTokens()", () => {
  const count = (model: string): ReturnType<ReturnType<typeof openAnthropic>["messages"]["countTokens"]> =>
    openAnthropic(world().postern).messages.countTokens({
      model,
      system: "Be kind.",
      messages: [{ role: "user", content: "How long is this?" }],
      tools: [{ name: "get_time", input_schema: { type: "object", properties: {} } }],
    });

  test("is asked of Gemini, in its own form", async () => {
    const { model } = foreignProviders["gemini-generate"];
    world().provider.next(json(200, { totalTokens: 31 }));
    const { data, response } = await count(`@google-ai/${model}`).withResponse();
    expect(data).toEqual({ input_tokens: 31 });
    expect(response.headers.get("x-postern-estimated")).toBeNull();
    expect(world().provider.requests[0]).toMatchObject({ method: "POST", url: `/google/v1beta/models/${model}:countTokens` });
    const [request] = world().provider.requests;
    expect(request?.json()).toMatchObject({
      generateContentRequest: {
        model: `models/${model}`,
        contents: [{ role: "user", parts: [{ text: "How long is this?" }] }],
        systemInstruction: { parts: [{ text: "Be kind." }] },
        tools: [{ functionDeclarations: [{ name: "get_time" }] }],
      },
    });
  });

  test("is asked of Bedrock, in its own form", async () => {
    const { model } = foreignProviders["bedrock-converse"];
    world().provider.next(json(200, { inputTokens: 32 }));
    expect(await count(`@bedrock/${model}`)).toEqual({ input_tokens: 32 });
    const [request] = world().provider.requests;
    expect(request?.url).toBe(`/bedrock/model/${encodeURIComponent(model)}/count-tokens`);
    expect(request?.json()).toMatchObject({
      input: { converse: { messages: [{ role: "user", content: [{ text: "How long is this?" }] }], system: [{ text: "Be kind." }] } },
    });
  });

  test.each(["openai-chat", "openai-responses", "cohere-chat"] as const)(
    "is estimated for %s, which cannot count, and says so",
    async (dialect) => {
      const { row, model } = foreignProviders[dialect];
      const { data, response } = await count(`@${row}/${model}`).withResponse();
      expect(data.input_tokens).toBeGreaterThan(5);
      expect(data.input_tokens).toBeLessThan(60);
      expect(response.headers.get("x-postern-estimated")).toBe("input_tokens");
      expect(world().provider.requests).toHaveLength(0);
    },
  );

  test("a provider that refuses to count is an error of the SDK's own", async () => {
    const { refuse, model } = foreignProviders["gemini-generate"];
    world().provider.next(refuse(429, "Too many counts."));
    const error = anthropicMessages.explain(await count(`@google-ai/${model}`).then(null, (reason: unknown) => reason));
    expect(error).toMatchObject({ isOwn: true, status: 429 });
    expect(error.message).toContain("Too many counts.");
  });
});
