import { randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openAiError, openAiModels } from "../fakes/openai-replies.ts";
import { addKey, passphrase, whyNoStoredKeys } from "./add-key.ts";
import { assertClean } from "./assert-clean.ts";
import {
  anthropicExample,
  incorrectExample,
  pointAt,
  type SeedExample,
  seedExamples,
  virtualKeyExample,
  withStream,
} from "./seed-examples.ts";
import { hasCurl, postJson, readChat, readPrefix, runCurl, type SeedWorld, startSeedWorld } from "./seed-world.ts";

// The examples that users of earlier gateways have in their notes, run as they stand: only host and key are others.

/** By provider: the variable that the examples (or else the provider itself) name for its key, and a made-up key. */
const environment = {
  openai: ["PROVIDER_OPENAI_API_KEY", "sk-openai-Wj5vK8mZd3"],
  deepinfra: ["DEEPINFRA_API_KEY", "di-Bq2wE9rUc7"],
  openrouter: ["OPENROUTER_API_KEY", "or-Jm3bQ5kLx8"],
  xai: ["XAI_API_KEY", "xai-Zs1dH4uEt6"],
  cerebras: ["CEREBRAS_API_KEY", "csk-Gy7pW2oIv9"],
  novita: ["NOVITA_API_KEY", "nv-Rc5tF8aKq3"],
  nebius: ["NEBIUS_API_KEY", "nb-Ux2jB6lDh1"],
  huggingface: ["HF_TOKEN", "hf_Mo9eS4iYn7"],
  "mistral-ai": ["MISTRAL_API_KEY", "ms-Qa8fV3gXz5"],
  groq: ["GROQ_API_KEY", "gsk_Ew6rJ1cTk2"],
  "together-ai": ["PROVIDER_TOGETHER_AI_KEY", "tg-Vf9gC7nRw2"],
  portkey: ["PORTKEY_API_KEY", "pk-Xn7cR2bTq9"],
  anthropic: ["PROVIDER_ANTHROPIC_API_KEY", "sk-ant-Lp4hY6sGf1"],
  "google-ai": ["PROVIDER_GOOGLE_AI_KEY", "AIza-Hk8xN3vMj5"],
  cohere: ["PROVIDER_COHERE_API_KEY", "co-Td6zP1yAs4"],
  "perplexity-ai": ["PERPLEXITY_API_KEY", "pplx-Ny4uD7hPb9"],
} as const satisfies Record<string, readonly [string, string]>;

type Id = keyof typeof environment;
const ids = Object.keys(environment) as Id[];
/** Those whose own API is another one. */
const otherDialects = ["anthropic", "google-ai", "cohere", "perplexity-ai"] as const;
const hello = [{ role: "user", content: "Hello!" }];

let world: SeedWorld;

