import { describe, expect, it } from "vitest";
import type { Frame } from "#core/wire/frame.ts";
import { SseDecoder } from "#core/wire/sse.ts";
import { readFixture, readFixtures } from "../../../../test/fakes/fixture.ts";
import type { ChatReply, ReadEvent, WriteEvent } from "../chat.ts";
import { Conductor, type Ending } from "../conductor.ts";
import type { ReplyMeta } from "../dialect.ts";
import { foldReply } from "../fold-reply.ts";
import type { JsonObject } from "../json.ts";
import { cohereChat } from "./index.ts";

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
  const reader = cohereChat.openReader();
  return conduct((take) => {
    for (const frame of frames) reader.read(frame, take);
    reader.end(take);
  });
}

function readWhole(body: unknown): Answer {
  return conduct((take) => {
    for (const event of cohereChat.readReply(body as JsonObject)) take(event);
  });
}

function framesOf(name: string): readonly Frame[] {
  const frames: Frame[] = [];
  const decoder = new SseDecoder();
  decoder.feed(Buffer.from(String(readFixture(`cohere-chat/${name}.sse`).body)), (frame) => frames.push(frame));
  decoder.end((frame) => frames.push(frame));
  return frames;
}

const bodyOf = (name: string): JsonObject => readFixture(`cohere-chat/${name}.json`).body as JsonObject;

const meta: ReplyMeta = {
  request: { model: "m", stream: true, messages: [], tools: [] },
  body: {},
  nowSeconds: 0,
  newId: (prefix) => `${prefix}new`,
};

function write(events: readonly WriteEvent[]): readonly Frame[] {
  const frames: Frame[] = [];
  const writer = cohereChat.openWriter(meta);
  for (const event of events) writer.write(event, (frame) => frames.push(frame));
  return frames;
}

const twins = ["plain", "tools", "reasoning", "length", "stop-sequence", "citations", "log-probabilities"] as const;

describe("a whole answer and its twin that was streamed", () => {
  it.each(twins)("say the same: %s", (name) => {
    const stream = readStream(framesOf(`stream-${name}`));
    expect(stream.reply).not.toBeNull();
    const whole = readWhole(bodyOf(name));
    expect(stream.reply).toEqual(whole.reply);
  });

  it.each(twins)("come out again as they went in: %s", (name) => {
    const { reply, events } = readStream(framesOf(`stream-${name}`));
    expect(readStream(write(events)).reply).toEqual(reply);
    expect(readWhole(cohereChat.writeReply(reply as ChatReply, meta)).reply).toEqual(reply);
  });
});

