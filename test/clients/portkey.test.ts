import { randomBytes } from "node:crypto";
import { Portkey } from "portkey-ai";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openAi, openAiChat, openAiError } from "../fakes/openai-replies.ts";
import { json } from "../fakes/replies.ts";
import { type RecordedRequest, type ScriptedProvider, startScriptedProvider } from "../fakes/scripted-provider.ts";
import { type RunningPostern, startPostern } from "../fakes/start-postern.ts";
import { assertClean } from "./assert-clean.ts";
import { addKey, passphrase, whyNoStoredKeys } from "./add-key.ts";

// The `portkey-ai` package, unmodified, as people use it with a local gateway.

const environmentKeys = { OPENAI_API_KEY: "sk-environment-Fh3kR8sLq", GROQ_API_KEY: "gsk-environment-Zp6tB2nXw" };
const ownKey = "sk-own-Vc9mJ4dGy7uE";
const messages = [{ role: "user" as const, content: "Hi" }];
const model = "gpt-4o";

let postern: RunningPostern;
let openai: ScriptedProvider;
let groq: ScriptedProvider;

beforeAll(async () => {
  openai = await startScriptedProvider();
  groq = await startScriptedProvider();
  openai.always(openAi("from openai"));
  groq.always(openAi("from groq"));
  postern = await startPostern({
    config: {
      providers: {
        openai: { baseUrl: `${openai.origin}/v1` },
        groq: { baseUrl: `${groq.origin}/openai/v1` },
        deepseek: { baseUrl: `${groq.origin}/deepseek` },
      },
      configs: { "pc-team": { provider: "groq", model: "llama-3.3-70b-versatile" } },
    },
    environment: { ...environmentKeys, POSTERN_PASSPHRASE: passphrase },
  });
});

afterAll(async () => {
  await postern.stop();
  await openai.close();
  await groq.close();
});

beforeEach(() => {
  openai.forget();
  groq.forget();
});

afterEach(() => {
  for (const provider of [openai, groq]) assertClean(provider, [postern.key, "x-portkey-"]);
});

type PortkeyOptions = NonNullable<ConstructorParameters<typeof Portkey>[0]>;

/** The client at Postern, with the local key unless the options have another. */
function portkey(options: PortkeyOptions): Portkey {
  return new Portkey({ baseURL: `${postern.url}/v1`, apiKey: postern.key, ...options });
}

const lastOf = (provider: ScriptedProvider): RecordedRequest => {
  const request = provider.requests.at(-1);
  if (request === undefined) throw new Error("the provider got no request");
  return request;
};

/** Whose bearer the last request of a provider carried. */
const bearerAt = (provider: ScriptedProvider): string | undefined => lastOf(provider).headers["authorization"];

