import { randomBytes } from "node:crypto";
import OpenAI from "openai";
import { createHeaders, Portkey } from "portkey-ai";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { anthropicMessages } from "#core/dialects/anthropic-messages/index.ts";
import { callTool, say, speak, think } from "../fakes/dialect-provider.ts";
import { resetAfter, stall } from "../fakes/misbehaviour.ts";
import { openAiError, openAiStream } from "../fakes/openai-replies.ts";
import { gate } from "../fakes/replies.ts";
import { messages, type RoutingWorld, startRoutingWorld, theCall, when } from "../wire/routing-world.ts";
import { addKey, passphrase, whyNoStoredKeys } from "./add-key.ts";

// Routing as people use it with the `portkey-ai` package, unmodified: configs, virtual keys, trace ids, thoughts.

let world: RoutingWorld;

beforeAll(async () => {
  world = await startRoutingWorld(["openai", "groq", "anthropic"], {
    environment: { POSTERN_PASSPHRASE: passphrase },
    config: {
      providers: {},
      configs: {
        "pc-steady": {
          strategy: { mode: "fallback" },
          targets: [
            { provider: "openai", model: "gpt-4o" },
            { provider: "groq", model: "llama" },
          ],
        },
      },
    },
  });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

beforeEach(() => world.reset());

afterEach(() => world.assertClean());

type PortkeyOptions = NonNullable<ConstructorParameters<typeof Portkey>[0]>;

function portkey(options: PortkeyOptions = {}): Portkey {
  return new Portkey({ baseURL: `${world.postern.url}/v1`, apiKey: world.postern.key, ...options });
}

const chat = [{ role: "user" as const, content: "Hi" }];
const ask = { model: "m", messages: chat };
const apart = { circuit_breaker: { enabled: false } };
const fallback = {
  strategy: { mode: "fallback" },
  targets: [
    { provider: "openai", ...apart },
    { provider: "groq", ...apart },
  ],
};
const broken = openAiError(503, { message: "Overloaded.", code: "overloaded" }, { "retry-after": "0" });

describe("a config", () => {
  test.each<readonly [string, string | Record<string, unknown>]>([
    ["as an object", fallback],
    ["as text", JSON.stringify(fallback)],
    ["by its saved name", "pc-steady"],
  ])("of the client goes with every call (%s)", async (_title, config) => {
    world.at("openai").next(broken);
    const answer = await portkey({ config }).chat.completions.create(ask);
    expect(answer.choices[0]?.message?.content).toBe("from groq");
    expect(answer.getHeaders()).toMatchObject({
      provider: "groq",
      "last-used-option-index": "config.targets[1]",
      "retry-attempt-count": "0",
    });
  });

  test("of one call goes before the client's", async () => {
    const client = portkey({ config: "pc-steady" });
    const answer = await client.chat.completions.create(ask, { config: { provider: "groq", ...apart } });
    expect(answer.getHeaders()).toMatchObject({ provider: "groq", "last-used-option-index": "config" });
    expect(world.counts()).toEqual({ groq: 1 });
  });

  test("falls over in a stream before its first word", async () => {
    world.at("openai").next(broken);
    const stream = await portkey({ config: fallback }).chat.completions.create({ ...ask, stream: true });
    let text = "";
    for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? "";
    expect([text, world.counts()]).toEqual(["from groq", { openai: 1, groq: 1 }]);
  });

  test("keeps answers, and gives fresh ones to who wants them", async () => {
    const config = { provider: "openai", cache: { mode: "simple" }, ...apart };
    const call = { ...ask, user: randomBytes(6).toString("hex") };
    const statuses: unknown[] = [];
    for (const client of [
      portkey({ config }),
      portkey({ config }),
      portkey({ config, cacheForceRefresh: true }),
      portkey({ config, cacheNamespace: "other" }),
    ])
      statuses.push((await client.chat.completions.create(call)).getHeaders()?.["cache-status"]);
    expect(statuses).toEqual(["MISS", "HIT", "REFRESH", "MISS"]);
  });

  test("routes by metadata of the client and of one call", async () => {
    const config = {
      strategy: { mode: "conditional", conditions: [when({ "metadata.plan": { $eq: "paid" } }, "paid")], default: "free" },
      targets: [
        { name: "paid", provider: "openai" },
        { name: "free", provider: "groq" },
      ],
    };
    const client = portkey({ config, metadata: { plan: "paid" } });
    expect((await client.chat.completions.create(ask)).getHeaders()).toMatchObject({ provider: "openai" });
    expect((await client.chat.completions.create(ask, { metadata: { plan: "free" } })).getHeaders()).toMatchObject({ provider: "groq" });
  });

  test("limits the time: 408 in Portkey's words", async () => {
    world.at("openai").always(stall());
    const call = portkey({ config: { provider: "openai", request_timeout: 80, ...apart } }).chat.completions.create(ask);
    await expect(call).rejects.toMatchObject({
      status: 408,
      error: { error: { message: "Request exceeded the timeout sent in the request: 80ms", type: "timeout_error" } },
    });
  });

  test("that is wrong lists its mistakes", async () => {
    const call = portkey({ config: { strategy: { mode: "nope" }, targets: [{ provider: "openai" }] } }).chat.completions.create(ask);
    await expect(call).rejects.toMatchObject({
      status: 400,
      error: { status: "failure", errors: [expect.stringMatching(/^path: strategy,mode, message: /) as unknown] },
    });
  });
});

describe("the client's other options", () => {
  test("trace id, of the client and of one call, come back and stand in the log", async () => {
    const client = portkey({ provider: "openai", traceID: "of-the-client" });
    expect((await client.chat.completions.create(ask)).getHeaders()).toMatchObject({ "trace-id": "of-the-client" });
    expect((await client.chat.completions.create(ask, { traceID: "of-the-call" })).getHeaders()).toMatchObject({
      "trace-id": "of-the-call",
    });
    expect(await theCall(world.postern.dataFolder, "of-the-call")).toMatchObject({ provider: "openai", ending: "finished" });
  });

  test("custom host, timeout and forwarded headers", async () => {
    const client = portkey({
      provider: "openai",
      customHost: `${world.at("groq").origin}/elsewhere`,
      requestTimeout: 5_000,
      forwardHeaders: ["x-team"],
      "x-team": "blue",
    } as PortkeyOptions);
    await client.chat.completions.create(ask);
    expect(world.at("groq").requests[0]).toMatchObject({ url: "/elsewhere/chat/completions", headers: { "x-team": "blue" } });
  });

  test.skipIf(whyNoStoredKeys !== null)("virtual keys, by target", async () => {
    const secrets = { openai: `sk-a-${randomBytes(9).toString("hex")}`, groq: `gsk-b-${randomBytes(9).toString("hex")}` };
    await addKey(world.postern, "openai", { name: "team-a", secret: secrets.openai });
    await addKey(world.postern, "groq", { name: "team-b", secret: secrets.groq });
    world.at("openai").next(broken);
    const config = { strategy: { mode: "fallback" }, targets: [{ virtual_key: "team-a" }, { virtual_key: "team-b" }] };
    const answer = await portkey({ config }).chat.completions.create(ask);
    expect(answer.getHeaders()).toMatchObject({ provider: "groq" });
    expect(world.at("openai").requests[0]?.headers["authorization"]).toBe(`Bearer ${secrets.openai}`);
    expect(world.at("groq").requests[0]?.headers["authorization"]).toBe(`Bearer ${secrets.groq}`);
    await portkey({ provider: "@team-b" }).chat.completions.create(ask);
    expect(world.at("groq").requests[1]?.headers["authorization"]).toBe(`Bearer ${secrets.groq}`);
  });
});

describe("errors", () => {
  test("of a provider keep status and words, with where they come from", async () => {
    world.at("openai").always(broken);
    const call = portkey({ config: { provider: "openai", retry: { attempts: 1 }, ...apart } }).chat.completions.create(ask, {
      maxRetries: 0,
    });
    await expect(call).rejects.toMatchObject({
      status: 503,
      error: { error: { message: "Overloaded.", code: "overloaded" } },
      headers: { "x-portkey-retry-attempt-count": "-1", "x-portkey-provider": "openai", "x-postern-attempts": "config openai 503" },
    });
  });

  test("in the middle of a stream throw, and nothing reads as an end", async () => {
    const moment = gate();
    world.at("openai").next(resetAfter({ chunks: 3 }, openAiStream(), { when: moment.opened }));
    const stream = await portkey({ config: fallback }).chat.completions.create({ ...ask, stream: true });
    const chunks: { readonly choices?: readonly { readonly finish_reason?: string | null }[]; readonly error?: unknown }[] = [];
    await expect(
      (async () => {
        for await (const chunk of stream) {
          moment.open();
          chunks.push(chunk as (typeof chunks)[number]);
        }
      })(),
    ).rejects.toThrow("terminated");
    // The package hands the error on as a chunk before it throws.
    expect(chunks.at(-1)).toMatchObject({ error: { code: "upstream_truncated" } });
    expect(chunks.flatMap(({ choices }) => choices?.[0]?.finish_reason ?? [])).toEqual([]);
    expect(world.counts()).toEqual({ openai: 1 });
  });
});

describe("thoughts", () => {
  const signature = "c2lnbmF0dXJl";
  const thinking = [...think("Let me see.", signature), ...say("Hello there")];
  const config = { provider: "anthropic", model: "claude-3-7-sonnet-latest", ...apart };
  const thinkingAsk = { model: "m", messages: chat, max_tokens: 3_000, thinking: { type: "enabled", budget_tokens: 2_030 } };

  interface Blocks {
    readonly content_blocks?: readonly Record<string, unknown>[];
  }

  // The package switches strict compliance off unless it is told otherwise.
  test.each<readonly [string, PortkeyOptions]>([
    ["by default", {}],
    ["where it says so", { strictOpenAiCompliance: false }],
  ])("come as content_blocks with their signature (%s), and go back as they came", async (_title, options) => {
    world.at("anthropic").always(speak(anthropicMessages, () => thinking));
    const client = portkey({ config, ...options });
    const answer = await client.chat.completions.create(thinkingAsk);
    const message = answer.choices[0]?.message as unknown as Blocks & { content: string };
    expect(message.content).toBe("Hello there");
    expect(message.content_blocks).toEqual([
      { type: "thinking", thinking: "Let me see.", signature },
      { type: "text", text: "Hello there" },
    ]);
    expect(world.at("anthropic").requests[0]?.json()).toMatchObject({ thinking: { type: "enabled", budget_tokens: 2_030 } });

    await client.chat.completions.create({ ...thinkingAsk, messages: [...chat, message as never, { role: "user", content: "And?" }] });
    const sent = world.at("anthropic").requests[1]?.json() as { messages: readonly { role: string; content: unknown }[] };
    expect(sent.messages[1]).toEqual({
      role: "assistant",
      content: [
        { type: "thinking", thinking: "Let me see.", signature },
        { type: "text", text: "Hello there" },
      ],
    });
  });

  test("stream as content_blocks, beside the text", async () => {
    world.at("anthropic").always(speak(anthropicMessages, () => [...thinking, ...callTool("f", { a: 1 }, "toolu_1")]));
    const tools = [{ type: "function" as const, function: { name: "f", parameters: { type: "object", properties: {} } } }];
    const stream = await portkey({ config }).chat.completions.create({ ...thinkingAsk, tools, stream: true });
    const blocks: Record<string, string>[] = [];
    let text = "";
    for await (const chunk of stream) {
      const delta = chunk.choices[0]?.delta as Blocks & { content?: string | null };
      text += delta?.content ?? "";
      for (const { index, delta: piece } of (delta?.content_blocks ?? []) as { index: number; delta: Record<string, string> }[]) {
        const block = (blocks[index] ??= {});
        for (const [key, value] of Object.entries(piece)) block[key] = (block[key] ?? "") + value;
      }
    }
    expect([text, blocks]).toEqual(["Hello there", [{ thinking: "Let me see.", signature }, { text: "Hello there" }]]);
  });

  test("do not where strict compliance is on: in the header, the config or by default of other clients", async () => {
    world.at("anthropic").always(speak(anthropicMessages, () => thinking));
    const openai = new OpenAI({
      baseURL: `${world.postern.url}/v1`,
      apiKey: world.postern.key,
      defaultHeaders: createHeaders({ config }),
    });
    const answers = [
      await portkey({ config, strictOpenAiCompliance: true }).chat.completions.create(thinkingAsk),
      await openai.chat.completions.create({ model: "m", messages: chat }),
    ];
    for (const answer of answers) {
      expect(answer.choices[0]?.message).not.toHaveProperty("content_blocks");
      expect(answer.choices[0]?.message).toMatchObject({ content: "Hello there", reasoning_content: "Let me see." });
    }
    const asked = await world.ask({ config: { ...config, strict_open_ai_compliance: false } });
    expect(asked.text).toContain("content_blocks");
    expect(messages).toEqual(chat);
  });
});
