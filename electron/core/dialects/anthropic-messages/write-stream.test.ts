import { describe, expect, it } from "vitest";
import type { Frame } from "#core/wire/frame.ts";
import { readFixtures } from "../../../../test/fakes/fixture.ts";
import type { ChatRequest, Failure, ReadEvent, Usage, WriteEvent } from "../chat.ts";
import { Conductor } from "../conductor.ts";
import type { ReplyMeta } from "../dialect.ts";
import { foldReply } from "../fold-reply.ts";
import type { JsonObject } from "../json.ts";
import { readReply, writeReply } from "./reply.ts";
import { openReader } from "./read-stream.ts";
import { openWriter } from "./write-stream.ts";

const request: ChatRequest = { model: "some-model", stream: true, messages: [], tools: [] };
const meta: ReplyMeta = { request, body: {}, nowSeconds: 0, newId: (prefix) => `${prefix}new` };
const usage: Usage = { inputTokens: 30, cachedInputTokens: 20, cacheWriteTokens: 4, outputTokens: 9, reasoningTokens: 3 };

function write(
  events: readonly ReadEvent[],
  from: ReplyMeta = meta,
): { readonly frames: readonly Frame[]; readonly events: readonly WriteEvent[] } {
  const frames: Frame[] = [];
  const written: WriteEvent[] = [];
  const writer = openWriter(from);
  const conductor = new Conductor((event) => {
    written.push(event);
    writer.write(event, (frame) => frames.push(frame));
  });
  for (const event of events) conductor.take(event);
  conductor.finish();
  return { frames, events: written };
}

const parsed = (frames: readonly Frame[]): readonly unknown[] => frames.map(({ data }) => JSON.parse(data) as unknown);
const start: ReadEvent = { type: "start", id: "chatcmpl-1", model: "gpt-9" };
const finish = (reason: "stop" | "length" | "content-filter" | "tool-calls" | "stop-sequence"): readonly ReadEvent[] => [
  { type: "usage", usage },
  { type: "finish", reason },
  { type: "end" },
];
const opening = [
  {
    type: "message_start",
    message: {
      id: "msg_new",
      type: "message",
      role: "assistant",
      model: "gpt-9",
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 0, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 0 },
    },
  },
  { type: "ping" },
];
const counted = {
  input_tokens: 6,
  cache_creation_input_tokens: 4,
  cache_read_input_tokens: 20,
  output_tokens: 9,
  output_tokens_details: { thinking_tokens: 3 },
};
const closing = (stop_reason: string, stop_sequence: string | null = null): readonly unknown[] => [
  { type: "message_delta", delta: { stop_reason, stop_sequence }, usage: counted },
  { type: "message_stop" },
];
const blockStart = (index: number, content_block: object): object => ({ type: "content_block_start", index, content_block });
const delta = (index: number, one: object): object => ({ type: "content_block_delta", index, delta: one });
const blockStop = (index: number): object => ({ type: "content_block_stop", index });

