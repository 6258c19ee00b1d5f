import { expect, test } from "vitest";
import { listedModels, routeModelLists } from "./foreign-lists.ts";
import { openOpenAi } from "./foreign-openai.ts";
import { openaiChat } from "./foreign-openai-chat.ts";
import { openaiResponses } from "./foreign-openai-responses.ts";
import { describeForeign } from "./foreign-suite.ts";

const world = describeForeign([openaiChat, openaiResponses]);

test("models.list() names the models of every provider, and models.retrieve() finds each", async () => {
  routeModelLists(world().provider);
  const client = openOpenAi(world().postern);
  const ids: string[] = [];
  for await (const model of client.models.list()) ids.push(model.id);
  expect(ids).toEqual(expect.arrayContaining([...listedModels]));
  for (const id of listedModels) expect(await client.models.retrieve(id)).toMatchObject({ id, object: "model" });
});
