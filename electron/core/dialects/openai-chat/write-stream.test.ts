import { describe, expect, it } from "vitest";
import type { Frame } from "#core/wire/frame.ts";
import type { ChatReply, ChatRequest, ReadEvent, Signature, Tool, WriteEvent } from "../chat.ts";
import { Conductor } from "../conductor.ts";
import type { ReplyMeta } from "../dialect.ts";
import { foldReply } from "../fold-reply.ts";
import type { JsonObject } from "../json.ts";
import { writeReply } from "./write-reply.ts";
import { openWriter } from "./write-stream.ts";

const request: ChatRequest = { model: "gpt-4o", stream: true, messages: [], tools: [] };

function metaFor(body: JsonObject = {}, tools: readonly Tool[] = []): ReplyMeta {
  return { request: { ...request, tools }, body, nowSeconds: 1_760_000_000, newId: (prefix) => `${prefix}new` };
}

/** What the writers get of what a reader found. */
function conduct(events: readonly ReadEvent[]): readonly WriteEvent[] {
  const written: WriteEvent[] = [];
  const conductor = new Conductor((event) => written.push(event));
  for (const event of events) conductor.take(event);
  conductor.finish();
  return written;
}

function stream(events: readonly ReadEvent[], meta = metaFor()): readonly string[] {
  const frames: Frame[] = [];
  const writer = openWriter(meta);
  for (const event of conduct(events)) writer.write(event, (frame) => frames.push(frame));
  expect(frames.every(({ event }) => event === null)).toBe(true);
  return frames.map(({ data }) => data);
}

/** The chunks without what all of them share, which is checked on the way. */
function chunks(events: readonly ReadEvent[], meta = metaFor()): readonly unknown[] {
  return stream(events, meta).map((data) => {
    if (data === "[DONE]") return data;
    const { id, object, created, model, choices, ...rest } = JSON.parse(data) as Record<string, unknown>;
    expect({ id, object, created, model }).toEqual({ id: "msg_1", object: "chat.completion.chunk", created: 1_760_000_000, model: "m-1" });
    const [choice] = choices as Record<string, unknown>[];
    if (choice === undefined) return rest;
    expect(choice["index"]).toBe(0);
    return choice["finish_reason"] === null ? choice["delta"] : [choice["delta"], choice["finish_reason"]];
  });
}

function whole(events: readonly ReadEvent[], meta = metaFor()): JsonObject {
  return JSON.parse(JSON.stringify(writeReply(foldReply(conduct(events)) as ChatReply, meta))) as JsonObject;
}

function messageOf(body: JsonObject): unknown {
  return (body["choices"] as readonly JsonObject[])[0]?.["message"];
}

const start: ReadEvent = { type: "start", id: "msg_1", model: "m-1" };
const finish: ReadEvent = { type: "finish", reason: "stop" };
const role = { role: "assistant", content: "", refusal: null };
const signature: Signature = { maker: "anthropic", value: "c2ln" };

const tools: readonly ReadEvent[] = [
  start,
  { type: "reasoning", text: "I ask" },
  { type: "reasoning", text: " both." },
  { type: "signature", signature },
  { type: "text", text: "One " },
  { type: "text", text: "moment." },
  { type: "tool-call", id: "a", name: "f" },
  { type: "arguments", json: '{"x"' },
  { type: "arguments", json: ":1}" },
  { type: "tool-call", id: "b", name: "g", signature: { maker: "google", value: "Zw==" } },
  { type: "usage", usage: { inputTokens: 10, cachedInputTokens: 4, outputTokens: 20, reasoningTokens: 5 } },
  finish,
];