describe("openWriter()", () => {
  it("writes a text, and names each event after its type", () => {
    const { frames } = write([start, { type: "text", text: 'Say "hi",\n' }, { type: "text", text: "\u2028 ⚓" }, ...finish("stop")]);
    expect(parsed(frames)).toEqual([
      ...opening,
      blockStart(0, { type: "text", text: "" }),
      delta(0, { type: "text_delta", text: 'Say "hi",\n' }),
      delta(0, { type: "text_delta", text: "\u2028 ⚓" }),
      blockStop(0),
      ...closing("end_turn"),
    ]);
    expect(frames.map(({ event }) => event)).toEqual(parsed(frames).map((data) => (data as { type: string }).type));
  });

  it("writes thinking, text and two calls one behind the other, and signs the thought that nobody signed", () => {
    const { frames } = write([
      start,
      { type: "reasoning", text: "Hm." },
      { type: "text", text: "I look." },
      { type: "tool-call", id: "call_a", name: "look" },
      { type: "arguments", json: '{"at":' },
      { type: "arguments", json: "1}" },
      { type: "tool-call", id: "call_b", name: "listen" },
      ...finish("stop"),
    ]);
    expect(parsed(frames)).toEqual([
      ...opening,
      blockStart(0, { type: "thinking", thinking: "", signature: "" }),
      delta(0, { type: "thinking_delta", thinking: "Hm." }),
      delta(0, { type: "signature_delta", signature: "" }),
      blockStop(0),
      blockStart(1, { type: "text", text: "" }),
      delta(1, { type: "text_delta", text: "I look." }),
      blockStop(1),
      blockStart(2, { type: "tool_use", id: "call_a", name: "look", input: {} }),
      delta(2, { type: "input_json_delta", partial_json: '{"at":' }),
      delta(2, { type: "input_json_delta", partial_json: "1}" }),
      blockStop(2),
      blockStart(3, { type: "tool_use", id: "call_b", name: "listen", input: {} }),
      delta(3, { type: "input_json_delta", partial_json: "{}" }),
      blockStop(3),
      ...closing("tool_use"),
    ]);
  });

  it("writes a signature once, and a redacted thought as a block of its own", () => {
    const { frames } = write([
      start,
      { type: "reasoning", text: "Hm." },
      { type: "signature", signature: { maker: "anthropic", value: "c2ln" } },
      { type: "block-end" },
      { type: "signature", signature: { maker: "anthropic", value: "cmVk", isRedacted: true } },
      { type: "block-end" },
      { type: "signature", signature: { maker: "anthropic", value: "b25seQ==" } },
      ...finish("stop"),
    ]);
    expect(parsed(frames).slice(2, -2)).toEqual([
      blockStart(0, { type: "thinking", thinking: "", signature: "" }),
      delta(0, { type: "thinking_delta", thinking: "Hm." }),
      delta(0, { type: "signature_delta", signature: "c2ln" }),
      blockStop(0),
      blockStart(1, { type: "redacted_thinking", data: "cmVk" }),
      blockStop(1),
      blockStart(2, { type: "thinking", thinking: "", signature: "" }),
      delta(2, { type: "signature_delta", signature: "b25seQ==" }),
      blockStop(2),
    ]);
  });

  it("writes a model's refusal as text that ended in a refusal", () => {
    const { frames } = write([start, { type: "refusal", text: "I cannot." }, ...finish("stop")]);
    expect(parsed(frames).slice(2)).toEqual([
      blockStart(0, { type: "text", text: "" }),
      delta(0, { type: "text_delta", text: "I cannot." }),
      blockStop(0),
      ...closing("refusal"),
    ]);
  });

  it.each([
    ["length", "max_tokens"],
    ["content-filter", "refusal"],
    ["stop-sequence", "stop_sequence"],
  ] as const)("writes the end %s as %s", (reason, written) => {
    expect(parsed(write([start, { type: "text", text: "x" }, ...finish(reason)]).frames).slice(-2)).toEqual(closing(written));
  });

  it("tells which stop sequence was met", () => {
    const { frames } = write([
      start,
      { type: "usage", usage },
      { type: "finish", reason: "stop-sequence", stopSequence: "END" },
      { type: "end" },
    ]);
    expect(parsed(frames).slice(2)).toEqual(closing("stop_sequence", "END"));
  });

  it("writes citations of pages, and of the request's documents by their title", () => {
    const from: ReplyMeta = {
      ...meta,
      request: {
        ...request,
        messages: [
          {
            role: "user",
            content: [
              { type: "document", source: { kind: "text", text: "a" }, name: "A" },
              { type: "document", source: { kind: "text", text: "b" }, name: "B" },
            ],
          },
        ],
      },
    };
    const citations = [{ url: "https://example.org/", title: "T", citedText: "c" }, { title: "B", citedText: "b" }, { title: "unknown" }];
    const events: readonly ReadEvent[] = [
      { type: "text", text: "x" },
      ...citations.map((citation) => ({ type: "citation", citation }) as const),
    ];
    const page = { type: "web_search_result_location", url: "https://example.org/", title: "T", encrypted_index: "", cited_text: "c" };
    expect(parsed(write([start, ...events, ...finish("stop")], from).frames).slice(4, -2)).toEqual([
      delta(0, { type: "citations_delta", citation: page }),
      delta(0, {
        type: "citations_delta",
        citation: expect.objectContaining({ document_index: 1, document_title: "B", cited_text: "b" }) as unknown,
      }),
      blockStop(0),
    ]);
  });

  it("tells what is known of the input at the start", () => {
    const { frames } = write([{ ...start, usage: { inputTokens: 5, cachedInputTokens: 2 } }]);
    expect(parsed(frames)[0]).toMatchObject({ message: { usage: { input_tokens: 3, cache_read_input_tokens: 2, output_tokens: 0 } } });
  });

  it("names the model that was asked for where the provider names none, and keeps an id of Anthropic's kind", () => {
    expect(parsed(write([{ type: "start", id: "msg_own" }]).frames)[0]).toMatchObject({ message: { id: "msg_own", model: "some-model" } });
  });

  it("says that a file was made which it cannot pass on", () => {
    const { frames } = write([start, { type: "media", mediaType: "image/png", data: "iVBO" }, ...finish("stop")]);
    expect(frames.map(({ data }) => data).join("")).toContain("image/png");
    expect(frames.map(({ data }) => data).join("")).not.toContain("iVBO");
  });

  it("tells a failure as an error event, and no end", () => {
    const frames: Frame[] = [];
    const failure: Failure = { status: 429, message: "slow down" };
    openWriter(meta).fail(failure, (frame) => frames.push(frame));
    expect(frames).toEqual([{ event: "error", data: '{"type":"error","error":{"type":"rate_limit_error","message":"slow down"}}' }]);
  });

  it.each(
    readFixtures("anthropic-messages")
      .filter(({ name, status }) => name.endsWith(".json") && status === 200)
      .map(({ name, body }) => [name, body as JsonObject] as const),
  )("writes %s so that it reads the same, streamed and plain", (_name, body) => {
    const { frames, events } = write(readReply(body));
    const reply = foldReply(events);
    if (reply === null) throw new Error("the fixture is no whole answer");
    const again: ReadEvent[] = [];
    const reader = openReader();
    for (const frame of frames) reader.read(frame, (event) => again.push(event));
    const withoutRefusals = { ...reply, blocks: reply.blocks.map((block) => (block.type === "refusal" ? textOf(block.text) : block)) };
    const request = {
      ...meta.request,
      messages: [{ role: "user", content: [{ type: "document", source: { kind: "text", text: "" } }] }],
    } as const;
    expect(foldReply(write(again).events)).toEqual(uncited(withoutRefusals));
    expect(foldReply(write(readReply(writeReply(reply, { ...meta, request }))).events)).toEqual(withoutRefusals);
  });
});

