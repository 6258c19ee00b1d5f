import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AwsEventStreamDecoder, encodeAwsEventStream, loadAwsEventStream } from "#core/wire/aws-event-stream.ts";
import type { Frame } from "#core/wire/frame.ts";
import { SseDecoder } from "#core/wire/sse.ts";
import { readFixture, readFixtures } from "../../../../test/fakes/fixture.ts";
import type { ChatReply, ReadEvent, WriteEvent } from "../chat.ts";
import { Conductor, type Ending } from "../conductor.ts";
import type { ReplyMeta } from "../dialect.ts";
import { foldReply } from "../fold-reply.ts";
import type { JsonObject } from "../json.ts";
import { bedrockConverse } from "./index.ts";

await loadAwsEventStream();

interface Answer {
  readonly reply: ChatReply | null;
  readonly ending: Ending;
  readonly failure: Conductor["failure"];
  readonly events: readonly WriteEvent[];
}

function conduct(feed: (take: (event: ReadEvent) => void) => void): Answer {
  const events: WriteEvent[] = [];
  const conductor = new Conductor((event) => events.push(event));
  feed((event) => conductor.take(event));
  const ending = conductor.finish();
  return { reply: foldReply(events), ending, failure: conductor.failure, events };
}

function readStream(frames: readonly Frame[]): Answer {
  const reader = bedrockConverse.openReader();
  return conduct((take) => {
    for (const frame of frames) reader.read(frame, take);
    reader.end(take);
  });
}

function readWhole(body: unknown): Answer {
  return conduct((take) => {
    for (const event of bedrockConverse.readReply(body as JsonObject)) take(event);
  });
}

/** A stream's frames, which a fixture holds as text; the wire has them as binary messages. */
function framesOf(name: string): readonly Frame[] {
  const frames: Frame[] = [];
  const decoder = new SseDecoder();
  decoder.feed(Buffer.from(String(readFixture(`bedrock-converse/${name}.sse`).body)), (frame) => frames.push(frame));
  decoder.end((frame) => frames.push(frame));
  return frames;
}

const bodyOf = (name: string): JsonObject => readFixture(`bedrock-converse/${name}.json`).body as JsonObject;

const meta: ReplyMeta = {
  request: { model: "m", stream: true, messages: [], tools: [] },
  body: {},
  nowSeconds: 0,
  newId: (prefix) => `${prefix}1`,
};

function write(events: readonly WriteEvent[]): readonly Frame[] {
  const frames: Frame[] = [];
  const writer = bedrockConverse.openWriter(meta);
  for (const event of events) writer.write(event, (frame) => frames.push(frame));
  return frames;
}

const twins = [
  "plain",
  "tools",
  "reasoning",
  "length",
  "stop-sequence",
  "guardrail",
  "cache",
  "citations",
  "server-tool",
  "image",
] as const;

describe("an answer of Converse and its twin of ConverseStream", () => {
  it.each(twins)("say the same: %s", (name) => {
    const stream = readStream(framesOf(`stream-${name}`));
    const whole = readWhole(bodyOf(name));
    expect(stream.reply).not.toBeNull();
    expect(stream.reply).toEqual(whole.reply);
  });

  it.each(twins)("come out again as they went in: %s", (name) => {
    const { reply, events } = readStream(framesOf(`stream-${name}`));
    expect(readStream(write(events)).reply).toEqual(reply);
    expect(readWhole(bedrockConverse.writeReply(reply as ChatReply, meta)).reply).toEqual(reply);
  });

  it.each(twins)("survive the binary framing at any cut: %s", (name) => {
    const frames = framesOf(`stream-${name}`);
    const bytes = Buffer.concat(frames.map(encodeAwsEventStream));
    fc.assert(
      fc.property(fc.nat({ max: bytes.length }), (cut) => {
        const found: Frame[] = [];
        const decoder = new AwsEventStreamDecoder();
        decoder.feed(bytes.subarray(0, cut), (frame) => found.push(frame));
        decoder.feed(bytes.subarray(cut), (frame) => found.push(frame));
        expect(found).toEqual(frames);
      }),
      { numRuns: 20 },
    );
  });
});

