import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { generateText, jsonSchema, Output } from "ai";
import { expect, test } from "vitest";
import { callTool, say } from "../fakes/dialect-provider.ts";
import { aiSdkClients } from "./foreign-ai-sdk.ts";
import { foreignProviders } from "./foreign-providers.ts";
import { describeForeign } from "./foreign-suite.ts";
import { answer } from "./foreign-world.ts";

const world = describeForeign(aiSdkClients);

test.each(Object.values(foreignProviders).filter(({ dialect }) => dialect !== "anthropic-messages" && dialect !== "bedrock-converse"))(
  "@ai-sdk/anthropic asks a model that it does not know for JSON by a tool that must be called ($dialect)",
  async (provider) => {
    const { url, key } = world().postern;
    world().provider.next(answer(provider, () => callTool("json", { city: "Bern" })));
    const { output } = await generateText({
      model: createAnthropic({ baseURL: `${url}/v1`, apiKey: key })(`@${provider.row}/${provider.model}`),
      prompt: "Which city?",
      maxRetries: 0,
      output: Output.object({
        schema: jsonSchema<{ city: string }>({ type: "object", properties: { city: { type: "string" } }, required: ["city"] }),
      }),
    });
    expect(output).toEqual({ city: "Bern" });
    expect(provider.read.forced(world().provider.requests[0]?.json())).toBe("json");
  },
);

test("@ai-sdk/google takes a model's name with a slash in it for a whole path; it is found all the same", async () => {
  const { url, key } = world().postern;
  const provider = foreignProviders["anthropic-messages"];
  world().provider.next(answer(provider, () => say("Hello!")));
  const google = createGoogleGenerativeAI({ baseURL: `${url}/v1beta`, apiKey: key });
  const { text } = await generateText({ model: google(`@${provider.row}/${provider.model}`), prompt: "Hi", maxRetries: 0 });
  expect(text).toBe("Hello!");
});