describe("who pays", () => {
  test("apiKey is the local key, provider names a provider: the gateway's own key is used", async () => {
    const answer = await portkey({ provider: "groq" }).chat.completions.create({ model, messages });
    expect(answer.choices[0]?.message?.content).toBe("from groq");
    expect(bearerAt(groq)).toBe(`Bearer ${environmentKeys.GROQ_API_KEY}`);
    expect(lastOf(groq)).toMatchObject({ method: "POST", url: "/openai/v1/chat/completions" });
    expect(lastOf(groq).json()).toEqual({ model, messages });
    expect(openai.requests).toHaveLength(0);
  });

  test.each(["@groq", "groq"])("provider may be written %s", async (provider) => {
    await portkey({ provider }).chat.completions.create({ model, messages });
    expect([groq.requests.length, openai.requests.length]).toEqual([1, 0]);
  });

  test("Authorization beside the local key is the caller's own key for the provider", async () => {
    await portkey({ provider: "openai", Authorization: `Bearer ${ownKey}` }).chat.completions.create({ model, messages });
    expect(bearerAt(openai)).toBe(`Bearer ${ownKey}`);
  });

  test.each(["x", "undefined", "dummy"])(
    "without a local key (apiKey %j) the caller's own key goes to the provider that is named",
    async (apiKey) => {
      await portkey({ apiKey, provider: "openai", Authorization: `Bearer ${ownKey}` }).chat.completions.create({ model, messages });
      expect(bearerAt(openai)).toBe(`Bearer ${ownKey}`);
    },
  );

  test("without a local key and without a provider the call is refused", async () => {
    const call = portkey({ apiKey: "x", Authorization: `Bearer ${ownKey}` }).chat.completions.create({ model, messages });
    await expect(call).rejects.toMatchObject({ status: 401, error: { status: "failure", error: { code: "invalid_api_key" } } });
    expect([openai.requests.length, groq.requests.length]).toEqual([0, 0]);
  });

  test("an own key gets at no alias, no saved config and no stored key", async () => {
    const own = { apiKey: "x", Authorization: `Bearer ${ownKey}` };
    for (const [options, asked] of [
      [{ ...own, config: "pc-team" }, model],
      [own, "portkey-gpt4"],
      [own, "@groq/llama-3.3-70b-versatile"],
      [{ ...own, virtualKey: "environment" }, model],
      [{ ...own, config: { provider: "openai" } }, model],
    ] as const) {
      await expect(portkey(options).chat.completions.create({ model: asked, messages })).rejects.toMatchObject({
        status: expect.toBeOneOf([400, 401]) as unknown,
      });
    }
    expect([openai.requests.length, groq.requests.length]).toEqual([0, 0]);
  });

  test.skipIf(whyNoStoredKeys !== null)("virtualKey picks a stored key by its name, and with it its provider", async () => {
    const secret = `ds-stored-${randomBytes(12).toString("hex")}`;
    await addKey(postern, "deepseek", { name: "team-key", secret });
    await portkey({ virtualKey: "team-key" }).chat.completions.create({ model: "deepseek-chat", messages });
    expect(lastOf(groq)).toMatchObject({ url: "/deepseek/chat/completions", headers: { authorization: `Bearer ${secret}` } });
    await portkey({ provider: "deepseek", virtualKey: "team-key" }).chat.completions.create({ model: "deepseek-chat", messages });
    expect(bearerAt(groq)).toBe(`Bearer ${secret}`);
  });

  test("virtualKey may name the environment's key of a provider", async () => {
    await portkey({ provider: "groq", virtualKey: "environment" }).chat.completions.create({ model, messages });
    expect(bearerAt(groq)).toBe(`Bearer ${environmentKeys.GROQ_API_KEY}`);
  });

  test("a virtualKey that is not there is named in the refusal", async () => {
    const call = portkey({ provider: "openai", virtualKey: "nonesuch" }).chat.completions.create({ model, messages });
    await expect(call).rejects.toMatchObject({ status: 400, message: expect.stringContaining('"nonesuch"') as unknown });
    expect(openai.requests).toHaveLength(0);
  });
});

describe("config", () => {
  const fallback = {
    strategy: { mode: "fallback" },
    targets: [
      { provider: "openai", override_params: { model: "gpt-4o-mini", temperature: 0 } },
      { provider: "groq", override_params: { model: "llama-3.3-70b-versatile" } },
    ],
  };

  test("with a fallback tries its targets in order, each with its own model and key", async () => {
    openai.next(openAiError(500, { message: "Broken." }));
    const answer = await portkey({ config: fallback }).chat.completions.create({ model, messages });
    expect(answer.choices[0]?.message?.content).toBe("from groq");
    expect(lastOf(openai).json()).toEqual({ model: "gpt-4o-mini", messages, temperature: 0 });
    expect(lastOf(groq).json()).toEqual({ model: "llama-3.3-70b-versatile", messages });
    expect([bearerAt(openai), bearerAt(groq)]).toEqual([
      `Bearer ${environmentKeys.OPENAI_API_KEY}`,
      `Bearer ${environmentKeys.GROQ_API_KEY}`,
    ]);
    expect(answer.getHeaders()).toMatchObject({ provider: "groq", "last-used-option-index": "config.targets[1]" });
    // As Portkey has it: a config that names no retry gets none.
    expect([openai.requests.length, groq.requests.length]).toEqual([1, 1]);
  });

  test("stays at its first target where that answers", async () => {
    const answer = await portkey({ config: fallback }).chat.completions.create({ model, messages });
    expect(answer.getHeaders()).toMatchObject({ provider: "openai", "last-used-option-index": "config.targets[0]" });
    expect(groq.requests).toHaveLength(0);
  });

  test("retries as often as it says", async () => {
    const failing = openAiError(503, { message: "Overloaded." }, { "retry-after": "0" });
    openai.next(failing);
    openai.next(failing);
    const answer = await portkey({ config: { provider: "openai", retry: { attempts: 2 } } }).chat.completions.create({ model, messages });
    expect(answer.getHeaders()).toMatchObject({ "retry-attempt-count": "2" });
    expect(openai.requests).toHaveLength(3);
  });

  test("may bring a key for each of its targets, without a local key", async () => {
    openai.next(openAiError(429, { message: "Slow down." }));
    const targets = [
      { provider: "openai", api_key: ownKey },
      { provider: "groq", api_key: "gsk-own-Xy2wQ8" },
    ];
    await portkey({ apiKey: "x", config: { strategy: { mode: "fallback" }, targets } }).chat.completions.create({ model, messages });
    expect([bearerAt(openai), bearerAt(groq)]).toEqual([`Bearer ${ownKey}`, "Bearer gsk-own-Xy2wQ8"]);
  });

  test("may be the name of a saved one", async () => {
    await portkey({ config: "pc-team" }).chat.completions.create({ model, messages });
    expect(lastOf(groq).json()).toEqual({ model: "llama-3.3-70b-versatile", messages });
  });

  test("that is wrong says where", async () => {
    const call = portkey({ config: { provider: "openai", retry: { attempts: "many" } } }).chat.completions.create({ model, messages });
    await expect(call).rejects.toMatchObject({ status: 400, message: expect.stringContaining("retry.attempts") as unknown });
    expect(openai.requests).toHaveLength(0);
  });
});