function textOf(text: string): object {
  return { type: "text", text, citations: [], logprobs: [] };
}

/** Without the citations of documents: the request that was written for holds none. */
function uncited(reply: { readonly blocks: readonly object[] }): object {
  const blocks = reply.blocks.map((block) =>
    "citations" in block ? { ...block, citations: (block.citations as readonly object[]).filter((citation) => "url" in citation) } : block,
  );
  return { ...reply, blocks };
}

describe("writeReply()", () => {
  it("writes every kind of block", () => {
    const reply = writeReply(
      {
        blocks: [
          { type: "reasoning", text: "Hm." },
          { type: "reasoning", text: "", signature: { maker: "anthropic", value: "cmVk", isRedacted: true } },
          { type: "text", text: "Hi", citations: [], logprobs: [] },
          { type: "tool-call", id: "a", name: "f", arguments: '{"x":1}' },
          { type: "tool-call", id: "b", name: "g", arguments: '{"x":' },
        ],
        reason: "tool-calls",
        usage,
      },
      meta,
    );
    expect(reply).toEqual({
      id: "msg_new",
      type: "message",
      role: "assistant",
      model: "some-model",
      content: [
        { type: "thinking", thinking: "Hm.", signature: "" },
        { type: "redacted_thinking", data: "cmVk" },
        { type: "text", text: "Hi" },
        { type: "tool_use", id: "a", name: "f", input: { x: 1 } },
        { type: "tool_use", id: "b", name: "g", input: { malformed_arguments: '{"x":' } },
      ],
      stop_reason: "tool_use",
      stop_sequence: null,
      usage: counted,
    });
  });
});
