import { describe, expect, test } from "vitest";
import { json } from "../fakes/replies.ts";
import { googleGenerate, openGoogle } from "./foreign-google.ts";
import { listedModels, routeModelLists } from "./foreign-lists.ts";
import { foreignProviders } from "./foreign-providers.ts";
import { describeForeign } from "./foreign-suite.ts";

const world = describeForeign([googleGenerate]);

test("models.list() names the models of every provider, and models.get() finds each", async () => {
  routeModelLists(world().provider);
  const client = openGoogle(world().postern);
  const names: (string | undefined)[] = [];
  for await (const { name } of await client.models.list()) names.push(name);
  expect(names).toEqual(expect.arrayContaining(listedModels.map((id) => `models/${id}`)));
  for (const id of listedModels) expect((await client.models.get({ model: id })).name).toBe(`models/${id}`);
});

describe("models.countTokens()", () => {
  const count = async (model: string): Promise<number | undefined> =>
    (await openGoogle(world().postern).models.countTokens({ model, contents: "How long is this?" })).totalTokens;

  test("is asked of Anthropic, in its own form", async () => {
    const { model } = foreignProviders["anthropic-messages"];
    world().provider.next(json(200, { input_tokens: 31 }));
    expect(await count(`@anthropic/${model}`)).toBe(31);
    const [request] = world().provider.requests;
    expect(request).toMatchObject({ method: "POST", url: "/anthropic/v1/messages/count_tokens" });
    expect(request?.headers["anthropic-version"]).toBe("2023-06-01");
    expect(request?.json()).toEqual({ model, messages: [{ role: "user", content: [{ type: "text", text: "How long is this?" }] }] });
  });

  test("is asked of Bedrock, in its own form", async () => {
    const { model } = foreignProviders["bedrock-converse"];
    world().provider.next(json(200, { inputTokens: 32 }));
    expect(await count(`@bedrock/${model}`)).toBe(32);
    expect(world().provider.requests[0]?.json()).toMatchObject({
      input: { converse: { messages: [{ role: "user", content: [{ text: "How long is this?" }] }] } },
    });
  });

  test.each(["openai-chat", "openai-responses", "cohere-chat"] as const)("is estimated for %s, which cannot count", async (dialect) => {
    const { row, model } = foreignProviders[dialect];
    const tokens = await count(`@${row}/${model}`);
    expect(tokens).toBeGreaterThan(3);
    expect(tokens).toBeLessThan(30);
    expect(world().provider.requests).toHaveLength(0);
  });
});