describe("reading an answer", () => {
  it("keeps text, calls and the reason apart, and gives a call without input an empty object", () => {
    expect(readStream(framesOf("stream-tools")).reply).toMatchObject({
      reason: "tool-calls",
      blocks: [
        { type: "text", text: "I will look." },
        { type: "tool-call", id: "tooluse_a1", name: "get_weather", arguments: '{"place":"Bern"}' },
        { type: "tool-call", id: "tooluse_b2", name: "get_time", arguments: "{}" },
      ],
    });
  });

  it("takes interleaved calls apart by their index", () => {
    expect(readStream(framesOf("stream-tools-interleaved")).reply?.blocks).toMatchObject([
      { id: "tooluse_a1", arguments: '{"place":"Bern"}' },
      { id: "tooluse_b2", arguments: '{"zone":"CET"}' },
    ]);
  });

  it("keeps what proves a thought", () => {
    expect(readStream(framesOf("stream-reasoning")).reply?.blocks).toEqual([
      { type: "reasoning", text: "", signature: { maker: "anthropic", value: "RW5jcnlwdGVk", isRedacted: true } },
      { type: "reasoning", text: "Bern, I think.", signature: { maker: "anthropic", value: "c2lnbmF0dXJl" } },
      { type: "text", text: "It is Bern.", citations: [], logprobs: [] },
    ]);
  });

  it("adds what came from a cache to the input, which Bedrock leaves out", () => {
    expect(readStream(framesOf("stream-cache")).reply?.usage).toEqual({
      inputTokens: 1509,
      cachedInputTokens: 1200,
      cacheWriteTokens: 300,
      outputTokens: 20,
    });
  });

  it.each([
    ["stream-length", "length", undefined],
    ["stream-guardrail", "content-filter", undefined],
    ["stream-stop-sequence", "stop-sequence", "4"],
  ])("tells why %s ended", (name, reason, stopSequence) => {
    const { reply } = readStream(framesOf(name));
    expect([reply?.reason, reply?.stopSequence]).toEqual([reason, stopSequence]);
  });

  it("hides tools that the provider ran", () => {
    expect(readStream(framesOf("stream-server-tool")).reply?.blocks).toMatchObject([{ type: "text", text: "It rains." }]);
  });

  it("joins an image's pieces as bytes, not as text", () => {
    expect(readStream(framesOf("stream-image")).reply?.blocks[0]).toEqual({
      type: "media",
      mediaType: "image/png",
      data: Buffer.from("hello world!").toString("base64"),
    });
  });

  it("passes over what nobody documented, and ends without metadata", () => {
    const { reply, ending } = readStream(framesOf("stream-unknown"));
    expect(ending).toBe("finished");
    expect(reply).toMatchObject({ reason: "stop", blocks: [{ text: "Hi" }] });
  });

  it("does not take a cut answer for a whole one", () => {
    expect(readStream(framesOf("stream-truncated"))).toMatchObject({ ending: "truncated", reply: null });
  });

  it.each([
    ["stream-error-throttling", 429, "throttlingException", "Too many tokens, please wait before trying again."],
    ["stream-error-model", 529, "modelStreamErrorException", "The system encountered an unexpected error during processing."],
  ])("tells the exception in %s", (name, status, code, message) => {
    expect(readStream(framesOf(name))).toMatchObject({ ending: "failed", failure: { status, code, message } });
  });

  it("takes an exception without words, and passes over what is undocumented and no JSON", () => {
    expect(readStream([{ event: "throttlingException", data: "" }])).toMatchObject({ ending: "failed", failure: { status: 429 } });
    expect(readStream([{ event: "heartbeat", data: "" }, ...framesOf("stream-plain")]).ending).toBe("finished");
  });

  it.each([
    ["no JSON", "contentBlockDelta", "{"],
    ["an array", "contentBlockDelta", "[]"],
    ["no index", "contentBlockDelta", '{"delta":{"text":"x"}}'],
    ["no delta", "contentBlockDelta", '{"contentBlockIndex":0}'],
    ["a text that is a number", "contentBlockDelta", '{"contentBlockIndex":0,"delta":{"text":5}}'],
    ["input of a tool that never began", "contentBlockDelta", '{"contentBlockIndex":0,"delta":{"toolUse":{"input":"{}"}}}'],
    ["input that is an object", "contentBlockDelta", '{"contentBlockIndex":0,"delta":{"toolUse":{"input":{}}}}'],
    ["a call without a name", "contentBlockStart", '{"contentBlockIndex":0,"start":{"toolUse":{"toolUseId":"a"}}}'],
    ["a stop without an index", "contentBlockStop", "{}"],
  ])("fails on a frame with %s", (_what, event, data) => {
    expect(readStream([{ event, data }])).toMatchObject({ ending: "failed", failure: { status: 502 } });
  });

  it.each(["malformed_tool_use", "malformed_model_output"])("does not take %s for an end", (stopReason) => {
    expect(readStream([{ event: "messageStop", data: JSON.stringify({ stopReason }) }])).toMatchObject({
      ending: "failed",
      failure: { status: 502, code: stopReason },
    });
    expect(readWhole({ ...bodyOf("plain"), stopReason }).ending).toBe("failed");
  });

  it.each([
    ["no output", {}],
    ["content that is no array", { output: { message: { content: "Hi" } }, stopReason: "end_turn" }],
    ["a block that is a string", { output: { message: { content: ["Hi"] } } }],
    ["a text that is a number", { output: { message: { content: [{ text: 5 }] } } }],
    ["a call without an id", { output: { message: { content: [{ toolUse: { name: "f" } }] } } }],
  ])("fails on an answer with %s", (_what, body) => {
    expect(readWhole(body)).toMatchObject({ ending: "failed", failure: { status: 502 } });
  });
});

