import { describe, expect, it } from "vitest";
import type { Frame } from "#core/wire/frame.ts";
import { encodeSse, SseDecoder } from "#core/wire/sse.ts";
import { readFixture, readFixtures } from "../../../../test/fakes/fixture.ts";
import type { ChatReply, Failure, ReadEvent, WriteEvent } from "../chat.ts";
import { Conductor, type Ending } from "../conductor.ts";
import { foldReply } from "../fold-reply.ts";
import type { JsonObject, JsonValue } from "../json.ts";
import { openReader, readReply } from "./read-stream.ts";

interface Answer {
  readonly events: readonly ReadEvent[];
  readonly ending: Ending;
  readonly failure: Failure | null;
  readonly reply: ChatReply | null;
}

function conduct(events: readonly ReadEvent[]): Answer {
  const written: WriteEvent[] = [];
  const conductor = new Conductor((event) => written.push(event));
  for (const event of events) conductor.take(event);
  const ending = conductor.finish();
  return { events, ending, failure: conductor.failure, reply: foldReply(written) };
}

function readFrames(frames: readonly Frame[]): Answer {
  const events: ReadEvent[] = [];
  const reader = openReader();
  for (const frame of frames) reader.read(frame, (event) => events.push(event));
  reader.end((event) => events.push(event));
  return conduct(events);
}

function readText(text: string): Answer {
  const frames: Frame[] = [];
  const decoder = new SseDecoder();
  decoder.feed(Buffer.from(text), (frame) => frames.push(frame));
  decoder.end((frame) => frames.push(frame));
  return readFrames(frames);
}

/** Reads chunks with one choice of these members each, and `[DONE]`. */
function readChoices(...choices: readonly JsonObject[]): Answer {
  const chunks = choices.map((choice) => ({ id: "chatcmpl-1", model: "m", choices: [{ index: 0, ...choice }] }));
  return readChunks(...chunks);
}

function readChunks(...chunks: readonly JsonValue[]): Answer {
  return readText(`${chunks.map((chunk) => encodeSse({ event: null, data: JSON.stringify(chunk) })).join("")}data: [DONE]\n\n`);
}

const calls = (...calls: readonly JsonObject[]): JsonObject => ({ delta: { tool_calls: calls } });
const piece = (index: number, json: string): JsonObject => ({ index, function: { arguments: json } });
const stop = (reason = "stop"): JsonObject => ({ delta: {}, finish_reason: reason });
const callsOf = ({ reply }: Answer): unknown =>
  reply?.blocks.flatMap((block) => (block.type === "tool-call" ? [[block.id, block.name, block.arguments]] : []));

const fixtures = readFixtures("openai-chat");
const streams = fixtures.filter(({ name }) => name.endsWith(".sse"));

