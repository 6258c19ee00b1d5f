import { describe, expect, it } from "vitest";
import type { Frame } from "#core/wire/frame.ts";
import type { AssistantPart, ChatReply, ReplyBlock, WriteEvent } from "../chat.ts";
import type { ReplyMeta } from "../dialect.ts";
import type { JsonObject, JsonValue } from "../json.ts";
import { readRequest } from "./read-request.ts";
import { writeReply } from "./write-reply.ts";
import { openWriter } from "./write-stream.ts";

const anthropic = { maker: "anthropic", value: "c2ln" } as const;
const redacted = { maker: "anthropic", value: "ZGF0YQ==", isRedacted: true } as const;

function metaFor(isStrict: boolean | undefined, body: JsonObject = {}): ReplyMeta {
  return {
    request: { model: "m", stream: false, messages: [], tools: [] },
    body,
    isStrict,
    nowSeconds: 1_760_000_000,
    newId: (prefix) => `${prefix}new`,
  };
}

function messageOf(blocks: readonly ReplyBlock[], isStrict: boolean | undefined): JsonObject {
  const reply: ChatReply = { blocks, reason: "stop", usage: {} };
  const body = JSON.parse(JSON.stringify(writeReply(reply, metaFor(isStrict)))) as { choices: { message: JsonObject }[] };
  return body.choices[0]?.message ?? {};
}

function deltasOf(events: readonly WriteEvent[], isStrict: boolean | undefined, body: JsonObject = {}): readonly JsonObject[] {
  const frames: Frame[] = [];
  const writer = openWriter(metaFor(isStrict, body));
  for (const event of [{ type: "start" } as const, ...events]) writer.write(event, (frame) => frames.push(frame));
  return frames.map(({ data }) => (JSON.parse(data) as { choices: { delta: JsonObject }[] }).choices[0]?.delta ?? {}).slice(1);
}

function read(fields: JsonObject): { readonly content: readonly AssistantPart[]; readonly dropped: readonly string[] } {
  const dropped: string[] = [];
  const body = { messages: [{ role: "assistant", ...fields }] };
  const [message] = readRequest(body, { model: "m", stream: false, drop: (field) => dropped.push(field) }).messages;
  // What is undefined and what is not there are one.
  return { content: JSON.parse(JSON.stringify(message?.content ?? [])) as readonly AssistantPart[], dropped };
}

describe("a whole answer", () => {
  const blocks: readonly ReplyBlock[] = [
    { type: "reasoning", text: "Hm.", signature: anthropic },
    { type: "reasoning", text: "", signature: redacted },
    { type: "text", text: "Hello", citations: [], logprobs: [] },
    { type: "tool-call", id: "toolu_1", name: "f", arguments: "{}" },
  ];

  it("has its blocks beside the rest where strict compliance is off, without its tool calls", () => {
    expect(messageOf(blocks, false)).toMatchObject({
      content: "Hello",
      reasoning_content: "Hm.",
      tool_calls: [{ id: "toolu_1", type: "function", function: { name: "f", arguments: "{}" } }],
    });
    expect(messageOf(blocks, false)["content_blocks"]).toEqual([
      { type: "thinking", thinking: "Hm.", signature: "c2ln" },
      { type: "redacted_thinking", data: "ZGF0YQ==" },
      { type: "text", text: "Hello" },
    ]);
  });

  it.each([true, undefined])("has none where strict compliance is %s", (isStrict) => {
    expect(messageOf(blocks, isStrict)).not.toHaveProperty("content_blocks");
  });

  it("comes back whole in the next turn: order, words and proof", () => {
    const { content, dropped } = read(messageOf(blocks, false));
    expect(content).toEqual([
      { type: "reasoning", text: "Hm.", signature: anthropic },
      { type: "reasoning", text: "", signature: redacted },
      { type: "text", text: "Hello" },
      { type: "tool-call", id: "toolu_1", name: "f", arguments: "{}" },
    ]);
    expect(dropped).toEqual([]);
  });

  it("carries another maker's proof so that it comes back as that maker's", () => {
    const signed: ReplyBlock = { type: "reasoning", text: "Hm.", signature: { maker: "google", value: "Z29vZw==" } };
    const [block] = messageOf([signed], false)["content_blocks"] as JsonObject[];
    expect(block?.["signature"]).not.toBe("Z29vZw==");
    expect(Buffer.from(block?.["signature"] as string, "base64").toString()).toContain('"m":"google","v":"Z29vZw=="');
  });
});