beforeAll(async () => {
  world = await startSeedWorld(ids, { environment: Object.fromEntries(Object.values(environment)) });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

beforeEach(() => world.forget());

afterEach(() => {
  for (const id of ids) {
    const keysOfOthers = ids.flatMap((other) => (other === id ? [] : [environment[other][1]]));
    assertClean(world.at(id), [world.postern.key, ...keysOfOthers, ...(id === "portkey" ? [] : ["x-portkey-", "portkey"])]);
  }
});

/** Checks that a call got to its provider, with the provider's key and without anything that was for Postern. */
function expectArrival(id: Id, body: Readonly<Record<string, unknown>>, stream = false): void {
  expect(world.reached()).toEqual([id]);
  const call = world.onlyCall();
  expect(call).toMatchObject({ url: `${readPrefix(id)}/chat/completions`, headers: { authorization: `Bearer ${environment[id][1]}` } });
  expect(call.json()).toEqual(
    stream ? { ...body, stream: true, ...(id === "mistral-ai" ? {} : { stream_options: { include_usage: true } }) } : body,
  );
}

/** A chat call as the JavaScript and Python examples make it. */
function chat(body: Readonly<Record<string, unknown>>, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return postJson(`${world.postern.url}/v1/chat/completions`, body, { key: world.postern.key, headers });
}

const bothWays = (examples: readonly SeedExample[]): (readonly [string, boolean, SeedExample])[] =>
  examples.flatMap((example) => [
    [example.name, false, example],
    [example.name, true, example],
  ]);

describe.skipIf(!hasCurl)("curl", () => {
  test.each(bothWays(seedExamples))(
    "%s (stream: %s) is answered by its provider",
    async (_name, stream, { provider, command, arrives }) => {
      const printed = await runCurl(pointAt(world.postern, withStream(command, stream)));
      expect(readChat(printed)).toEqual({ content: `from ${provider}`, isFinished: true });
      expectArrival(provider, arrives, stream);
    },
  );

  test.skipIf(whyNoStoredKeys !== null)(`${virtualKeyExample.name} uses the stored key of that name`, async () => {
    await using storing = await startSeedWorld(["openai"], {
      environment: { POSTERN_PASSPHRASE: passphrase, OPENAI_API_KEY: environment.openai[1] },
    });
    const secret = `sk-stored-${randomBytes(12).toString("hex")}`;
    await addKey(storing.postern, "openai", { name: "your-virtual-key-id", secret });
    for (const stream of [false, true]) {
      storing.forget();
      const printed = await runCurl(pointAt(storing.postern, withStream(virtualKeyExample.command, stream)));
      expect(readChat(printed)).toEqual({ content: "from openai", isFinished: true });
      expect(storing.onlyCall().headers["authorization"]).toBe(`Bearer ${secret}`);
      expect(storing.onlyCall().json()).toMatchObject(virtualKeyExample.arrives);
    }
  });

  test(`${virtualKeyExample.name} is refused by that name where there is no such key`, async () => {
    const { error } = JSON.parse(await runCurl(pointAt(world.postern, virtualKeyExample.command))) as {
      error: { code: string; message: string };
    };
    expect(error).toMatchObject({ code: "unknown_key_name", message: expect.stringContaining('"your-virtual-key-id"') as unknown });
    expect(world.reached()).toEqual([]);
  });

  test.each([false, true])(`${anthropicExample.name} (stream: %s) is answered, in OpenAI's shape`, async (stream) => {
    const printed = await runCurl(pointAt(world.postern, withStream(anthropicExample.command, stream)));
    expect(readChat(printed)).toEqual({ content: "from anthropic", isFinished: true });
    expect(world.reached()).toEqual(["anthropic"]);
    const call = world.onlyCall();
    expect([call.url, call.headers["x-api-key"]]).toEqual(["/v1/messages", environment.anthropic[1]]);
    expect(call.json()).toMatchObject({ model: "claude-3-sonnet-20240229", max_tokens: 100 });
  });

  test(`${incorrectExample.name} says where its body is no JSON; without the comment the model list finds the provider`, async () => {
    world.at("deepinfra").route("GET", `${readPrefix("deepinfra")}/models`, openAiModels([String(incorrectExample.arrives["model"])]));
    const { error } = JSON.parse(await runCurl(pointAt(world.postern, incorrectExample.command))) as {
      error: { code: string; message: string };
    };
    expect(error).toMatchObject({ code: "invalid_json", message: expect.stringMatching(/not JSON at \w+ \d+/) as unknown });
    expect(world.reached()).toEqual([]);
    const mended = incorrectExample.command.replace(/^ *\/\/.*\n/m, "");
    expect(readChat(await runCurl(pointAt(world.postern, mended))).content).toBe("from deepinfra");
    expectArrival("deepinfra", incorrectExample.arrives);
  });
});

describe("the frontend's code", () => {
  interface Model {
    readonly id: string;
    readonly slug?: string;
    readonly canonical_slug?: string;
  }

  function getPortkeyProvider(model: Model): string {
    for (const provider of ["deepinfra", "openai", "anthropic", "xai", "nebius", "cerebras", "novita"]) {
      if (model.id.startsWith(`@${provider}/`)) return provider;
    }
    return "openai";
  }

  test.each([
    [
      { id: "@deepinfra/jondurbin/airoboros-l2-70b-gpt4-1.4.1", slug: "jondurbin/airoboros-l2-70b-gpt4-1.4.1" },
      "deepinfra",
      "jondurbin/airoboros-l2-70b-gpt4-1.4.1",
    ],
    [{ id: "@xai/grok-3", canonical_slug: "grok-3" }, "xai", "grok-3"],
    // Its last resort is the id, with the prefix on it.
    [{ id: "@nebius/meta-llama/Meta-Llama-3.1-8B-Instruct" }, "nebius", "meta-llama/Meta-Llama-3.1-8B-Instruct"],
    [{ id: "@cerebras/llama3.1-8b", slug: "llama3.1-8b" }, "cerebras", "llama3.1-8b"],
    [
      { id: "@novita/meta-llama/llama-3.1-8b-instruct", slug: "meta-llama/llama-3.1-8b-instruct" },
      "novita",
      "meta-llama/llama-3.1-8b-instruct",
    ],
    [{ id: "gpt-4o", slug: "gpt-4o" }, "openai", "gpt-4o"],
  ] satisfies readonly (readonly [Model, Id, string])[])("sendChatMessage() of %j reaches %s", async (model: Model, provider, name) => {
    const messages = hello;
    for (const stream of [false, true]) {
      world.forget();
      const response = await chat({
        model: model.slug ?? model.canonical_slug ?? model.id,
        provider: "portkey",
        portkey_provider: getPortkeyProvider(model),
        messages,
        ...(stream ? { stream } : {}),
      });
      expect(readChat(await response.text())).toEqual({ content: `from ${provider}`, isFinished: true });
      expectArrival(provider, { model: name, messages }, stream);
    }
  });
});

describe("the table of providers", () => {
  test.each([
    ["@deepinfra/zai-org/GLM-4.5-Air", "deepinfra"],
    ["@deepinfra/meta-llama/Meta-Llama-3.1-8B-Instruct", "deepinfra"],
    ["@openrouter/openai/gpt-3.5-turbo", "openrouter"],
    ["@xai/grok-3", "xai"],
    ["@cerebras/llama3.1-8b", "cerebras"],
    ["@novita/meta-llama/llama-3.1-8b-instruct", "novita"],
    ["@nebius/meta-llama/Meta-Llama-3.1-8B-Instruct", "nebius"],
  ] as const)("%s arrives at %s without its prefix", async (model, provider) => {
    const body = { messages: hello, max_tokens: 50 };
    for (const stream of [false, true]) {
      world.forget();
      const response = await chat({ model, provider: "portkey", ...body, ...(stream ? { stream } : {}) });
      expect(response.headers.get("x-portkey-provider")).toBe(provider);
      expect(readChat(await response.text())).toEqual({ content: `from ${provider}`, isFinished: true });
      expectArrival(provider, { model: model.slice(provider.length + 2), ...body }, stream);
    }
  });

  test.each(["together-ai", "mistral-ai", "groq", "deepinfra", "openai"] as const)(
    "portkey_provider %s is known by that name",
    async (provider) => {
      const body = { model: "a-model", messages: hello };
      const response = await chat({ ...body, provider: "portkey", portkey_provider: provider });
      expect(response.status).toBe(200);
      expectArrival(provider, body);
    },
  );

  test.each(otherDialects)("portkey_provider %s answers in OpenAI's shape, plainly and streamed", async (provider) => {
    for (const stream of [false, true]) {
      world.forget();
      const response = await chat({ model: "a-model", portkey_provider: provider, messages: hello, ...(stream ? { stream } : {}) });
      expect(readChat(await response.text())).toEqual({ content: `from ${provider}`, isFinished: true });
      expect(world.reached()).toEqual([provider]);
    }
  });

  test("Hugging Face's 404 stays a 404, in its own words", async () => {
    world.at("huggingface").next(openAiError(404, { message: "Invalid response received from huggingface" }));
    const response = await chat({ model: "@huggingface/nonesuch", provider: "portkey", messages: hello });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining("Invalid response received") as unknown } });
  });
});