describe("writing a stream", () => {
  it("sends the documented events in order: thought, text, two calls", () => {
    const frames = write([
      { type: "start", id: "x", model: "m" },
      { type: "reasoning", text: "Hm" },
      { type: "signature", signature: { maker: "anthropic", value: "c2ln" } },
      { type: "block-end" },
      { type: "text", text: "I " },
      { type: "text", text: "look." },
      { type: "block-end" },
      { type: "tool-call", id: "a", name: "f" },
      { type: "arguments", json: '{"x":' },
      { type: "arguments", json: "1}" },
      { type: "block-end" },
      { type: "tool-call", id: "b", name: "g" },
      { type: "arguments", json: "{}" },
      { type: "block-end" },
      { type: "close", reason: "tool-calls", usage: { inputTokens: 12, cachedInputTokens: 4, outputTokens: 9 } },
    ]);
    expect(frames.map(({ event, data }) => [event, JSON.parse(data) as unknown])).toEqual([
      ["messageStart", { role: "assistant" }],
      ["contentBlockDelta", { contentBlockIndex: 0, delta: { reasoningContent: { text: "Hm" } } }],
      ["contentBlockDelta", { contentBlockIndex: 0, delta: { reasoningContent: { signature: "c2ln" } } }],
      ["contentBlockStop", { contentBlockIndex: 0 }],
      ["contentBlockDelta", { contentBlockIndex: 1, delta: { text: "I " } }],
      ["contentBlockDelta", { contentBlockIndex: 1, delta: { text: "look." } }],
      ["contentBlockStop", { contentBlockIndex: 1 }],
      ["contentBlockStart", { contentBlockIndex: 2, start: { toolUse: { toolUseId: "a", name: "f" } } }],
      ["contentBlockDelta", { contentBlockIndex: 2, delta: { toolUse: { input: '{"x":' } } }],
      ["contentBlockDelta", { contentBlockIndex: 2, delta: { toolUse: { input: "1}" } } }],
      ["contentBlockStop", { contentBlockIndex: 2 }],
      ["contentBlockStart", { contentBlockIndex: 3, start: { toolUse: { toolUseId: "b", name: "g" } } }],
      ["contentBlockDelta", { contentBlockIndex: 3, delta: { toolUse: { input: "{}" } } }],
      ["contentBlockStop", { contentBlockIndex: 3 }],
      ["messageStop", { stopReason: "tool_use" }],
      ["metadata", { usage: { inputTokens: 8, outputTokens: 9, totalTokens: 21, cacheReadInputTokens: 4 }, metrics: { latencyMs: 0 } }],
    ]);
  });

  it("writes a refusal as text that was filtered", () => {
    expect(
      write([
        { type: "start" },
        { type: "refusal", text: 'No "way"' },
        { type: "block-end" },
        { type: "close", reason: "content-filter", usage: {} },
      ]).map(({ data }) => JSON.parse(data) as unknown),
    ).toMatchObject([
      { role: "assistant" },
      { contentBlockIndex: 0, delta: { text: 'No "way"' } },
      { contentBlockIndex: 0 },
      { stopReason: "content_filtered" },
      { usage: { totalTokens: 0 } },
    ]);
  });

  it.each([
    [429, "throttlingException"],
    [400, "validationException"],
    [529, "serviceUnavailableException"],
    [500, "internalServerException"],
    [403, "modelStreamErrorException"],
  ])("tells a failure of status %i as %s, and no end", (status, event) => {
    const frames: Frame[] = [];
    bedrockConverse.openWriter(meta).fail({ status, message: "It broke" }, (frame) => frames.push(frame));
    expect(frames).toHaveLength(1);
    expect(frames[0]?.event).toBe(event);
    expect(readStream(frames)).toMatchObject({ ending: "failed", failure: { status: status === 529 ? 503 : status, message: "It broke" } });
  });
});

describe("errors", () => {
  const errors = readFixtures("bedrock-converse").filter(({ name }) => /\/error-/.test(name));

  it.each(errors)("reads $name", ({ status, body }) => {
    const failure = bedrockConverse.readFailure(status, body);
    expect(failure).toMatchObject({ status, message: (body as JsonObject)["message"] });
    expect(bedrockConverse.readFailure(status, bedrockConverse.writeFailure(failure))).toMatchObject({ status, message: failure.message });
  });

  it("reads a name in the body, and text that is no JSON", () => {
    expect(bedrockConverse.readFailure(429, { __type: "com.amazon.coral.service#ThrottlingException", Message: "Slow down" })).toEqual({
      status: 429,
      message: "Slow down",
      code: "ThrottlingException",
    });
    expect(bedrockConverse.readFailure(502, "Bad gateway")).toEqual({ status: 502, message: "Bad gateway" });
  });
});
