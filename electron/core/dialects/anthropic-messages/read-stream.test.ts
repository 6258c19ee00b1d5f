import { describe, expect, it } from "vitest";
import { encodeSse, SseDecoder } from "#core/wire/sse.ts";
import type { Frame } from "#core/wire/frame.ts";
import { readFixture, readFixtures } from "../../../../test/fakes/fixture.ts";
import type { ReadEvent, WriteEvent } from "../chat.ts";
import { Conductor, type Ending } from "../conductor.ts";
import { foldReply } from "../fold-reply.ts";
import type { JsonObject } from "../json.ts";
import { openReader } from "./read-stream.ts";
import { readReply } from "./reply.ts";

const streams = readFixtures("anthropic-messages").filter(({ name }) => name.endsWith(".sse"));
const plains = readFixtures("anthropic-messages").filter(({ name, status }) => name.endsWith(".json") && status === 200);
const twins = plains.map(({ name }) => [name, twinOf(name)] as const).filter(([, twin]) => streams.some(({ name }) => name === twin));

function twinOf(name: string): string {
  const base = name.slice("anthropic-messages/".length, -".json".length);
  return `anthropic-messages/${base === "plain" ? "stream" : `stream-${base}`}.sse`;
}

function framesOf(text: string): readonly Frame[] {
  const frames: Frame[] = [];
  const decoder = new SseDecoder();
  decoder.feed(Buffer.from(text), (frame) => frames.push(frame));
  decoder.end((frame) => frames.push(frame));
  return frames;
}

function readFrames(frames: readonly Frame[]): readonly ReadEvent[] {
  const events: ReadEvent[] = [];
  const reader = openReader();
  for (const frame of frames) reader.read(frame, (event) => events.push(event));
  reader.end((event) => events.push(event));
  return events;
}

function conduct(events: readonly ReadEvent[]): {
  readonly written: readonly WriteEvent[];
  readonly ending: Ending;
  readonly conductor: Conductor;
} {
  const written: WriteEvent[] = [];
  const conductor = new Conductor((event) => written.push(event));
  for (const event of events) conductor.take(event);
  return { ending: conductor.finish(), written, conductor };
}

const frames = (...data: readonly unknown[]): readonly Frame[] => data.map((one) => ({ event: null, data: JSON.stringify(one) }));
const readStream = (name: string): readonly ReadEvent[] => readFrames(framesOf(String(readFixture(`anthropic-messages/${name}.sse`).body)));
const textStart = { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } };

describe("openReader()", () => {
  it("has a twin for most plain answers", () => {
    expect(twins.length).toBeGreaterThan(12);
  });

  it.each(twins)("reads %s and %s as the same answer", (plain, stream) => {
    const whole = conduct(readReply(readFixture(plain).body as JsonObject));
    const streamed = conduct(readFrames(framesOf(String(readFixture(stream).body))));
    expect(streamed.ending).toBe("finished");
    expect(foldReply(streamed.written)).toEqual(foldReply(whole.written));
  });

  it.each(streams.map(({ name, body }) => [name, String(body)] as const))("reads %s the same without event names", (_name, body) => {
    const named = framesOf(body);
    expect(readFrames(named.map(({ data }) => ({ event: null, data })))).toEqual(readFrames(named));
    expect(readFrames(framesOf(named.map(encodeSse).join("")))).toEqual(readFrames(named));
  });

  it("reads text, a call with arguments and one without, in order", () => {
    expect(foldReply(conduct(readStream("stream-tools")).written)).toEqual({
      id: "msg_fixture_tools",
      model: "claude-sonnet-4-5-20250929",
      blocks: [
        { type: "text", text: "I look up both.", citations: [], logprobs: [] },
        { type: "tool-call", id: "toolu_fixture_weather", name: "get_weather", arguments: '{"city":"Bern","unit":"celsius"}' },
        { type: "tool-call", id: "toolu_fixture_time", name: "get_time", arguments: "{}" },
      ],
      reason: "tool-calls",
      stopSequence: undefined,
      usage: { inputTokens: 412, cachedInputTokens: 0, cacheWriteTokens: 0, outputTokens: 96 },
    });
  });

  it("keeps each signature with its own thought, and a redacted thought whole", () => {
    expect(foldReply(conduct(readStream("stream-redacted-thinking")).written)?.blocks).toEqual([
      { type: "reasoning", text: "First the small primes.", signature: { maker: "anthropic", value: "EgFpcnN0" } },
      { type: "reasoning", text: "", signature: { maker: "anthropic", value: "EmwKAhgBEgxmaXh0dXJlLXJlZGFjdGVk", isRedacted: true } },
      { type: "reasoning", text: "So it is prime.", signature: { maker: "anthropic", value: "EgRsYXN0" } },
      { type: "text", text: "It is.", citations: [], logprobs: [] },
    ]);
  });

  it("keeps the signature of a thought whose text was left out", () => {
    expect(foldReply(conduct(readStream("stream-omitted-thinking")).written)?.blocks[0]).toEqual({
      type: "reasoning",
      text: "",
      signature: { maker: "anthropic", value: "EuYBCkQYAiJAZml4dHVyZS1vbWl0dGVk" },
    });
  });

  it("passes over the provider's own search and keeps what it cites", () => {
    const reply = foldReply(conduct(readStream("stream-web-search")).written);
    expect(reply?.blocks.map(({ type }) => type)).toEqual(["text", "text", "text"]);
    expect(reply?.blocks[1]).toMatchObject({
      citations: [{ url: "https://example.org/ada", title: "Ada Lovelace", citedText: "Augusta Ada, born 10 December 1815" }],
    });
  });

  it("counts cached tokens into the input", () => {
    expect(foldReply(conduct(readStream("stream-cache")).written)?.usage).toEqual({
      inputTokens: 2581,
      cachedInputTokens: 2048,
      cacheWriteTokens: 512,
      outputTokens: 13,
    });
  });

  it("adds an output count at the end to the input counts of the start", () => {
    expect(foldReply(conduct(readStream("stream-output-usage")).written)?.usage).toMatchObject({ inputTokens: 125, outputTokens: 7 });
  });

  it("passes over comments, pings, unknown events and unknown blocks", () => {
    expect(foldReply(conduct(readStream("stream-noise")).written)?.blocks).toEqual([
      { type: "text", text: "Through all of it.", citations: [], logprobs: [] },
    ]);
  });

  it("passes over every piece of a block that nobody documented, and takes its number for another one after it", () => {
    const pieces = [
      { type: "content_block_start", index: 0, content_block: { type: "hologram" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "not this" } },
      { type: "content_block_stop", index: 0 },
      textStart,
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "but this" } },
    ];
    expect(readFrames(frames(...pieces))).toEqual([{ type: "text", text: "but this" }, { type: "block-end" }]);
  });

  it("puts calls whose pieces come mixed one behind the other", () => {
    const { written } = conduct(readStream("stream-interleaved"));
    expect(foldReply(written)?.blocks).toEqual([
      { type: "tool-call", id: "toolu_fixture_a", name: "get_weather", arguments: '{"city":"Bern"}' },
      { type: "tool-call", id: "toolu_fixture_b", name: "get_time", arguments: '{"zone":"CET"}' },
    ]);
  });

  it("takes a second message_start for nothing, and an end without message_stop for an end", () => {
    const events = readStream("stream-two-starts");
    const { written, ending } = conduct(events);
    expect(ending).toBe("finished");
    expect(events.filter(({ type }) => type === "start")).toHaveLength(1);
    expect(foldReply(written)?.blocks).toHaveLength(1);
  });

  it("says the refusal that the classifiers explain", () => {
    expect(foldReply(conduct(readStream("stream-refusal")).written)).toMatchObject({
      blocks: [{ type: "text" }, { type: "refusal", text: "The request could enable cyber harm." }],
      reason: "content-filter",
    });
  });

  it.each([
    ["stream-length", "length"],
    ["stream-context-window", "length"],
    ["stream-stop-sequence", "stop-sequence"],
    ["stream-pause-turn", "stop"],
    ["stream-thinking", "stop"],
  ])("reads the end of %s as %s", (name, reason) => {
    expect(foldReply(conduct(readStream(name)).written)?.reason).toBe(reason);
  });

  it("tells an error in the middle with the status that it would have had, and nothing of an end", () => {
    const { written, ending, conductor } = conduct(readStream("stream-error"));
    expect(ending).toBe("failed");
    expect(conductor.failure).toMatchObject({ status: 529, message: "Overloaded", code: "overloaded_error" });
    expect(written.some(({ type }) => type === "close")).toBe(false);
  });

  it("does not take a cut stream for a whole one", () => {
    expect(conduct(readStream("stream-cut")).ending).toBe("truncated");
  });

  it("does not take message_stop without a reason for an end", () => {
    expect(conduct(readFrames(frames(textStart, { type: "message_stop" }))).ending).toBe("truncated");
  });

  it("opens a text for deltas whose block was never begun", () => {
    expect(readFrames(frames({ type: "content_block_delta", index: 3, delta: { type: "text_delta", text: "hi" } }))).toEqual([
      { type: "text", text: "hi" },
      { type: "block-end" },
    ]);
  });

  it("takes a call's input that came whole with its start, unless pieces follow", () => {
    const start = { type: "content_block_start", index: 0, content_block: { type: "tool_use", id: "a", name: "f", input: { x: 1 } } };
    const piece = { type: "content_block_delta", index: 0, delta: { type: "input_json_delta", partial_json: '{"x":2}' } };
    const stop = { type: "content_block_stop", index: 0 };
    expect(readFrames(frames(start, stop))).toContainEqual({ type: "arguments", json: '{"x":1}' });
    expect(readFrames(frames(start))).toContainEqual({ type: "arguments", json: '{"x":1}' });
    expect(readFrames(frames(start, piece, stop)).filter(({ type }) => type === "arguments")).toEqual([
      { type: "arguments", json: '{"x":2}' },
    ]);
  });

  it.each([
    ["no JSON", '{"type":'],
    ["an array", "[]"],
    ["null", "null"],
    ["a delta without index", '{"type":"content_block_delta","delta":{"type":"text_delta","text":"x"}}'],
    ["a delta without content", '{"type":"content_block_delta","index":0}'],
    ["a text that is a number", '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":1}}'],
    ["a thought that is null", '{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":null}}'],
    ["arguments that are an object", '{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":{}}}'],
    ["a call without id", '{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","name":"f"}}'],
    ["a call without name", '{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"a"}}'],
    ["redacted thinking without data", '{"type":"content_block_start","index":0,"content_block":{"type":"redacted_thinking"}}'],
    ["a block without index", '{"type":"content_block_start","content_block":{"type":"text"}}'],
    ["a stop without index", '{"type":"content_block_stop"}'],
    ["a message_start without message", '{"type":"message_start"}'],
  ])("takes %s for a failure, and nothing after it", (_name, data) => {
    const after = { event: null, data: '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"x"}}' };
    expect(readFrames([{ event: null, data }, after])).toEqual([
      { type: "failure", failure: { status: 502, message: expect.stringContaining("the provider sent") as string } },
    ]);
  });

  it("passes over [DONE], which servers that copy this API send, and tells their bare error", () => {
    expect(readFrames([{ event: null, data: "[DONE]" }])).toEqual([]);
    expect(readFrames(frames({ error: { message: "busy", type: "rate_limit_error" } }))).toEqual([
      { type: "failure", failure: { status: 429, message: "busy", code: "rate_limit_error" } },
    ]);
  });
});