describe("reading an answer", () => {
  it("reads the plan as a thought, and gives a call without arguments an empty object", () => {
    expect(readStream(framesOf("stream-tools")).reply).toMatchObject({
      reason: "tool-calls",
      blocks: [
        { type: "reasoning", text: "I will look up both." },
        { type: "tool-call", id: "get_weather_a1", name: "get_weather", arguments: '{"place":"Bern"}' },
        { type: "tool-call", id: "get_time_b2", name: "get_time", arguments: "{}" },
      ],
    });
  });

  it("keeps citations with the text that they support, also those that come after its end", () => {
    expect(readStream(framesOf("stream-citations")).reply?.blocks).toEqual([
      {
        type: "text",
        text: "Emperor, tall penguin.",
        citations: [
          { url: "https://example.org/p", title: "Tall penguins", citedText: "Emperor penguins are the tallest", start: 9, end: 21 },
          { url: undefined, title: "search_a1:0", citedText: "Emperors live there", start: 0, end: 7 },
          { url: undefined, title: "doc:1", citedText: "All of it", start: 0, end: 7 },
        ],
        logprobs: [],
      },
    ]);
  });

  it("does not show citations of a thought", () => {
    const citation = { start: 0, end: 2, type: "THINKING_CONTENT", content_index: 0, sources: [] };
    const frames = framesOf("stream-reasoning").toSpliced(4, 0, {
      event: "citation-start",
      data: JSON.stringify({ type: "citation-start", index: 0, delta: { message: { citations: citation } } }),
    });
    expect(readStream(frames).reply).toEqual(readStream(framesOf("stream-reasoning")).reply);
  });

  it("reads frames that are told apart by their type alone, and such as only SSE names", () => {
    const frames = framesOf("stream-no-event-names");
    expect(frames[0]?.event).toBeNull();
    expect(readStream(frames).reply?.blocks).toMatchObject([{ text: "Hi" }]);
    const named = frames.map(({ data }) => {
      const { type, ...rest } = JSON.parse(data) as { readonly type: string };
      return { event: type, data: JSON.stringify(rest) };
    });
    expect(readStream(named).reply?.blocks).toMatchObject([{ text: "Hi" }]);
  });

  it("counts all tokens, not those that were billed", () => {
    expect(readStream(framesOf("stream-plain")).reply?.usage).toEqual({ inputTokens: 71, cachedInputTokens: 16, outputTokens: 420 });
    expect(cohereChat.readUsage({ billed_units: { input_tokens: 5, output_tokens: 6 } })).toMatchObject({
      inputTokens: 5,
      outputTokens: 6,
    });
    expect(cohereChat.readUsage(null)).toBeUndefined();
  });

  it.each([
    ["stream-length", "length"],
    ["stream-stop-sequence", "stop-sequence"],
    ["stream-unknown", "stop"],
  ])("tells why %s ended", (name, reason) => {
    const { reply, ending } = readStream(framesOf(name));
    expect([reply?.reason, ending]).toEqual([reason, "finished"]);
  });

  it("tells that a filter stopped the answer", () => {
    expect(readWhole(bodyOf("toxic")).reply?.reason).toBe("content-filter");
  });

  it("does not take a cut answer for a whole one", () => {
    expect(readStream(framesOf("stream-truncated"))).toMatchObject({ ending: "truncated", reply: null });
  });

  it("tells an error in the middle of a stream in Cohere's words", () => {
    expect(readStream(framesOf("stream-error"))).toMatchObject({
      ending: "failed",
      failure: { status: 500, message: "internal server error, please try again", code: "ERROR" },
    });
    expect(readStream([{ event: null, data: '{"message":"too many tokens"}' }])).toMatchObject({
      ending: "failed",
      failure: { message: "too many tokens" },
    });
  });

  it.each([
    ["failed", 500],
    ["timeout", 504],
  ])("takes no generation that %s for an answer", (name, status) => {
    expect(readWhole(bodyOf(name))).toMatchObject({ ending: "failed", failure: { status } });
  });

  const frame = (type: string, message: unknown): string => JSON.stringify({ type, index: 0, delta: { message } });
  it.each([
    ["no JSON", "{"],
    ["a number", "5"],
    ["a text that is a number", frame("content-delta", { content: { text: 5 } })],
    ["a call without a name", frame("tool-call-start", { tool_calls: { id: "a", function: {} } })],
    ["a call that is a list", frame("tool-call-start", { tool_calls: [] })],
    ["arguments that are an object", frame("tool-call-delta", { tool_calls: { function: { arguments: {} } } })],
    ["arguments of a call that never began", frame("tool-call-delta", { tool_calls: { function: { arguments: "{}" } } })],
  ])("fails on a frame with %s", (_what, data) => {
    expect(readStream([{ event: null, data }])).toMatchObject({ ending: "failed", failure: { status: 502 } });
  });

  it.each([
    ["no message", {}],
    ["content that is a number", { message: { content: 5 } }],
    ["a block that is a string", { message: { content: ["Hi"] } }],
    ["a text that is a number", { message: { content: [{ type: "text", text: 5 }] } }],
    ["a call without an id", { message: { tool_calls: [{ function: { name: "f" } }] } }],
  ])("fails on an answer with %s", (_what, body) => {
    expect(readWhole(body)).toMatchObject({ ending: "failed", failure: { status: 502 } });
  });

  it("takes interleaved calls and a text without a start apart", () => {
    const start = (index: number, id: string): Frame => ({
      event: null,
      data: JSON.stringify({
        type: "tool-call-start",
        index,
        delta: { message: { tool_calls: { id, function: { name: id, arguments: "" } } } },
      }),
    });
    const delta = (index: number, json: string): Frame => ({
      event: null,
      data: JSON.stringify({ type: "tool-call-delta", index, delta: { message: { tool_calls: { function: { arguments: json } } } } }),
    });
    const words = { event: null, data: frame("content-delta", { content: { text: "So" } }) };
    const end = { event: null, data: JSON.stringify({ type: "content-end", index: 0 }) };
    const stop = { event: null, data: JSON.stringify({ type: "message-end", delta: { finish_reason: "TOOL_CALL" } }) };
    const frames = [words, end, start(0, "a"), start(1, "b"), delta(1, "{}"), delta(0, '{"x":'), delta(0, "1}"), stop];
    expect(readStream(frames).reply?.blocks).toMatchObject([
      { type: "text", text: "So" },
      { id: "a", arguments: '{"x":1}' },
      { id: "b", arguments: "{}" },
    ]);
  });
});

