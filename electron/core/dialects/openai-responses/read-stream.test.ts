import { describe, expect, it } from "vitest";
import { SseDecoder } from "#core/wire/sse.ts";
import type { Frame } from "#core/wire/frame.ts";
import { readFixture, readFixtures } from "../../../../test/fakes/fixture.ts";
import type { ReadEvent, WriteEvent } from "../chat.ts";
import { Conductor, type Ending } from "../conductor.ts";
import { foldReply } from "../fold-reply.ts";
import type { JsonObject } from "../json.ts";
import { openaiResponses } from "./index.ts";

function framesOf(text: string): readonly Frame[] {
  const frames: Frame[] = [];
  const decoder = new SseDecoder();
  decoder.feed(Buffer.from(text), (frame) => frames.push(frame));
  decoder.end((frame) => frames.push(frame));
  return frames;
}

function readFrames(frames: readonly Frame[]): readonly ReadEvent[] {
  const events: ReadEvent[] = [];
  const reader = openaiResponses.openReader();
  for (const frame of frames) reader.read(frame, (event) => events.push(event));
  reader.end((event) => events.push(event));
  return events;
}

function readStream(name: string): readonly ReadEvent[] {
  return readFrames(framesOf(readFixture(`openai-responses/${name}`).body as string));
}

function frame(type: string, members: JsonObject): Frame {
  return { event: type, data: JSON.stringify({ type, ...members }) };
}

function conduct(events: readonly ReadEvent[]): {
  readonly written: readonly WriteEvent[];
  readonly ending: Ending;
  readonly conductor: Conductor;
} {
  const written: WriteEvent[] = [];
  const conductor = new Conductor((event) => written.push(event));
  for (const event of events) conductor.take(event);
  const ending = conductor.finish();
  return { written, ending, conductor };
}

const replyOf = (events: readonly ReadEvent[]) => foldReply(conduct(events).written);
const plainOf = (name: string): readonly ReadEvent[] =>
  openaiResponses.readReply(readFixture(`openai-responses/${name}`).body as JsonObject);
const failureOf = (events: readonly ReadEvent[]) => events.find((event) => event.type === "failure")?.failure;

const fixtures = readFixtures("openai-responses");
const twins = fixtures.filter(
  ({ name }) => name.endsWith(".sse") && fixtures.some((other) => other.name === name.replace(".sse", ".json")),
);