describe("openWriter()", () => {
  it("writes thought, text and two calls in the documented order", () => {
    expect(chunks(tools)).toEqual([
      role,
      { reasoning_content: "I ask" },
      { reasoning_content: " both." },
      { content: "One " },
      { content: "moment." },
      { tool_calls: [{ index: 0, id: "a", type: "function", function: { name: "f", arguments: "" } }] },
      { tool_calls: [{ index: 0, function: { arguments: '{"x"' } }] },
      { tool_calls: [{ index: 0, function: { arguments: ":1}" } }] },
      {
        tool_calls: [
          {
            index: 1,
            id: "b",
            type: "function",
            function: { name: "g", arguments: "" },
            extra_content: { google: { thought_signature: "Zw==" } },
          },
        ],
      },
      { tool_calls: [{ index: 1, function: { arguments: "{}" } }] },
      [{}, "tool_calls"],
      "[DONE]",
    ]);
  });

  it("writes usage for who asked for it, in a chunk without choices", () => {
    const written = stream(tools, metaFor({ stream_options: { include_usage: true } })).map((data) =>
      data === "[DONE]" ? null : (JSON.parse(data) as JsonObject),
    );
    expect(written.slice(0, -2).every((chunk) => chunk?.["usage"] === null)).toBe(true);
    expect(written.at(-2)).toEqual({
      id: "msg_1",
      object: "chat.completion.chunk",
      created: 1_760_000_000,
      model: "m-1",
      choices: [],
      usage: {
        prompt_tokens: 10,
        completion_tokens: 20,
        total_tokens: 30,
        prompt_tokens_details: { cached_tokens: 4 },
        completion_tokens_details: { reasoning_tokens: 5 },
      },
    });
    expect(stream(tools).join("")).not.toContain("usage");
  });

  it("makes up an id and repeats the model's name where the provider gave none", () => {
    const [first] = stream([{ type: "text", text: "Hi" }, finish]);
    expect(JSON.parse(first as string)).toMatchObject({ id: "chatcmpl-new", model: "gpt-4o" });
  });

  it.each<readonly [string, readonly ReadEvent[], readonly unknown[]]>([
    [
      "a refusal",
      [start, { type: "refusal", text: "I " }, { type: "refusal", text: "can't." }, finish],
      [role, { refusal: "I " }, { refusal: "can't." }, [{}, "stop"], "[DONE]"],
    ],
    [
      "a cut-off",
      [start, { type: "text", text: "One" }, { type: "finish", reason: "length" }],
      [role, { content: "One" }, [{}, "length"], "[DONE]"],
    ],
    ["a filter", [start, { type: "finish", reason: "content-filter" }], [role, [{}, "content_filter"], "[DONE]"]],
    [
      "a stop sequence",
      [start, { type: "text", text: "One" }, { type: "finish", reason: "stop-sequence", stopSequence: "X" }],
      [role, { content: "One" }, [{}, "stop"], "[DONE]"],
    ],
    [
      "an image",
      [start, { type: "media", mediaType: "image/png", data: "AA==" }, finish],
      [role, { images: [{ type: "image_url", index: 0, image_url: { url: "data:image/png;base64,AA==" } }] }, [{}, "stop"], "[DONE]"],
    ],
    [
      "citations in one chunk, in characters of the whole text",
      [
        start,
        { type: "text", text: "Bern. " },
        { type: "block-end" },
        { type: "text", text: "On the Aare." },
        { type: "citation", citation: { url: "https://a.example", title: "A", start: 7, end: 11 } },
        { type: "citation", citation: { url: "https://b.example" } },
        { type: "citation", citation: { citedText: "a document's words" } },
        finish,
      ],
      [
        role,
        { content: "Bern. " },
        { content: "On the Aare." },
        {
          annotations: [
            { type: "url_citation", url_citation: { start_index: 13, end_index: 17, title: "A", url: "https://a.example" } },
            { type: "url_citation", url_citation: { start_index: 6, end_index: 18, title: "https://b.example", url: "https://b.example" } },
          ],
        },
        [{}, "stop"],
        "[DONE]",
      ],
    ],
  ])("writes %s", (_title, events, expected) => {
    expect(chunks(events)).toEqual(expected);
  });

  it("writes logprobs in a chunk of their own", () => {
    const written = stream([
      start,
      { type: "text", text: "Yes" },
      { type: "logprobs", tokens: [{ token: "Yes", logprob: -0.2, top: [] }] },
      finish,
    ]);
    expect((JSON.parse(written[2] as string) as { choices: unknown[] }).choices).toEqual([
      {
        index: 0,
        delta: {},
        logprobs: { content: [{ token: "Yes", logprob: -0.2, bytes: null, top_logprobs: [] }], refusal: null },
        finish_reason: null,
      },
    ]);
  });

  it("turns the call of a custom tool back, its input unpacked", () => {
    const meta = metaFor({}, [{ kind: "custom", name: "patch" }]);
    const events: readonly ReadEvent[] = [
      start,
      { type: "tool-call", id: "a", name: "patch" },
      { type: "arguments", json: '{"input":"a\\n' },
      { type: "arguments", json: '\\"b\\""}' },
      finish,
    ];
    expect(chunks(events, meta).slice(1, 3)).toEqual([
      { tool_calls: [{ index: 0, id: "a", type: "custom", custom: { name: "patch", input: "" } }] },
      { tool_calls: [{ index: 0, custom: { input: 'a\n"b"' } }] },
    ]);
    expect(messageOf(whole(events, meta))).toMatchObject({
      tool_calls: [{ id: "a", type: "custom", custom: { name: "patch", input: 'a\n"b"' } }],
    });
  });

  it("speaks OpenRouter's variant with who speaks it: signatures come along", () => {
    const meta = metaFor({ reasoning: { effort: "high" } });
    expect(chunks(tools, meta).slice(1, 4)).toEqual([
      { reasoning: "I ask", reasoning_details: [{ type: "reasoning.text", text: "I ask", index: 0 }] },
      { reasoning: " both.", reasoning_details: [{ type: "reasoning.text", text: " both.", index: 0 }] },
      { reasoning_details: [{ type: "reasoning.text", text: "", signature: "c2ln", format: "anthropic-claude-v1", index: 0 }] },
    ]);
    expect(messageOf(whole(tools, meta))).toMatchObject({
      reasoning: "I ask both.",
      reasoning_details: [{ type: "reasoning.text", text: "I ask both.", signature: "c2ln", format: "anthropic-claude-v1", index: 0 }],
    });
  });

  it("answers a client of the time before tools with function_call", () => {
    const meta = metaFor({ functions: [{ name: "f" }] });
    expect(chunks(tools, meta).slice(5)).toEqual([
      { function_call: { name: "f", arguments: "" } },
      { function_call: { arguments: '{"x"' } },
      { function_call: { arguments: ":1}" } },
      [{}, "function_call"],
      "[DONE]",
    ]);
    expect(whole(tools, meta)).toMatchObject({
      choices: [{ message: { function_call: { name: "f", arguments: '{"x":1}' } }, finish_reason: "function_call" }],
    });
  });

  it("ends a broken answer with its error and nothing that reads as an end", () => {
    const frames: Frame[] = [];
    const writer = openWriter(metaFor());
    writer.write({ type: "start", id: "1" }, () => {});
    writer.fail({ status: 529, message: "Overloaded", code: "overloaded_error" }, (frame) => frames.push(frame));
    writer.fail({ status: 502, message: "" }, (frame) => frames.push(frame));
    expect(frames.map(({ data }) => JSON.parse(data) as unknown)).toEqual([
      { error: { message: "Overloaded", type: "server_error", param: null, code: "overloaded_error" } },
      { error: { message: "The provider answered 502 and gave no reason", type: "server_error", param: null, code: "upstream_error" } },
    ]);
  });
});