describe("writing a stream", () => {
  it("sends the documented events in order: thought, cited text, two calls", () => {
    const frames = write([
      { type: "start", id: "x" },
      { type: "reasoning", text: "Hm" },
      { type: "block-end" },
      { type: "text", text: "I " },
      { type: "text", text: 'lo"ok' },
      { type: "citation", citation: { title: "T", url: "https://a", citedText: "c", start: 0, end: 1 } },
      { type: "block-end" },
      { type: "tool-call", id: "a", name: "f" },
      { type: "arguments", json: '{"x":1}' },
      { type: "block-end" },
      { type: "tool-call", id: "b", name: "g" },
      { type: "arguments", json: "{}" },
      { type: "block-end" },
      { type: "close", reason: "tool-calls", usage: { inputTokens: 3, outputTokens: 4 } },
    ]);
    for (const { event, data } of frames) expect((JSON.parse(data) as JsonObject)["type"]).toBe(event);
    expect(frames.map(({ data }) => JSON.parse(data) as unknown)).toMatchObject([
      { type: "message-start", id: "x", delta: { message: { role: "assistant" } } },
      { type: "content-start", index: 0, delta: { message: { content: { type: "thinking", thinking: "" } } } },
      { type: "content-delta", index: 0, delta: { message: { content: { thinking: "Hm" } } } },
      { type: "content-end", index: 0 },
      { type: "content-start", index: 1, delta: { message: { content: { type: "text", text: "" } } } },
      { type: "content-delta", index: 1, delta: { message: { content: { text: "I " } } } },
      { type: "content-delta", index: 1, delta: { message: { content: { text: 'lo"ok' } } } },
      { type: "citation-start", index: 0, delta: { message: { citations: { start: 0, end: 1, content_index: 1 } } } },
      { type: "citation-end", index: 0 },
      { type: "content-end", index: 1 },
      { type: "tool-call-start", index: 0, delta: { message: { tool_calls: { id: "a", type: "function", function: { name: "f" } } } } },
      { type: "tool-call-delta", index: 0, delta: { message: { tool_calls: { function: { arguments: '{"x":1}' } } } } },
      { type: "tool-call-end", index: 0 },
      { type: "tool-call-start", index: 1, delta: { message: { tool_calls: { id: "b" } } } },
      { type: "tool-call-delta", index: 1 },
      { type: "tool-call-end", index: 1 },
      { type: "message-end", id: "x", delta: { finish_reason: "TOOL_CALL", usage: { tokens: { input_tokens: 3, output_tokens: 4 } } } },
    ]);
  });

  it("writes a refusal as text, and makes an id where the provider gave none", () => {
    expect(
      write([
        { type: "start" },
        { type: "refusal", text: "No" },
        { type: "block-end" },
        { type: "close", reason: "content-filter", usage: {} },
      ]).map(({ data }) => JSON.parse(data) as unknown),
    ).toMatchObject([
      { id: "new" },
      {},
      { delta: { message: { content: { text: "No" } } } },
      {},
      { id: "new", delta: { finish_reason: "ERROR_TOXIC" } },
    ]);
  });

  it("tells a failure as an error, which does not read as an end", () => {
    const frames: Frame[] = [];
    cohereChat.openWriter(meta).fail({ status: 529, message: "It broke" }, (frame_) => frames.push(frame_));
    expect(readStream(frames)).toMatchObject({ ending: "failed", failure: { message: "It broke" } });
  });
});

describe("errors", () => {
  const errors = readFixtures("cohere-chat").filter(({ name }) => /\/error-/.test(name));

  it.each(errors)("reads $name", ({ status, body }) => {
    const failure = cohereChat.readFailure(status, body);
    expect(failure).toEqual({ status: status === 498 ? 401 : status, message: (body as JsonObject)["message"] });
    expect(cohereChat.readFailure(failure.status, cohereChat.writeFailure(failure))).toEqual(failure);
  });

  it("reads text that is no JSON", () => {
    expect(cohereChat.readFailure(502, "Bad gateway")).toEqual({ status: 502, message: "Bad gateway" });
  });
});
