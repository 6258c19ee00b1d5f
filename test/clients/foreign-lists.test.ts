import { afterAll, beforeAll, expect, test } from "vitest";
import { stallAfter } from "../fakes/misbehaviour.ts";
import { foreignProviders } from "./foreign-providers.ts";
import { routeModelLists } from "./foreign-lists.ts";
import { openOpenAi } from "./foreign-openai.ts";
import { type ForeignWorld, startForeignWorld } from "./foreign-world.ts";

let world: ForeignWorld;

beforeAll(async () => {
  world = await startForeignWorld();
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

test("a provider that refuses its list and does not end its answer costs only its own models", async () => {
  routeModelLists(world.provider);
  const { refuse } = foreignProviders["openai-chat"];
  world.provider.route("GET", "/moonshot/v1/models", stallAfter({ bytes: 10 }, refuse(401, "The key was revoked.")));
  const client = openOpenAi(world.postern);
  const ids: string[] = [];
  for await (const model of client.models.list()) ids.push(model.id);
  expect(ids).toEqual(expect.arrayContaining(["@anthropic/claude-sonnet-4-5-20250929", "@google-ai/gemini-3-pro-preview"]));
  expect(ids).not.toContain("@moonshot/kimi-k2.5");
  expect(await client.models.retrieve("@postern/hello")).toMatchObject({ id: "@postern/hello" });
});