describe("readReply()", () => {
  it.each(plains.map(({ name, body }) => [name, body as JsonObject] as const))("reads %s whole", (_name, body) => {
    expect(conduct(readReply(body)).ending).toBe("finished");
  });

  it.each([
    ["no content", { type: "message", stop_reason: "end_turn" }],
    ["a block that is a text", { content: ["hi"] }],
    ["a text without text", { content: [{ type: "text" }] }],
    ["a call without name", { content: [{ type: "tool_use", id: "a" }] }],
    ["thinking without a thought", { content: [{ type: "thinking", signature: "s" }] }],
    ["redacted thinking without data", { content: [{ type: "redacted_thinking" }] }],
  ])("takes %s for a failure", (_name, body) => {
    expect(conduct(readReply(body)).conductor.failure).toMatchObject({ status: 502 });
  });

  it("tells an error that came with status 200", () => {
    expect(readReply({ type: "error", error: { type: "overloaded_error", message: "Overloaded" } })).toEqual([
      { type: "failure", failure: { status: 529, message: "Overloaded", code: "overloaded_error" } },
    ]);
  });

  it("does not take an answer without stop_reason for a whole one", () => {
    expect(conduct(readReply({ content: [{ type: "text", text: "hi" }], stop_reason: null })).ending).toBe("truncated");
  });
});