describe("a stream", () => {
  const events: readonly WriteEvent[] = [
    { type: "reasoning", text: "Hm" },
    { type: "reasoning", text: "." },
    { type: "signature", signature: anthropic },
    { type: "block-end" },
    { type: "tool-call", id: "toolu_1", name: "f" },
    { type: "arguments", json: "{}" },
    { type: "block-end" },
    { type: "text", text: "Hello" },
    { type: "block-end" },
  ];

  it("tells each piece a second time with its block's number, in which tool calls count", () => {
    expect(deltasOf(events, false)).toEqual([
      { reasoning_content: "Hm", content_blocks: [{ index: 0, delta: { thinking: "Hm" } }] },
      { reasoning_content: ".", content_blocks: [{ index: 0, delta: { thinking: "." } }] },
      { content_blocks: [{ index: 0, delta: { signature: "c2ln" } }] },
      { tool_calls: [{ index: 0, id: "toolu_1", type: "function", function: { name: "f", arguments: "" } }] },
      { tool_calls: [{ index: 0, function: { arguments: "{}" } }] },
      { content: "Hello", content_blocks: [{ index: 2, delta: { text: "Hello" } }] },
    ]);
  });

  it("keeps OpenRouter's details beside them", () => {
    const [first, , proof] = deltasOf(events, false, { reasoning: {} });
    expect(Object.keys(first ?? {})).toEqual(["reasoning", "reasoning_details", "content_blocks"]);
    expect(Object.keys(proof ?? {})).toEqual(["reasoning_details", "content_blocks"]);
  });

  it("tells what is redacted as data", () => {
    expect(deltasOf([{ type: "signature", signature: redacted }], false)).toEqual([
      { content_blocks: [{ index: 0, delta: { data: "ZGF0YQ==" } }] },
    ]);
  });

  it("has none where strict compliance is on", () => {
    expect(JSON.stringify(deltasOf(events, true))).not.toContain("content_blocks");
  });
});

describe("a history", () => {
  it("takes the pieces of a stream as a client has collected them", () => {
    const pieces: JsonValue = [
      { index: 0, delta: { thinking: "H" } },
      { index: 0, delta: { thinking: "m." } },
      { index: 0, delta: { signature: "c2ln" } },
      { index: 2, delta: { text: "Hello" } },
      { index: 1, delta: { data: "ZGF0YQ==" } },
    ];
    expect(read({ content: "Hello", content_blocks: pieces })).toEqual({
      content: [
        { type: "reasoning", text: "Hm.", signature: anthropic },
        { type: "reasoning", text: "", signature: redacted },
        { type: "text", text: "Hello" },
      ],
      dropped: [],
    });
  });

  it("keeps the content where the blocks hold thoughts alone", () => {
    const { content } = read({ content: "Hello", content_blocks: [{ type: "thinking", thinking: "Hm.", signature: "c2ln" }] });
    expect(content.map(({ type }) => type)).toEqual(["reasoning", "text"]);
  });

  it("keeps an unsigned thought where the blocks hold text alone", () => {
    const { content } = read({ content: "Hello", reasoning_content: "Hm.", content_blocks: [{ type: "text", text: "Hello" }] });
    expect(content).toEqual([
      { type: "reasoning", text: "Hm." },
      { type: "text", text: "Hello" },
    ]);
  });

  it("names a block that nobody else knows as left out, and takes no tool call twice", () => {
    const call = { id: "t", type: "function", function: { name: "f", arguments: "{}" } };
    const content_blocks: JsonValue = [
      { type: "tool_use", id: "t", name: "f", input: {} },
      { type: "web_search_tool_result", content: [] },
    ];
    const { content, dropped } = read({ content: null, tool_calls: [call], content_blocks });
    expect(content).toEqual([{ type: "tool-call", id: "t", name: "f", arguments: "{}" }]);
    expect(dropped).toEqual(["messages[0].content_blocks[1]"]);
  });

  it.each<readonly [string, JsonValue]>([
    ["no list", "x"],
    ["no objects", ["x"]],
    ["blocks without a type", [{ text: "x" }]],
  ])("with %s is refused", (_title, content_blocks) => {
    expect(() => read({ content: "x", content_blocks })).toThrow(/content_blocks/);
  });

  it("with no blocks reads as ever", () => {
    expect(read({ content: "Hello", content_blocks: [] }).content).toEqual([{ type: "text", text: "Hello" }]);
  });
});