describe("writeReply()", () => {
  it("writes thought, text and two calls", () => {
    expect(whole(tools)).toEqual({
      id: "msg_1",
      object: "chat.completion",
      created: 1_760_000_000,
      model: "m-1",
      choices: [
        {
          index: 0,
          message: {
            role: "assistant",
            content: "One moment.",
            refusal: null,
            reasoning_content: "I ask both.",
            annotations: [],
            tool_calls: [
              { id: "a", type: "function", function: { name: "f", arguments: '{"x":1}' } },
              {
                id: "b",
                type: "function",
                function: { name: "g", arguments: "{}" },
                extra_content: { google: { thought_signature: "Zw==" } },
              },
            ],
          },
          logprobs: null,
          finish_reason: "tool_calls",
        },
      ],
      usage: {
        prompt_tokens: 10,
        completion_tokens: 20,
        total_tokens: 30,
        prompt_tokens_details: { cached_tokens: 4 },
        completion_tokens_details: { reasoning_tokens: 5 },
      },
    });
  });

  it("writes null for content that there is none of, and leaves unknown usage out", () => {
    const refused = whole([start, { type: "refusal", text: "No." }, finish]);
    expect(messageOf(refused)).toMatchObject({ content: null, refusal: "No." });
    expect(refused).not.toHaveProperty("usage");
    expect(messageOf(whole([start, { type: "tool-call", id: "a", name: "f" }, finish]))).toMatchObject({ content: null });
    expect(messageOf(whole([start, finish]))).toMatchObject({ content: "" });
  });

  it("writes citations, logprobs and images in their places", () => {
    const body = whole([
      start,
      { type: "text", text: "Bern. " },
      { type: "block-end" },
      { type: "text", text: "On the Aare." },
      { type: "citation", citation: { url: "https://a.example", title: "A", start: 7, end: 11 } },
      { type: "logprobs", tokens: [{ token: "On", logprob: -1, bytes: [79, 110], top: [{ token: "On", logprob: -1 }] }] },
      { type: "media", mediaType: "image/png", data: "AA==" },
      finish,
    ]);
    expect(messageOf(body)).toMatchObject({
      content: "Bern. On the Aare.",
      annotations: [{ url_citation: { start_index: 13, end_index: 17 } }],
      images: [{ image_url: { url: "data:image/png;base64,AA==" } }],
    });
    expect(body).toMatchObject({
      choices: [{ logprobs: { content: [{ token: "On", bytes: [79, 110], top_logprobs: [{ token: "On", bytes: null }] }] } }],
    });
  });
});