describe("openReader()", () => {
  it.each(streams.filter(({ name }) => !name.includes("error")).map(({ name, body }) => [name, String(body)]))(
    "reads %s to its end",
    (_name, text) => {
      const answer = readText(text);
      expect(answer.failure).toBeNull();
      expect(answer.ending).toBe("finished");
    },
  );

  it("reads a stream in bytes of any size as in one piece", () => {
    for (const { body } of streams) {
      const bytes = Buffer.from(String(body));
      const frames: Frame[] = [];
      const decoder = new SseDecoder();
      for (let at = 0; at < bytes.length; at += 3) decoder.feed(bytes.subarray(at, at + 3), (frame) => frames.push(frame));
      decoder.end((frame) => frames.push(frame));
      // Ids that a provider left out are made up, and new each time.
      const known = (answer: Answer): unknown => JSON.parse(JSON.stringify(answer.reply).replaceAll(/call_[0-9a-f]{24}/g, "made-up"));
      expect(known(readFrames(frames))).toEqual(known(readText(String(body))));
    }
  });

  it.each([
    ["stream-deepseek-thinking", "deepseek-thinking"],
    ["stream-openrouter-reasoning", "openrouter-reasoning"],
    ["stream-openrouter-image", "openrouter-image"],
    ["stream-mistral-thinking", "mistral-thinking"],
    ["stream-perplexity-sources", "perplexity-sources"],
    ["stream-annotations", "annotations"],
    ["stream-groq", "groq"],
    ["stream-moonshot", "moonshot"],
    ["stream-no-arguments", "no-arguments"],
    ["stream-function-call", "function-call"],
    ["stream-custom-tool", "custom-tool"],
    ["stream-content-filter", "content-filter"],
    ["stream-google-signature", "google-signature"],
    ["stream-tool-calls", "parallel-tool-calls"],
    ["stream-log-probabilities", "log-probabilities"],
    ["stream-reasoning", "reasoning"],
    ["stream", "plain"],
    ["stream-refusal", "refusal"],
  ])("%s says what %s says in one piece", (stream, whole) => {
    const streamed = readText(String(readFixture(`openai-chat/${stream}.sse`).body)).reply as ChatReply;
    const plain = conduct(readReply(readFixture(`openai-chat/${whole}.json`).body as JsonObject)).reply as ChatReply;
    const essence = ({ blocks, reason }: ChatReply): unknown => ({
      reason,
      blocks: blocks.map((block) =>
        block.type === "tool-call" && /^call_[0-9a-f]{24}$/.test(block.id) ? { ...block, id: "made-up" } : block,
      ),
    });
    expect(essence(streamed)).toEqual(essence(plain));
    // A stream may have none.
    expect({ ...plain.usage, ...streamed.usage }).toEqual(plain.usage);
  });

  it("reads what each variant says in its own way", () => {
    const reply = (name: string): ChatReply => readText(String(readFixture(`openai-chat/${name}.sse`).body)).reply as ChatReply;
    expect(reply("stream-deepseek-thinking")).toMatchObject({
      id: "fixture-deepseek",
      model: "deepseek-v4-pro",
      blocks: [
        { type: "reasoning", text: "Bern is in Switzerland, so I ask the tool." },
        { type: "text", text: "I look." },
        { type: "tool-call", id: "call_00_bern", name: "get_weather", arguments: '{"city": "Bern"}' },
      ],
      reason: "tool-calls",
      usage: { inputTokens: 320, cachedInputTokens: 256, outputTokens: 58, reasoningTokens: 31 },
    });
    expect(reply("stream-openrouter-reasoning").blocks).toMatchObject([
      { type: "reasoning", text: "91 is 7 times 13.", signature: { maker: "anthropic", value: "c2lnbmVkLTI=" } },
      { type: "reasoning", text: "", signature: { maker: "anthropic", value: "cmVkYWN0ZWQtMg==", isRedacted: true } },
      { type: "text", text: "No: 7 × 13." },
    ]);
    expect(reply("stream-openrouter-reasoning").usage).toMatchObject({ inputTokens: 1520, cachedInputTokens: 1024, cacheWriteTokens: 400 });
    expect(reply("stream-perplexity-sources").blocks).toMatchObject([
      {
        text: "In Switzerland[1], on the Aare[2].",
        citations: [
          { url: "https://example.org/bern", title: "Bern", citedText: "Bern is a city." },
          { url: "https://example.org/aare", title: "Aare" },
        ],
      },
    ]);
    expect(reply("stream-perplexity-sources").usage.outputTokens).toBe(9);
    expect(reply("stream-google-signature").blocks).toMatchObject([
      { id: "function-call-1", arguments: '{"city":"Bern"}', signature: { maker: "google", value: "c2lnLWdvb2dsZQ==" } },
      { id: "function-call-2", arguments: '{"city":"Biel"}' },
    ]);
    expect(reply("stream-custom-tool").blocks).toMatchObject([
      { name: "apply_patch", arguments: '{"input":"*** Begin\\n\\"b\\"\\n*** End"}' },
    ]);
    expect(reply("stream-openrouter-image").blocks).toMatchObject([
      { text: "A fox:" },
      { type: "media", mediaType: "image/png", data: "iVBORw0KGgo=" },
    ]);
    expect(reply("stream-two-choices").blocks).toMatchObject([{ text: "Heads." }]);
  });

  it("puts calls whose pieces take turns one behind the other, each with its own", () => {
    const answer = readText(String(readFixture("openai-chat/stream-interleaved-calls.sse").body));
    expect(callsOf(answer)).toEqual([
      ["call_a", "get_weather", '{"city":"Bern"}'],
      ["call_b", "get_weather", '{"city":"Biel"}'],
    ]);
    expect(answer.reply?.reason).toBe("tool-calls");
  });

  it.each<readonly [string, readonly JsonObject[], readonly (readonly [string, string, string])[]]>([
    [
      "the name in a later piece",
      [
        calls({ index: 0, id: "a", function: { name: null, arguments: "" } }),
        calls({ index: 0, function: { name: "f", arguments: '{"x":1}' } }),
      ],
      [["a", "f", '{"x":1}']],
    ],
    [
      "arguments before the name",
      [calls({ index: 0, id: "a", function: { arguments: '{"x"' } }), calls({ index: 0, function: { name: "f", arguments: ":1}" } })],
      [["a", "f", '{"x":1}']],
    ],
    [
      "the id in a later piece",
      [calls({ index: 0, function: { name: "f", arguments: '{"x"' } }), calls({ index: 0, id: "a", function: { arguments: ":1}" } })],
      [["a", "f", '{"x":1}']],
    ],
    [
      "name and id repeated in each piece",
      [
        calls({ index: 0, id: "a", function: { name: "f", arguments: '{"x"' } }),
        calls({ index: 0, id: "a", function: { name: "f", arguments: ":1}" } }),
      ],
      [["a", "f", '{"x":1}']],
    ],
    [
      "another id in each piece",
      [
        calls({ index: 0, id: "a", function: { name: "f", arguments: '{"x"' } }),
        calls({ index: 0, id: "b", function: { arguments: ":1}" } }),
      ],
      [["a", "f", '{"x":1}']],
    ],
    [
      "no index but distinct ids",
      [calls({ id: "a", function: { name: "f", arguments: '{"x":1}' } }), calls({ id: "b", function: { name: "f", arguments: "{}" } })],
      [
        ["a", "f", '{"x":1}'],
        ["b", "f", "{}"],
      ],
    ],
    [
      "no index, and pieces without an id",
      [calls({ id: "a", function: { name: "f", arguments: '{"x"' } }), calls({ function: { arguments: ":1}" } })],
      [["a", "f", '{"x":1}']],
    ],
    [
      "one index for two ids",
      [
        calls(
          { index: 0, id: "a", function: { name: "f", arguments: "{}" } },
          { index: 0, id: "b", function: { name: "g", arguments: "{}" } },
        ),
      ],
      [
        ["a", "f", "{}"],
        ["b", "g", "{}"],
      ],
    ],
    ["arguments that are an object", [calls({ index: 0, id: "a", function: { name: "f", arguments: { x: 1 } } })], [["a", "f", '{"x":1}']]],
    ["no arguments", [calls({ index: 0, id: "a", function: { name: "f" } })], [["a", "f", "{}"]]],
    [
      "an empty entry at the end",
      [calls({ index: 0, id: "a", function: { name: "f", arguments: "{}" } }), calls({ index: 1, function: { arguments: "" } })],
      [["a", "f", "{}"]],
    ],
    ["an index that begins at 1", [calls({ index: 1, id: "a", function: { name: "f", arguments: "{}" } })], [["a", "f", "{}"]]],
  ])("reads a call with %s", (_title, choices, expected) => {
    expect(callsOf(readChoices(...choices, stop("tool_calls")))).toEqual(expected);
  });

  it("passes over the calls of tools that the provider runs itself", () => {
    const answer = readChoices(
      calls({ index: 0, id: "ws_1", type: "web_search", web_search: { query: "x" } }),
      { delta: { content: "Found." } },
      stop(),
    );
    expect(answer.reply).toMatchObject({ blocks: [{ type: "text", text: "Found." }], reason: "stop" });
  });

  it("passes a second call on as it comes when the first is complete", () => {
    const events: ReadEvent[] = [];
    const reader = openReader();
    const read = (choice: JsonObject): void =>
      reader.read({ event: null, data: JSON.stringify({ id: "1", choices: [{ index: 0, ...choice }] }) }, (event) => events.push(event));
    read(calls({ index: 0, id: "a", function: { name: "f", arguments: '{"x":' } }));
    read(calls(piece(0, "1}")));
    read(calls({ index: 1, id: "b", function: { name: "g", arguments: '{"y"' } }));
    expect(events.slice(-2)).toEqual([
      { type: "tool-call", id: "b", name: "g" },
      { type: "arguments", json: '{"y"' },
    ]);
  });

  it("keeps text that comes between the pieces of a call", () => {
    const answer = readChoices(
      calls({ index: 0, id: "a", function: { name: "f", arguments: '{"x"' } }),
      { delta: { content: "So" } },
      calls(piece(0, ":1}")),
      { delta: { content: " it is." } },
      stop("tool_calls"),
    );
    expect(answer.reply?.blocks).toMatchObject([
      { type: "tool-call", arguments: '{"x":1}' },
      { type: "text", text: "So it is." },
    ]);
  });

  it("makes up an id where a provider gives none, another for each call", () => {
    const answer = readChoices(
      calls({ index: 0, function: { name: "f", arguments: "{}" } }, { index: 1, function: { name: "f", arguments: "{}" } }),
      stop(),
    );
    const ids = answer.reply?.blocks.map((block) => (block.type === "tool-call" ? block.id : ""));
    expect(new Set(ids).size).toBe(2);
    expect(ids?.every((id) => /^call_\w{24}$/.test(id))).toBe(true);
  });

  it("tells two calls under one id apart", () => {
    const answer = readChoices(
      calls(
        { index: 0, id: "f", function: { name: "f", arguments: "{}" } },
        { index: 1, id: "f", function: { name: "f", arguments: "{}" } },
      ),
      stop(),
    );
    const ids = answer.reply?.blocks.map((block) => (block.type === "tool-call" ? block.id : ""));
    expect(ids?.[0]).toBe("f");
    expect(new Set(ids).size).toBe(2);
  });

  it("says once what stands in two fields", () => {
    const both = readChoices(
      { delta: { reasoning: "So", reasoning_content: "So", reasoning_details: [{ type: "reasoning.text", text: "So" }] } },
      stop(),
    );
    expect(both.reply?.blocks).toEqual([{ type: "reasoning", text: "So", signature: undefined }].map(({ type, text }) => ({ type, text })));
    const beside = readChoices(
      { delta: { reasoning: "So", reasoning_details: [{ type: "reasoning.encrypted", data: "x", format: "unknown" }] } },
      stop(),
    );
    expect(beside.reply?.blocks).toEqual([{ type: "reasoning", text: "So" }]);
  });

  it("gives a signature that stands apart from its call to the call", () => {
    const answer = readChoices(
      {
        delta: {
          reasoning_details: [{ type: "reasoning.encrypted", data: "c2ln", format: "google-gemini-v1", id: "a" }],
          tool_calls: [{ index: 0, id: "a", function: { name: "f", arguments: "{}" } }],
        },
      },
      stop(),
    );
    expect(answer.reply?.blocks).toMatchObject([{ type: "tool-call", id: "a", signature: { maker: "google", value: "c2ln" } }]);
  });

  it.each([
    ["length", "length"],
    ["model_length", "length"],
    ["content_filter", "content-filter"],
    ["end_turn", "stop"],
    ["tool_calls", "stop"],
  ])("reads the reason %s of an answer without calls as %s", (reason, expected) => {
    expect(readChoices({ delta: { content: "Hi" } }, stop(reason)).reply?.reason).toBe(expected);
  });

  it("takes a reason that comes twice once, and usage behind it", () => {
    const answer = readChunks(
      { id: "1", choices: [{ index: 0, delta: { content: "Hi" }, finish_reason: "length" }] },
      { id: "1", choices: [{ index: 0, delta: {}, finish_reason: "stop" }] },
      { id: "1", choices: [], usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 } },
    );
    expect(answer.reply).toMatchObject({ reason: "length", usage: { inputTokens: 1, outputTokens: 2 } });
    expect(answer.events.filter(({ type }) => type === "finish")).toHaveLength(1);
  });

  it("ends with [DONE] alone, but never in the middle of a call", () => {
    expect(readChoices({ delta: { content: "Hi" } }).ending).toBe("finished");
    expect(readChoices(calls({ index: 0, id: "a", function: { name: "f", arguments: '{"x"' } })).ending).toBe("truncated");
  });

  it("ends with a reason alone, and not without either", () => {
    const text = String(readFixture("openai-chat/stream.sse").body);
    expect(readText(text.replace("data: [DONE]\n", "")).ending).toBe("finished");
    expect(readText(text.slice(0, text.indexOf('{"content":" What'))).ending).toBe("failed");
    expect(readText(String(readFixture("openai-chat/stream-error-cut.sse").body)).ending).toBe("truncated");
  });

  it("tells an error in the middle with its words and its status", () => {
    expect(readText(String(readFixture("openai-chat/stream-error.sse").body)).failure).toMatchObject({ status: 500, code: "server_error" });
    expect(readText(String(readFixture("openai-chat/stream-error-openrouter.sse").body)).failure).toMatchObject({
      status: 529,
      message: "Provider returned error: Overloaded",
    });
    expect(readChunks({ error: "rate limited" }).failure).toMatchObject({ status: 500, message: "rate limited" });
    expect(readChunks({ error: { message: "Slow down", type: "rate_limit_error" } }).failure).toMatchObject({ status: 429 });
    expect(readChunks({ object: "error", message: "Too long", type: "invalid_request_error", code: 400 }).failure).toMatchObject({
      status: 400,
    });
    expect(readFrames([{ event: "error", data: '{"message":"Gone"}' }]).failure).toMatchObject({ status: 500, message: "Gone" });
    expect(readChoices({ delta: {}, finish_reason: "insufficient_system_resource" }).failure).toMatchObject({ status: 503 });
  });

  it.each<readonly [string, string]>([
    ["no JSON", "{"],
    ["no object", "[1]"],
    ["choices that are no list", '{"choices":{}}'],
    ["content of a wrong type", '{"choices":[{"delta":{"content":5}}]}'],
    ["calls that are no list", '{"choices":[{"delta":{"tool_calls":{}}}]}'],
    ["a call that is no object", '{"choices":[{"delta":{"tool_calls":["f"]}}]}'],
    ["arguments of a wrong type", '{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":5}}]}}]}'],
    [
      "a call without a name",
      '{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"arguments":"{}"}}]},"finish_reason":"stop"}]}',
    ],
  ])("fails with 502 on a frame with %s, and says nothing more", (_title, data) => {
    const answer = readText(`data: ${data}\n\ndata: {"choices":[{"delta":{"content":"more"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n`);
    expect(answer.failure).toMatchObject({ status: 502, code: "upstream_invalid" });
    expect(answer.events.at(-1)?.type).toBe("failure");
  });

  it("passes over what it does not know", () => {
    const answer = readChunks(
      { type: "ping" },
      { id: "1", object: "chat.completion.chunk", choices: null, moderation: { x: 1 } },
      { id: "1", choices: [{ index: 0, delta: { content: "Hi", novelty: [1] }, finish_reason: "", obfuscation: "xx" }] },
      { id: "1", choices: [{ index: 0, delta: null, finish_reason: "stop" }] },
    );
    expect(answer.reply).toMatchObject({ blocks: [{ text: "Hi" }], reason: "stop" });
  });
});