describe("chatViaPortkey(), in JavaScript and Python", () => {
  // httpx writes `json=` without spaces and sets its own Accept and User-Agent; the body is the same.
  test.each([
    ["JavaScript", {}],
    ["Python", { accept: "*/*", "accept-encoding": "gzip, deflate", "user-agent": "python-httpx/0.28.1" }],
  ])("%s's body is answered in the shape that it reads", async (_language, headers) => {
    const messages = hello;
    const response = await chat({ model: "gpt-3.5-turbo", provider: "portkey", portkey_provider: "openai", messages }, headers);
    const result = (await response.json()) as { choices: { message: { content: string } }[] };
    expect(result.choices[0]?.message.content).toBe("from openai");
    expectArrival("openai", { model: "gpt-3.5-turbo", messages });
  });

  test("every parameter of the list goes on as it is, and the routing fields do not", async () => {
    const body = {
      model: "gpt-3.5-turbo",
      messages: hello,
      max_tokens: 100,
      temperature: 0.7,
      top_p: 0.9,
      frequency_penalty: -1.5,
      presence_penalty: 2,
    };
    for (const stream of [false, true]) {
      world.forget();
      const routing = { provider: "portkey", portkey_provider: "openai", portkey_virtual_key: "environment" };
      const response = await chat({ ...body, ...routing, ...(stream ? { stream } : {}) });
      expect(readChat(await response.text())).toEqual({ content: "from openai", isFinished: true });
      expectArrival("openai", body, stream);
    }
  });
});
