import OpenAI from "openai";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { playFixture, readFixture } from "../fakes/fixture.ts";
import { stall, stallAfter } from "../fakes/misbehaviour.ts";
import { startWorld, type World } from "../fakes/observe-call.ts";
import { openAi, openAiChat, openAiError, openAiStream } from "../fakes/openai-replies.ts";
import { assertClean } from "./assert-clean.ts";

// The `openai` package, unmodified, with nothing changed but its base URL and its key.

const providerKey = "sk-scripted-Wm8pQ2vXzL4tR9yB";
const messages = [{ role: "user" as const, content: "Hi" }];

let world: World;
let client: OpenAI;
/** Without Postern's own retries, for tests that count what the provider got. */
let once: OpenAI;

beforeAll(async () => {
  world = await startWorld({ environment: { OPENAI_API_KEY: providerKey } });
  const options = { baseURL: `${world.postern.url}/v1`, apiKey: world.postern.key, maxRetries: 0 };
  client = new OpenAI(options);
  once = new OpenAI({ ...options, defaultHeaders: { "x-portkey-retry": "0" } });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

beforeEach(() => world.provider.forget());

afterEach(() => assertClean(world.provider, [world.postern.key]));

const lastRequest = (): World["provider"]["requests"][number] => {
  const request = world.provider.requests.at(-1);
  if (request === undefined) throw new Error("the provider got no request");
  return request;
};

describe("chat.completions.create()", () => {
  test("answers plainly; the provider gets its own key and the model without the prefix", async () => {
    const answer = await client.chat.completions.create({ model: "@openai/gpt-4o", messages, temperature: 0.5 });
    expect(answer.choices[0]?.message.content).toBe("Hello!");
    expect(answer.usage?.total_tokens).toBe(29);
    expect(lastRequest()).toMatchObject({ method: "POST", url: "/v1/chat/completions" });
    expect(lastRequest().json()).toEqual({ model: "gpt-4o", messages, temperature: 0.5 });
    expect(lastRequest().headers["authorization"]).toBe(`Bearer ${providerKey}`);
    // What the SDK tells about the machine that it runs on is nobody else's business.
    expect(Object.keys(lastRequest().headers).filter((name) => name.startsWith("x-stainless"))).toEqual([]);
  });

  test.each([
    ["did not ask for usage", undefined, 0],
    ["said that it wants none", { include_usage: false }, 0],
    ["asked for usage", { include_usage: true }, 1],
  ] as const)("streams; a client that %s sees it %s%d times, and the provider was asked for it", async (_title, streamOptions, times) => {
    const stream = await client.chat.completions.create({
      model: "gpt-4o",
      messages,
      stream: true,
      ...(streamOptions === undefined ? {} : { stream_options: streamOptions }),
    });
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("")).toBe("Hello!");
    expect(chunks.flatMap((chunk) => chunk.choices.map((choice) => choice.finish_reason)).at(-1)).toBe("stop");
    expect(chunks.filter((chunk) => chunk.choices.length === 0)).toHaveLength(times);
    expect(chunks.filter((chunk) => chunk.usage?.total_tokens === 29)).toHaveLength(times);
    expect(lastRequest().json()).toMatchObject({ stream: true, stream_options: { include_usage: true } });
  });

  test("stream() of the SDK folds the events into one answer", async () => {
    const answer = await client.chat.completions.stream({ model: "gpt-4o", messages }).finalChatCompletion();
    expect(answer.choices[0]).toMatchObject({ finish_reason: "stop", message: { role: "assistant", content: "Hello!" } });
  });

  test("leaves text as it is, in every script", async () => {
    const text = 'Grüße, 世界, 🦊, "quoted \\ usage", \u2028 and e\u0301';
    world.provider.next(openAi(text));
    world.provider.next(openAiStream({ deltas: [text], splitEveryByte: true }));
    const plain = await client.chat.completions.create({ model: "gpt-4o", messages: [{ role: "user", content: text }] });
    const streamed = await client.chat.completions.stream({ model: "gpt-4o", messages }).finalContent();
    expect([plain.choices[0]?.message.content, streamed]).toEqual([text, text]);
    expect(world.provider.requests[0]?.json()).toMatchObject({ messages: [{ role: "user", content: text }] });
  });
});

describe("tools", () => {
  const fixture = readFixture("openai-chat/tool-call.json");
  const request = fixture.request as unknown as OpenAI.ChatCompletionCreateParamsNonStreaming;

  test("reach the provider as they are, calls come back, and so do their results", async () => {
    world.provider.next(playFixture(fixture));
    const first = await client.chat.completions.create(request);
    expect(lastRequest().json()).toEqual(request);
    const call = first.choices[0]?.message;
    expect(first.choices[0]?.finish_reason).toBe("tool_calls");
    expect(call?.tool_calls).toEqual([
      { id: "call_bern", type: "function", function: { name: "get_weather", arguments: '{"city":"Bern"}' } },
    ]);
    if (call === undefined) return;
    world.provider.next(openAiChat({ content: "It snows." }));
    const turn = [...request.messages, call, { role: "tool" as const, tool_call_id: "call_bern", content: '{"weather":"snow"}' }];
    const second = await client.chat.completions.create({ ...request, messages: turn });
    expect(second.choices[0]?.message.content).toBe("It snows.");
    expect(lastRequest().json()).toEqual({ ...request, messages: turn });
  });

  test("are called in a stream too, piece by piece", async () => {
    world.provider.next(playFixture(readFixture("openai-chat/stream-tool-calls.sse")));
    const answer = await client.chat.completions.stream({ ...request, stream: true }).finalChatCompletion();
    expect(answer.choices[0]?.finish_reason).toBe("tool_calls");
    expect(answer.choices[0]?.message.tool_calls?.map((call) => (call.type === "function" ? call.function : null))).toMatchObject([
      { name: "get_weather", arguments: '{"city":"Bern"}' },
      { name: "get_time", arguments: '{"city":"Bern","zone":"CET"}' },
    ]);
  });
});

describe("abort()", () => {
  test("in the middle of a stream closes the provider's socket", async () => {
    world.provider.next(stallAfter({ chunks: 2 }, openAiStream()));
    const stream = await client.chat.completions.create({ model: "gpt-4o", messages, stream: true });
    const seen: unknown[] = [];
    for await (const chunk of stream) {
      seen.push(chunk.choices[0]?.delta.content);
      if (seen.length === 2) stream.controller.abort();
    }
    await lastRequest().closedEarly;
    expect(seen).toEqual(["", "Hel"]);
  });

  test.each([true, false])("before the first byte closes it too (stream: %s)", async (stream) => {
    world.provider.next(stall());
    const controller = new AbortController();
    const answer = client.chat.completions.create({ model: "gpt-4o", messages, stream }, { signal: controller.signal });
    const failed = answer.then(
      () => null,
      (error: unknown) => error,
    );
    const request = await world.provider.waitForRequest(1);
    controller.abort();
    expect(await failed).toBeInstanceOf(OpenAI.APIUserAbortError);
    await request.closedEarly;
    expect(world.provider.requests).toHaveLength(1);
  });
});

describe("an error of the provider", () => {
  test.each([
    [400, OpenAI.BadRequestError, "Unsupported value.", {}, "Unsupported value."],
    [401, OpenAI.AuthenticationError, `Incorrect API key provided: ${providerKey}.`, {}, "Upstream authentication error"],
    [403, OpenAI.PermissionDeniedError, "Country not supported.", {}, "Country not supported."],
    [404, OpenAI.NotFoundError, "The model does not exist.", {}, "The model does not exist."],
    [422, OpenAI.UnprocessableEntityError, "Cannot process.", {}, "Cannot process."],
    [429, OpenAI.RateLimitError, "Rate limit reached.", { "retry-after": "7", "x-ratelimit-limit-requests": "60" }, "Rate limit reached."],
    [500, OpenAI.InternalServerError, "The server had an error.", {}, "The server had an error."],
    [503, OpenAI.InternalServerError, "Overloaded.", {}, "Overloaded."],
  ] as const)(
    "%d is the SDK's own class, with its words, without a key, for plain calls and streams",
    async (status, kind, message, headers, words) => {
      for (const stream of [false, true]) {
        world.provider.next(openAiError(status, { message, type: "scripted_type", code: "scripted_code" }, headers));
        const error = await once.chat.completions.create({ model: "gpt-4o", messages, stream }).catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(kind);
        if (!(error instanceof OpenAI.APIError)) return;
        expect(error).toMatchObject({ status, type: "scripted_type", code: "scripted_code" });
        expect(error.message).toContain(words);
        expect(JSON.stringify([error.message, error.error])).not.toContain(providerKey);
        for (const [name, value] of Object.entries(headers)) expect(error.headers?.get(name)).toBe(value);
      }
      expect(world.provider.requests).toHaveLength(2);
    },
  );

  test("that passes is tried again: two failures, then the answer, three requests", async () => {
    const passing = openAiError(503, { message: "Overloaded." }, { "retry-after": "0" });
    world.provider.next(passing);
    world.provider.next(passing);
    const { data, response } = await client.chat.completions.create({ model: "gpt-4o", messages }).withResponse();
    expect(data.choices[0]?.message.content).toBe("Hello!");
    expect(response.headers.get("x-portkey-retry-attempt-count")).toBe("2");
    expect(world.provider.requests.map((request) => request.body.toString())).toEqual(Array(3).fill(lastRequest().body.toString()));
  });

  test("that does not pass is not tried again", async () => {
    world.provider.next(openAiError(400, { message: "No." }));
    await expect(client.chat.completions.create({ model: "gpt-4o", messages })).rejects.toThrow("400 No.");
    expect(world.provider.requests).toHaveLength(1);
  });

  test("that stays is given up after the default of three retries", async () => {
    const failing = openAiError(500, { message: "Broken." }, { "retry-after": "0" });
    for (let times = 0; times < 4; times++) world.provider.next(failing);
    await expect(client.chat.completions.create({ model: "gpt-4o", messages })).rejects.toMatchObject({ status: 500 });
    expect(world.provider.requests).toHaveLength(4);
  });
});

describe("an error of Postern", () => {
  test.each([
    ["a wrong local key", { apiKey: `postern_${"w".repeat(43)}` }, "gpt-4o", OpenAI.AuthenticationError, "invalid_api_key"],
    ["an unknown provider", {}, "@nonesuch/gpt-4o", OpenAI.BadRequestError, "unknown_provider"],
    ["a provider without a key", {}, "@groq/llama-3.3-70b-versatile", OpenAI.AuthenticationError, "provider_key_missing"],
    ["a prefix without a model", {}, "@openai/", OpenAI.BadRequestError, "invalid_value"],
  ] as const)("%s is the SDK's own class, and the provider hears nothing", async (_title, options, model, kind, code) => {
    const error = await client
      .withOptions(options)
      .chat.completions.create({ model, messages })
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject({ code });
    expect(String(error)).not.toMatch(/wwww|undefined/);
    expect(world.provider.requests).toHaveLength(0);
  });
});