describe("readReply()", () => {
  it.each(
    fixtures.filter(({ name, status }) => name.endsWith(".json") && status === 200).map(({ name, body }) => [name, body as JsonObject]),
  )("reads %s", (_name, body) => {
    const answer = conduct(readReply(body));
    expect(answer.failure).toBeNull();
    expect(answer.ending).toBe("finished");
    expect(answer.reply?.blocks.length).toBeGreaterThan(0);
  });

  it("takes a whole answer without a reason for whole, and calls without ids for several", () => {
    const tool_calls = [{ function: { name: "f", arguments: { x: 1 } } }, { function: { name: "f", arguments: "" } }];
    const answer = conduct(readReply({ choices: [{ message: { content: null, tool_calls }, finish_reason: null }] }));
    expect(answer.reply).toMatchObject({ reason: "tool-calls", blocks: [{ arguments: '{"x":1}' }, { arguments: "{}" }] });
  });

  it.each<readonly [JsonObject, number]>([
    [{}, 502],
    [{ choices: [] }, 502],
    [{ choices: [{ index: 0 }] }, 502],
    [{ choices: [{ message: { content: 5 } }] }, 502],
    [{ error: { message: "Overloaded", code: 529 } }, 529],
    [{ object: "error", message: "No", type: "authentication_error" }, 401],
  ])("fails on %j", (body, status) => {
    const answer = conduct(readReply(body));
    expect(answer.failure?.status).toBe(status);
    expect(answer.reply).toBeNull();
  });
});