describe("openReader()", () => {
  it.each(twins.map(({ name }) => name.replace("openai-responses/", "").replace(".sse", "")))(
    "reads the stream %s as its plain answer reads",
    (name) => {
      const reply = replyOf(readStream(`${name}.sse`));
      expect(reply).not.toBeNull();
      expect(reply).toEqual(replyOf(plainOf(`${name}.json`)));
    },
  );

  it("reads every fixture without a throw, and each to an end or a failure unless it was cut off", () => {
    for (const { name, body, status } of fixtures) {
      if (status !== 200) continue;
      const events = typeof body === "string" ? readFrames(framesOf(body)) : openaiResponses.readReply(body as JsonObject);
      const isWhole = events.some(({ type }) => type === "finish" || type === "failure");
      expect([name, isWhole]).toEqual([name, !name.includes("truncated")]);
    }
  });

  it("counts the cache's share of the input", () => {
    expect(replyOf(readStream("text.sse"))).toEqual({
      id: "resp_01text",
      model: "gpt-5.2-2025-12-11",
      blocks: [{ type: "text", text: "The sky is blue — at noon 🌤.", citations: [], logprobs: [] }],
      reason: "stop",
      stopSequence: undefined,
      usage: { inputTokens: 1_200, cachedInputTokens: 1_024, cacheWriteTokens: 128, outputTokens: 12, reasoningTokens: 0 },
    });
  });

  it("reads calls under their call id, which is not their item's", () => {
    expect(replyOf(readStream("tools.sse"))?.blocks.slice(1)).toEqual([
      { type: "tool-call", id: "call_02a", name: "weather", arguments: '{"city":"Oslo \\u00e5"}' },
      { type: "tool-call", id: "call_02b", name: "now", arguments: "{}" },
    ]);
    expect(replyOf(readStream("tools.sse"))?.reason).toBe("tool-calls");
  });

  it("reads a summary's parts as paragraphs, and the encrypted content that is whole at the end", () => {
    const blocks = replyOf(readStream("reasoning.sse"))?.blocks ?? [];
    expect(blocks[0]).toEqual({
      type: "reasoning",
      text: "**Counting**\nTwo and two.\n\n**Checking**\nIt is four.",
      signature: { maker: "openai", value: "gAAAAABoExampleOfEncryptedReasoning0123456789==", id: "rs_03", isRedacted: undefined },
    });
    expect(blocks[2]).toEqual({
      type: "reasoning",
      text: "",
      signature: { maker: "openai", value: "gAAAAABoAThoughtWithoutSummary==", id: "rs_03b", isRedacted: true },
    });
  });

  it.each([
    ["length", "length"],
    ["content-filter", "content-filter"],
    ["refusal", "stop"],
  ])("reads the end of %s", (name, reason) => {
    expect(replyOf(readStream(`${name}.sse`))?.reason).toBe(reason);
  });

  it("keeps what a text cites, and nothing of the provider's own search", () => {
    const blocks = replyOf(readStream("citations.sse"))?.blocks;
    expect(blocks).toHaveLength(1);
    expect(blocks?.[0]).toMatchObject({
      citations: [
        { url: "https://example.org/trees", title: "Trees", start: 0, end: 43 },
        { url: "https://example.org/redwoods", title: "Redwoods", start: 44, end: 60 },
      ],
    });
    expect(replyOf(plainOf("search-results.json"))?.blocks).toMatchObject([{ text: "Hyperion.", citations: [{ title: "Trees" }] }]);
  });

  it("reads a custom tool's input as the one string of a function", () => {
    const [call] = replyOf(readStream("custom-tool.sse"))?.blocks ?? [];
    expect(call).toMatchObject({ type: "tool-call", name: "apply_patch" });
    const input = (readFixture("openai-responses/custom-tool.json").body as { output: { input: string }[] }).output[0]?.input;
    expect(JSON.parse(call?.type === "tool-call" ? call.arguments : "")).toEqual({ input });
  });

  it("puts calls one behind the other whose pieces come in turns", () => {
    const { written } = conduct(readStream("stream-interleaved.sse"));
    expect(foldReply(written)?.blocks).toMatchObject([
      { id: "call_14a", arguments: '{"city":"Oslo"}' },
      { id: "call_14b", arguments: '{"city":"Rome"}' },
    ]);
  });

  it("reads whole items without pieces, and arguments that come in one piece at the end", () => {
    expect(replyOf(readStream("stream-whole-items.sse"))?.blocks).toMatchObject([
      { type: "reasoning", signature: { id: "rs_03" } },
      { type: "text", text: "Four." },
      { type: "tool-call", arguments: '{"city":"Oslo"}' },
    ]);
    expect(replyOf(readStream("stream-late-arguments.sse"))?.blocks).toMatchObject([{ arguments: '{"city":"Oslo"}' }]);
  });

  it("tells a text in its first pieces, before its item is done", () => {
    const frames = framesOf(readFixture("openai-responses/text.sse").body as string);
    const upToFirstDelta = frames.slice(0, frames.findIndex(({ event }) => event === "response.output_text.delta") + 1);
    expect(readFrames(upToFirstDelta).at(-1)).toEqual({ type: "text", text: "The sky" });
  });

  it.each([
    ["stream-failed.sse", { status: 429, code: "rate_limit_exceeded", message: "Rate limit reached. Please try again in 3s." }],
    ["stream-error.sse", { status: 500, code: "server_error" }],
    ["stream-error-nested.sse", { status: 400, code: "context_length_exceeded", param: "input" }],
  ])("tells the failure of %s after the text before it, and no end", (name, failure) => {
    const events = readStream(name);
    expect(failureOf(events)).toMatchObject(failure);
    expect(events.some(({ type }) => type === "text")).toBe(true);
    expect(events.some(({ type }) => type === "finish" || type === "end")).toBe(false);
  });

  it("does not take a cut stream for a whole one, also where [DONE] follows", () => {
    expect(conduct(readStream("stream-truncated.sse")).ending).toBe("truncated");
    const done = [...framesOf(readFixture("openai-responses/stream-truncated.sse").body as string), { event: null, data: "[DONE]" }];
    expect(conduct(readFrames(done)).ending).toBe("truncated");
  });

  it.each([
    ["no JSON", { event: null, data: "{" }],
    ["an array", { event: null, data: "[]" }],
    ["a text delta that is a number", frame("response.output_text.delta", { output_index: 0, content_index: 0, delta: 1 })],
    ["an item that is none", frame("response.output_item.done", { output_index: 0, item: null })],
    [
      "a call without a name",
      frame("response.output_item.done", { output_index: 0, item: { type: "function_call", call_id: "c", arguments: "{}" } }),
    ],
  ])("fails with 502 on %s", (_what, bad) => {
    expect(failureOf(readFrames([bad]))?.status).toBe(502);
  });

  it("passes over what nobody documented, and pings", () => {
    expect(
      readFrames([
        frame("keepalive", {}),
        frame("response.dreaming", { depth: 3 }),
        frame("response.output_item.added", { item: { type: "dream" } }),
      ]),
    ).toEqual([]);
  });

  it("takes an error that is no event for one", () => {
    const events = readFrames([{ event: null, data: '{"error":{"message":"Overloaded","type":"overloaded_error"}}' }]);
    expect(failureOf(events)).toEqual({ status: 529, message: "Overloaded", code: "overloaded_error", param: undefined });
  });

  it("reads servers that send no indexes, by the ids of the items", () => {
    const events = readFrames([
      frame("response.output_text.delta", { item_id: "m", delta: "a" }),
      frame("response.output_text.delta", { item_id: "m", delta: "b" }),
      frame("response.output_item.done", { item: { type: "function_call", id: "f", call_id: "c", name: "now", arguments: "" } }),
      frame("response.completed", { response: { id: "r", usage: { input_tokens: 1, output_tokens: 2 } } }),
    ]);
    expect(replyOf(events)).toMatchObject({ blocks: [{ text: "ab" }, { name: "now", arguments: "{}" }], reason: "tool-calls" });
  });

  it("waits with a call until its name is known", () => {
    const events = readFrames([
      frame("response.output_item.added", { output_index: 0, item: { type: "function_call", id: "f" } }),
      frame("response.function_call_arguments.delta", { output_index: 0, delta: '{"a":' }),
      frame("response.function_call_arguments.delta", { output_index: 0, delta: "1}" }),
      frame("response.output_item.done", {
        output_index: 0,
        item: { type: "function_call", id: "f", name: "add", call_id: "c", arguments: '{"a":1}' },
      }),
      frame("response.completed", { response: { status: "completed" } }),
    ]);
    expect(replyOf(events)?.blocks).toEqual([{ type: "tool-call", id: "c", name: "add", arguments: '{"a":1}' }]);
  });

  it("takes an answer that only its last event holds", () => {
    const response = readFixture("openai-responses/tools.json").body as JsonObject;
    expect(replyOf(readFrames([frame("response.completed", { response })]))).toEqual(replyOf(plainOf("tools.json")));
  });

  it("keeps two texts of a message apart", () => {
    const events = readFrames([
      frame("response.output_text.delta", { output_index: 0, content_index: 0, delta: "a" }),
      frame("response.output_text.delta", { output_index: 0, content_index: 1, delta: "b" }),
      frame("response.completed", { response: {} }),
    ]);
    expect(replyOf(events)?.blocks).toMatchObject([{ text: "a" }, { text: "b" }]);
  });
});

describe("readReply()", () => {
  it("tells a failed answer's error, and refuses what is no answer", () => {
    expect(failureOf(plainOf("failed.json"))).toMatchObject({ status: 500, code: "server_error" });
    expect(failureOf(openaiResponses.readReply({ choices: [] }))?.status).toBe(502);
    expect(failureOf(openaiResponses.readReply({ status: "in_progress", output: [] }))?.status).toBe(500);
  });
});
