import { describe, expect, it } from "vitest";
import type { Frame } from "#core/wire/frame.ts";
import type { ChatReply, WriteEvent } from "../chat.ts";
import type { ReplyMeta } from "../dialect.ts";
import { foldReply } from "../fold-reply.ts";
import { parseJsonObject, type JsonObject } from "../json.ts";
import { openaiResponses } from "./index.ts";

function metaOf(body: JsonObject = {}, more: Partial<ReplyMeta> = {}): ReplyMeta {
  const call = { model: "model-1", stream: true, drop: () => {} };
  const full = { input: "Hi", ...body };
  let count = 0;
  return {
    request: openaiResponses.readRequest(full, call),
    body: full,
    nowSeconds: 1_780_000_000,
    newId: (prefix) => `${prefix}${count++}`,
    ...more,
  };
}

interface Written {
  readonly frames: readonly Frame[];
  readonly events: readonly JsonObject[];
  readonly types: readonly string[];
}

function write(
  events: readonly WriteEvent[],
  meta: ReplyMeta = metaOf(),
  failure?: Parameters<ReturnType<typeof openaiResponses.openWriter>["fail"]>[0],
): Written {
  const frames: Frame[] = [];
  const writer = openaiResponses.openWriter(meta);
  for (const event of events) writer.write(event, (frame) => frames.push(frame));
  if (failure !== undefined) writer.fail(failure, (frame) => frames.push(frame));
  const parsed = frames.map(({ data }) => parseJsonObject(data) ?? {});
  return { frames, events: parsed, types: frames.map(({ event }) => event ?? "") };
}

const start: WriteEvent = { type: "start", id: "msg_foreign", model: "claude-opus-4-5" };
const end: WriteEvent = { type: "block-end" };
const usage = { inputTokens: 10, cachedInputTokens: 4, outputTokens: 6, reasoningTokens: 2 };
const close = (reason: ChatReply["reason"] = "stop"): WriteEvent => ({ type: "close", reason, usage });
const call = (id: string, name: string, ...json: readonly string[]): readonly WriteEvent[] => [
  { type: "tool-call", id, name },
  ...json.map((piece): WriteEvent => ({ type: "arguments", json: piece })),
  end,
];
const text = (value: string): readonly WriteEvent[] => [{ type: "text", text: value }, end];

const whole: readonly WriteEvent[] = [
  start,
  { type: "reasoning", text: "Let me " },
  { type: "reasoning", text: "think." },
  { type: "signature", signature: { maker: "openai", value: "b3BhcXVl" } },
  end,
  { type: "text", text: 'Two "' },
  { type: "text", text: "calls\n" },
  end,
  ...call("call_a", "weather", '{"city":', '"Oslo"}'),
  ...call("call_b", "now", "{}"),
  close("tool-calls"),
];

/** Checks what Codex and OpenAI's SDKs need of every stream: numbers, indexes and ids, one item behind the other. */
function checkOrder({ events, types, frames }: Written): void {
  expect(types.slice(0, 2)).toEqual(["response.created", "response.in_progress"]);
  expect(frames.filter(({ data }) => data.includes("\n"))).toEqual([]);
  const ids: unknown[] = [];
  let isOpen = false;
  const wrong = events.filter((event, index) => {
    const item = event["item"] as JsonObject | undefined;
    const at = event["output_index"] as number;
    const isMisnumbered = event["sequence_number"] !== index || event["type"] !== types[index];
    if (event["type"] === "response.output_item.added") {
      const isEarly = isOpen || at !== ids.length;
      ids.push(item?.["id"]);
      isOpen = true;
      return isMisnumbered || isEarly;
    }
    if (event["type"] === "response.output_item.done") {
      const isOther = !isOpen || at !== ids.length - 1 || item?.["id"] !== ids[at];
      isOpen = false;
      return isMisnumbered || isOther;
    }
    return isMisnumbered || (event["item_id"] !== undefined && (!isOpen || at !== ids.length - 1 || event["item_id"] !== ids[at]));
  });
  expect(wrong).toEqual([]);
}