describe("answers", () => {
  test("carry Portkey's headers, the trace id that was sent among them", async () => {
    const answer = await portkey({ provider: "openai", traceID: "trace-42", metadata: { _user: "me" } }).chat.completions.create({
      model,
      messages,
    });
    expect(answer.getHeaders()).toMatchObject({
      provider: "openai",
      "last-used-option-index": "config",
      "retry-attempt-count": "0",
      "cache-status": expect.toBeOneOf(["MISS", "DISABLED"]) as unknown,
      "trace-id": "trace-42",
    });
  });

  test("have an empty trace id where none was sent, as the local Portkey gateway has it", async () => {
    const answer = await portkey({ provider: "openai" }).chat.completions.create({ model, messages });
    expect(answer.getHeaders()).toMatchObject({ "trace-id": "" });
  });

  test("stream", async () => {
    const stream = await portkey({ provider: "groq" }).chat.completions.create({ model, messages, stream: true });
    const texts: unknown[] = [];
    for await (const chunk of stream) texts.push(chunk.choices[0]?.delta?.content ?? "");
    expect(texts.join("")).toBe("from groq");
    expect(lastOf(groq).json()).toMatchObject({ model, stream: true });
  });

  test("hold embeddings", async () => {
    openai.next(json(200, { object: "list", data: [{ object: "embedding", index: 0, embedding: [0.5, -1] }], model: "e", usage: {} }));
    const answer = await portkey({ provider: "openai" }).embeddings.create({ model: "text-embedding-3-small", input: "Hi" });
    expect(answer.data?.[0]?.embedding).toEqual([0.5, -1]);
    expect(lastOf(openai)).toMatchObject({ url: "/v1/embeddings" });
  });

  test("that fail have Portkey's fields beside OpenAI's", async () => {
    const call = portkey({ provider: "nonesuch" }).chat.completions.create({ model, messages });
    await expect(call).rejects.toMatchObject({
      status: 400,
      error: { status: "failure", message: expect.stringContaining("nonesuch") as unknown, error: { code: "unknown_provider" } },
    });
  });

  test("that fail at the provider keep its status and words", async () => {
    openai.next(openAiError(404, { message: "The model does not exist.", code: "model_not_found" }));
    const call = portkey({ provider: "openai" }).chat.completions.create({ model, messages });
    await expect(call).rejects.toMatchObject({
      status: 404,
      error: { error: { message: "The model does not exist.", code: "model_not_found" } },
      headers: { "x-portkey-provider": "openai", "x-portkey-last-used-option-index": "config" },
    });
  });

  test("to tools come back as they are", async () => {
    openai.next(openAiChat({ toolCalls: [{ id: "call_1", name: "get_time", arguments: "{}" }] }));
    const tools = [{ type: "function" as const, function: { name: "get_time", parameters: { type: "object", properties: {} } } }];
    const answer = await portkey({ provider: "openai" }).chat.completions.create({ model, messages, tools });
    expect(answer.choices[0]?.message?.tool_calls).toMatchObject([{ id: "call_1", function: { name: "get_time", arguments: "{}" } }]);
    expect(lastOf(openai).json()).toEqual({ model, messages, tools });
  });
});