describe("openWriter()", () => {
  it("writes a thought, a text and two calls in the documented order", () => {
    const written = write(whole);
    checkOrder(written);
    expect(written.types).toEqual([
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.reasoning_summary_part.added",
      "response.reasoning_summary_text.delta",
      "response.reasoning_summary_text.delta",
      "response.reasoning_summary_text.done",
      "response.reasoning_summary_part.done",
      "response.output_item.done",
      "response.output_item.added",
      "response.content_part.added",
      "response.output_text.delta",
      "response.output_text.delta",
      "response.output_text.done",
      "response.content_part.done",
      "response.output_item.done",
      "response.output_item.added",
      "response.function_call_arguments.delta",
      "response.function_call_arguments.delta",
      "response.function_call_arguments.done",
      "response.output_item.done",
      "response.output_item.added",
      "response.function_call_arguments.delta",
      "response.function_call_arguments.done",
      "response.output_item.done",
      "response.completed",
    ]);
    const items = written.events.filter((event) => event["type"] === "response.output_item.done").map((event) => event["item"]);
    expect(items).toEqual([
      {
        id: "rs_1",
        type: "reasoning",
        status: "completed",
        summary: [{ type: "summary_text", text: "Let me think." }],
        encrypted_content: "b3BhcXVl",
      },
      {
        id: "msg_2",
        type: "message",
        status: "completed",
        role: "assistant",
        content: [{ type: "output_text", annotations: [], logprobs: [], text: 'Two "calls\n' }],
      },
      { id: "fc_3", type: "function_call", status: "completed", call_id: "call_a", name: "weather", arguments: '{"city":"Oslo"}' },
      { id: "fc_4", type: "function_call", status: "completed", call_id: "call_b", name: "now", arguments: "{}" },
    ]);
    expect(written.events.at(-1)?.["response"]).toMatchObject({
      id: "resp_0",
      model: "claude-opus-4-5",
      status: "completed",
      output: items,
    });
  });

  it("writes each delta with all that its documentation names", () => {
    const { events } = write(whole);
    const deltas = events.filter((event) => (event["type"] as string).endsWith(".delta"));
    expect(deltas[0]).toEqual({
      type: "response.reasoning_summary_text.delta",
      sequence_number: 4,
      item_id: "rs_1",
      output_index: 0,
      summary_index: 0,
      delta: "Let me ",
    });
    expect(deltas[2]).toEqual({
      type: "response.output_text.delta",
      sequence_number: 11,
      item_id: "msg_2",
      output_index: 1,
      content_index: 0,
      delta: 'Two "',
      logprobs: [],
    });
    expect(deltas[4]).toEqual({
      type: "response.function_call_arguments.delta",
      sequence_number: 17,
      item_id: "fc_3",
      output_index: 2,
      delta: '{"city":',
    });
  });

  it("repeats the request in the answer, and never claims to have stored it", () => {
    const body = {
      instructions: "Be kind.",
      temperature: 0.5,
      tools: [{ type: "function", name: "now" }],
      tool_choice: "required",
      store: true,
    };
    const { events } = write([start, ...text("Hi"), close()], metaOf(body));
    for (const event of [events[0], events[1], events.at(-1)]) {
      expect(event?.["response"]).toMatchObject({
        ...body,
        object: "response",
        created_at: 1_780_000_000,
        top_p: 1,
        store: false,
        parallel_tool_calls: true,
      });
    }
    expect(events[0]?.["response"]).toMatchObject({ status: "in_progress", output: [], usage: null });
  });

  it("gives every detail of usage, as Codex gives up without, and none where nothing is known", () => {
    expect(write([start, ...text("a"), close()]).events.at(-1)?.["response"]).toMatchObject({
      usage: {
        input_tokens: 10,
        input_tokens_details: { cached_tokens: 4, cache_write_tokens: 0 },
        output_tokens: 6,
        output_tokens_details: { reasoning_tokens: 2 },
        total_tokens: 16,
      },
    });
    expect(write([start, ...text("a"), { type: "close", reason: "stop", usage: {} }]).events.at(-1)?.["response"]).toMatchObject({
      usage: null,
    });
  });

  it("writes texts in a row and a refusal as parts of one message", () => {
    const written = write([start, ...text("a"), ...text("b"), { type: "refusal", text: "No." }, end, close()]);
    checkOrder(written);
    const parts = written.events.filter((event) => event["type"] === "response.content_part.done");
    expect(parts.map((event) => [event["output_index"], event["content_index"]])).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
    ]);
    expect(written.types.filter((type) => type.startsWith("response.refusal"))).toEqual([
      "response.refusal.delta",
      "response.refusal.done",
    ]);
    expect(written.types.filter((type) => type === "response.output_item.done")).toHaveLength(1);
  });

  it("calls an answer that was cut off incomplete", () => {
    const { events, types } = write([start, ...text("a"), close("length")]);
    expect(types.at(-1)).toBe("response.incomplete");
    expect(events.at(-1)?.["response"]).toMatchObject({
      status: "incomplete",
      incomplete_details: { reason: "max_output_tokens" },
      output: [{ status: "incomplete" }],
    });
    expect(write([start, close("content-filter")]).events.at(-1)?.["response"]).toMatchObject({
      incomplete_details: { reason: "content_filter" },
    });
  });

  it("never says that a call is done whose arguments were cut off", () => {
    const { events, types } = write([start, ...call("call_a", "weather", '{"city":"Os'), close("length")]);
    expect(types).not.toContain("response.output_item.done");
    expect(events.at(-1)?.["response"]).toMatchObject({
      output: [{ type: "function_call", status: "incomplete", arguments: '{"city":"Os' }],
    });
  });

  it("puts citations into annotations, those of a whole text when its length is known", () => {
    const written = write([
      start,
      { type: "text", text: "Trees " },
      { type: "citation", citation: { url: "https://a.example/", title: "A", start: 0, end: 5 } },
      { type: "citation", citation: { url: "https://b.example/", citedText: "words" } },
      { type: "citation", citation: { title: "report.pdf" } },
      { type: "text", text: "are tall." },
      end,
      close(),
    ]);
    checkOrder(written);
    const added = written.events.filter((event) => event["type"] === "response.output_text.annotation.added");
    expect(added.map((event) => [event["annotation_index"], event["annotation"]])).toEqual([
      [0, { type: "url_citation", start_index: 0, end_index: 5, url: "https://a.example/", title: "A" }],
      [1, { type: "url_citation", start_index: 0, end_index: 15, url: "https://b.example/", title: "https://b.example/" }],
      [2, { type: "file_citation", file_id: "report.pdf", filename: "report.pdf", index: 15 }],
    ]);
    expect(written.types.lastIndexOf("response.output_text.annotation.added")).toBeLessThan(
      written.types.indexOf("response.output_text.done"),
    );
  });

  it.each([
    ["behind", false],
    ["before", true],
  ])("tells how likely tokens were with them, where a provider tells it %s them", (_where, isBefore) => {
    const pair = (token: string): WriteEvent[] => {
      const both: WriteEvent[] = [
        { type: "text", text: token },
        { type: "logprobs", tokens: [{ token, logprob: -0.5, top: [{ token: "x", logprob: -2 }] }] },
      ];
      return isBefore ? both.toReversed() : both;
    };
    const { events } = write([start, ...pair("a"), ...pair("b"), end, close()], metaOf({ include: ["message.output_text.logprobs"] }));
    const deltas = events.filter((event) => event["type"] === "response.output_text.delta");
    expect(deltas.map((event) => [event["delta"], (event["logprobs"] as JsonObject[]).map((one) => one["token"])])).toEqual([
      ["a", ["a"]],
      ["b", ["b"]],
    ]);
    expect(events.at(-1)?.["response"]).toMatchObject({
      output: [{ content: [{ logprobs: [{ token: "a", top_logprobs: [{ token: "x" }] }, { token: "b" }] }] }],
    });
  });

  it("gives a custom tool's call back as one, with its input in pieces", () => {
    const body = { tools: [{ type: "custom", name: "apply_patch" }] };
    const written = write(
      [start, ...call("call_p", "apply_patch", '{"inp', 'ut":"*** Be', "gin\\n", '\\u00e9"}'), close("tool-calls")],
      metaOf(body),
    );
    checkOrder(written);
    expect(written.types.slice(2, -1)).toEqual([
      "response.output_item.added",
      "response.custom_tool_call_input.delta",
      "response.custom_tool_call_input.delta",
      "response.custom_tool_call_input.delta",
      "response.custom_tool_call_input.done",
      "response.output_item.done",
    ]);
    const deltas = written.events.filter((event) => event["type"] === "response.custom_tool_call_input.delta");
    expect(deltas.map((event) => event["delta"] as string).join("")).toBe("*** Begin\né");
    expect(written.events.at(-2)?.["item"]).toEqual({
      id: "ctc_1",
      type: "custom_tool_call",
      status: "completed",
      call_id: "call_p",
      name: "apply_patch",
      input: "*** Begin\né",
    });
  });

  it("gives a tool of a namespace back under its own name", () => {
    const tools = [
      {
        type: "namespace",
        name: "mcp__shop__",
        tools: [
          { type: "function", name: "order" },
          { type: "custom", name: "note" },
        ],
      },
    ];
    const { events } = write(
      [start, ...call("c1", "mcp__shop__order", "{}"), ...call("c2", "mcp__shop__note", '{"input":"n"}'), close()],
      metaOf({ tools }),
    );
    const items = events.filter((event) => event["type"] === "response.output_item.done").map((event) => event["item"]);
    expect(items).toMatchObject([
      { type: "function_call", namespace: "mcp__shop__", name: "order" },
      { type: "custom_tool_call", namespace: "mcp__shop__", name: "note", input: "n" },
    ]);
  });

  it.each([
    [
      "local_shell",
      '{"command":["ls"],"timeout_ms":5}',
      { type: "local_shell_call", action: { type: "exec", command: ["ls"], env: {}, timeout_ms: 5 } },
    ],
    ["shell", '{"commands":["ls"]}', { type: "shell_call", action: { commands: ["ls"] } }],
    ["apply_patch", '{"type":"delete_file","path":"a"}', { type: "apply_patch_call", operation: { type: "delete_file", path: "a" } }],
    ["tool_search", '{"query":"mail"}', { type: "tool_search_call", execution: "client", arguments: { query: "mail" } }],
    ["local_shell", '{"cmd":"ls"}', { type: "function_call", name: "local_shell", arguments: '{"cmd":"ls"}' }],
  ])("gives a call of %s back as what its tool is", (type, json, item) => {
    const tool = type === "tool_search" ? { type, execution: "client" } : { type };
    const written = write([start, ...call("c1", type, json), close()], metaOf({ tools: [tool] }));
    checkOrder(written);
    expect(written.events.at(-2)?.["item"]).toMatchObject({ ...item, call_id: "c1", status: "completed" });
  });

  it("leaves a function alone that is only named like such a tool", () => {
    const { events } = write([start, ...call("c1", "shell", "{}"), close()], metaOf({ tools: [{ type: "function", name: "shell" }] }));
    expect(events.at(-2)?.["item"]).toMatchObject({ type: "function_call", name: "shell" });
  });

  it("writes an image as what made it, and a thought that is a signature alone", () => {
    const written = write([
      start,
      { type: "signature", signature: { maker: "openai", value: "c2ln" } },
      end,
      { type: "media", mediaType: "image/png", data: "iVBORw0KGgo=" },
      end,
      close(),
    ]);
    checkOrder(written);
    expect(written.events.at(-1)?.["response"]).toMatchObject({
      output: [
        { type: "reasoning", summary: [], encrypted_content: "c2ln" },
        { type: "image_generation_call", status: "completed", result: "iVBORw0KGgo=", output_format: "png" },
      ],
    });
    expect(written.types).not.toContain("response.reasoning_summary_part.added");
  });

  it.each([
    [{ status: 529, message: "Overloaded", code: "overloaded_error" }, "server_error"],
    [{ status: 429, message: "Try again in 3s.", code: "rate_limit_error" }, "rate_limit_exceeded"],
    [
      { status: 400, message: "prompt is too long: 210000 tokens > 200000 maximum", code: "invalid_request_error" },
      "context_length_exceeded",
    ],
    [{ status: 502, message: "", code: "upstream_truncated" }, "server_error"],
  ])("ends a broken answer as failed, with a code that clients know: %o", (failure, code) => {
    const written = write([start, { type: "text", text: "Half" }], metaOf(), failure);
    expect(written.types.slice(-2)).toEqual(["error", "response.failed"]);
    expect(written.types).not.toContain("response.completed");
    const response = written.events.at(-1)?.["response"] as JsonObject;
    expect(response).toMatchObject({ status: "failed", output: [], error: { code } });
    // Two generations of OpenAI's package look for it in two places.
    const { message } = response["error"] as JsonObject;
    expect(written.events.at(-2)).toMatchObject({ type: "error", code, message, error: { code, message } });
    expect((response["error"] as JsonObject)["message"]).not.toBe("");
  });

  it("keeps items for a client that will refer to them, unless it stores none", () => {
    const kept: string[] = [];
    const remember = (id: string): void => void kept.push(id);
    write(whole, metaOf({}, { remember }));
    expect(kept).toEqual(["rs_1", "msg_2", "fc_3", "fc_4"]);
    write(whole, metaOf({ store: false }, { remember }));
    expect(kept).toHaveLength(4);
  });
});

describe("writeReply()", () => {
  it("writes the answer that the stream ends with", () => {
    const reply = foldReply(whole);
    expect(reply).not.toBeNull();
    expect(openaiResponses.writeReply(reply as ChatReply, metaOf())).toEqual(write(whole).events.at(-1)?.["response"]);
  });
});
