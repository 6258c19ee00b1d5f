import { describe, expect, it } from "vitest";
import { quirksSchema } from "#shared/schema/provider.ts";
import type { AssistantPart, ChatRequest, UserPart } from "../chat.ts";
import type { JsonObject, JsonValue } from "../json.ts";
import { openaiResponses } from "./index.ts";

const plain: ChatRequest = { model: "m", stream: false, messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }], tools: [] };

function write(change: Partial<ChatRequest>, quirks: JsonObject = {}): { readonly body: JsonObject; readonly dropped: readonly string[] } {
  const dropped: string[] = [];
  const target = { quirks: quirksSchema.parse(quirks), drop: (field: string) => void dropped.push(field) };
  const body = openaiResponses.writeRequest({ ...plain, ...change }, target);
  return { body: JSON.parse(JSON.stringify(body)) as JsonObject, dropped };
}

const said = (...content: readonly UserPart[]): JsonValue | undefined => write({ messages: [{ role: "user", content }] }).body["input"];
const did = (...content: readonly AssistantPart[]): JsonValue | undefined =>
  write({ messages: [{ role: "assistant", content }] }).body["input"];

describe("writeRequest()", () => {
  it("names cache marks, which this API has no place for", () => {
    expect(write({ messages: [{ role: "user", content: [{ type: "text", text: "Hi", cache: { ttl: "1h" } }] }] }).dropped).toEqual([
      "cache_control",
    ]);
  });

  it("asks for nothing that was not asked for, and stores nothing", () => {
    expect(write({})).toEqual({
      body: {
        model: "m",
        stream: false,
        store: false,
        input: [{ type: "message", role: "user", content: [{ type: "input_text", text: "Hi" }] }],
      },
      dropped: [],
    });
  });

  it.each<readonly [string, Partial<ChatRequest>, JsonObject]>([
    ["limits", { maxTokens: 20, temperature: 0.2, topP: 0.9 }, { max_output_tokens: 20, temperature: 0.2, top_p: 0.9 }],
    ["logprobs", { logprobs: 3 }, { top_logprobs: 3, include: ["message.output_text.logprobs"] }],
    ["logprobs of the chosen token", { logprobs: 0 }, { include: ["message.output_text.logprobs"] }],
    ["JSON", { outputFormat: { kind: "json" }, verbosity: "low" }, { text: { format: { type: "json_object" }, verbosity: "low" } }],
    [
      "a schema",
      { outputFormat: { kind: "schema", schema: { type: "object" }, strict: true, name: "My answer" } },
      { text: { format: { type: "json_schema", name: "My_answer", schema: { type: "object" }, strict: true } } },
    ],
    [
      "effort",
      { reasoning: { effort: "high", visible: true } },
      { reasoning: { effort: "high", summary: "auto" }, include: ["reasoning.encrypted_content"] },
    ],
    ["a budget as effort", { reasoning: { budget: 10_000 } }, { reasoning: { effort: "medium" } }],
    ["no reasoning", { reasoning: { effort: "none" } }, { reasoning: { effort: "none" } }],
    [
      "who asks",
      { endUser: "u", metadata: { a: "b" }, cacheKey: "k", serviceTier: "flex" },
      { user: "u", metadata: { a: "b" }, prompt_cache_key: "k", service_tier: "flex" },
    ],
  ])("writes %s", (_what, change, expected) => {
    const { body, dropped } = write(change);
    expect(body).toMatchObject(expected);
    expect(dropped).toEqual([]);
  });

  it("does not ask for thoughts of a model that was not told to think", () => {
    expect(write({}).body["include"]).toBeUndefined();
    expect(write({ reasoning: { effort: "none" } }).body["include"]).toBeUndefined();
  });

  it("names what the API has no words for", () => {
    const change = { stop: ["x"], topK: 3, seed: 1, frequencyPenalty: 1, presencePenalty: 1, maxTokens: 5, serviceTier: "standard_only" };
    const { body, dropped } = write(change);
    expect(dropped).toEqual(["stop", "top_k", "seed", "frequency_penalty", "presence_penalty", "max_tokens", "service_tier"]);
    expect(body["max_output_tokens"]).toBe(16);
    expect(body["service_tier"]).toBeUndefined();
  });

  it("writes tools, strict only where that was said, and their choice", () => {
    const tools = [
      { kind: "function" as const, name: "now" },
      { kind: "function" as const, name: "add", description: "d", parameters: { type: "object" }, strict: true },
    ];
    const { body } = write({ tools, toolChoice: { kind: "allowed", names: ["now"], required: true }, parallelToolCalls: false });
    expect(body).toMatchObject({
      tools: [
        { type: "function", name: "now", parameters: { type: "object", properties: {} }, strict: false },
        { type: "function", name: "add", description: "d", parameters: { type: "object" }, strict: true },
      ],
      tool_choice: { type: "allowed_tools", mode: "required", tools: [{ type: "function", name: "now" }] },
      parallel_tool_calls: false,
    });
    expect(write({ tools, toolChoice: { kind: "tool", name: "now" } }).body["tool_choice"]).toEqual({ type: "function", name: "now" });
    expect(write({ toolChoice: { kind: "none" } }).body["tool_choice"]).toBeUndefined();
  });

  it("writes the system's words where they stand, as the provider calls them", () => {
    const messages: ChatRequest["messages"] = [
      {
        role: "system",
        authority: "developer",
        content: [
          { type: "text", text: "a" },
          { type: "text", text: "" },
        ],
      },
      { role: "user", content: [{ type: "text", text: "b" }] },
      { role: "system", authority: "system", content: [{ type: "text", text: "c" }] },
    ];
    const roles = (quirks: JsonObject): readonly unknown[] =>
      (write({ messages }, quirks).body["input"] as readonly JsonObject[]).map((item) => item["role"]);
    expect(roles({})).toEqual(["system", "user", "system"]);
    expect(roles({ developerRole: true })).toEqual(["developer", "user", "system"]);
  });

  it("writes results as items of their own, between what the user says", () => {
    const items = said(
      {
        type: "tool-result",
        callId: "c1",
        content: [
          { type: "text", text: "a" },
          { type: "text", text: "b" },
        ],
        isError: false,
      },
      { type: "text", text: "Look." },
      { type: "text", text: "" },
      { type: "tool-result", callId: "c2", content: [{ type: "text", text: "gone" }], isError: true },
      {
        type: "tool-result",
        callId: "c3",
        content: [{ type: "image", source: { kind: "data", mediaType: "image/png", data: "AAAA" } }],
        isError: false,
      },
      { type: "tool-result", callId: "c4", content: [], isError: false },
    );
    expect(items).toEqual([
      { type: "function_call_output", call_id: "c1", output: "a\nb" },
      { type: "message", role: "user", content: [{ type: "input_text", text: "Look." }] },
      { type: "function_call_output", call_id: "c2", output: "Error: gone" },
      {
        type: "function_call_output",
        call_id: "c3",
        output: [{ type: "input_image", image_url: "data:image/png;base64,AAAA", detail: "auto" }],
      },
      { type: "function_call_output", call_id: "c4", output: "" },
    ]);
  });

  it("writes what the assistant did in its order, thoughts only with what proves them", () => {
    const content: readonly AssistantPart[] = [
      { type: "reasoning", text: "r", signature: { maker: "openai", value: "enc", id: "rs_1" } },
      { type: "reasoning", text: "", signature: { maker: "openai", value: "enc2" } },
      { type: "reasoning", text: "unsigned" },
      { type: "text", text: "a" },
      { type: "refusal", text: "no" },
      { type: "tool-call", id: "c", name: "now", arguments: "{}" },
      { type: "text", text: "" },
    ];
    const { body, dropped } = write({ messages: [{ role: "assistant", content }] });
    expect(body["input"]).toEqual([
      { type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: "r" }], encrypted_content: "enc" },
      { type: "reasoning", summary: [], encrypted_content: "enc2" },
      {
        type: "message",
        role: "assistant",
        content: [
          { type: "output_text", text: "a", annotations: [] },
          { type: "refusal", refusal: "no" },
        ],
      },
      { type: "function_call", call_id: "c", name: "now", arguments: "{}" },
    ]);
    expect(dropped).toEqual(["reasoning_content"]);
    expect(body["include"]).toEqual(["reasoning.encrypted_content"]);
  });

  it("shows an image that the assistant made to the model", () => {
    expect(did({ type: "image", source: { kind: "url", url: "https://a.example/i.png" } })).toMatchObject([
      { role: "user", content: [{ type: "input_image" }] },
    ]);
  });

  it.each<readonly [string, UserPart, JsonObject]>([
    [
      "a document by its URL",
      { type: "document", source: { kind: "url", url: "https://a.example/a.pdf" } },
      { type: "input_file", file_url: "https://a.example/a.pdf" },
    ],
    [
      "a document as bytes",
      { type: "document", source: { kind: "data", mediaType: "application/pdf", data: "AAAA" } },
      { type: "input_file", filename: "document.pdf", file_data: "data:application/pdf;base64,AAAA" },
    ],
    [
      "a document as text",
      { type: "document", name: "Notes", source: { kind: "text", text: "a" } },
      { type: "input_text", text: "Notes\n\na" },
    ],
    [
      "an OpenAI file",
      { type: "image", source: { kind: "file", id: "file-1" }, detail: "low" },
      { type: "input_image", file_id: "file-1", detail: "low" },
    ],
    [
      "sound",
      { type: "audio", source: { kind: "data", mediaType: "audio/wav", data: "AAAA" } },
      { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } },
    ],
  ])("writes %s", (_what, part, expected) => {
    expect(said(part)).toEqual([{ type: "message", role: "user", content: [expected] }]);
  });

  it.each<readonly [string, UserPart]>([
    ["moving pictures", { type: "video", source: { kind: "url", url: "https://a.example/v.mp4" } }],
    ["sound of another kind", { type: "audio", source: { kind: "data", mediaType: "audio/flac", data: "AAAA" } }],
    ["another provider's file", { type: "document", source: { kind: "file", id: "file_011" } }],
  ])("refuses %s", (_what, part) => {
    expect(() => said(part)).toThrow(expect.objectContaining({ code: "cannot_translate" }));
  });

  it("keeps what both can say on the way in and out", () => {
    const body: JsonObject = {
      model: "m",
      stream: true,
      store: false,
      input: [
        { type: "message", role: "developer", content: [{ type: "input_text", text: "Be kind." }] },
        {
          type: "message",
          role: "user",
          content: [
            { type: "input_text", text: "a" },
            { type: "input_image", image_url: "https://a.example/i.png", detail: "low" },
          ],
        },
        { type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: "r" }], encrypted_content: "enc" },
        { type: "message", role: "assistant", content: [{ type: "output_text", text: "b", annotations: [] }] },
        { type: "function_call", call_id: "c", name: "now", arguments: "{}" },
        {
          type: "function_call_output",
          call_id: "c",
          output: [
            { type: "input_text", text: "t" },
            { type: "input_file", file_url: "https://a.example/a.pdf" },
          ],
        },
      ],
      include: ["reasoning.encrypted_content", "message.output_text.logprobs"],
      tools: [{ type: "function", name: "now", description: "d", parameters: { type: "object", properties: {} }, strict: true }],
      tool_choice: "required",
      parallel_tool_calls: true,
      max_output_tokens: 100,
      temperature: 0.5,
      top_p: 0.5,
      top_logprobs: 2,
      text: { format: { type: "json_schema", name: "n", schema: { type: "object" }, strict: true }, verbosity: "high" },
      reasoning: { effort: "high", summary: "auto" },
      metadata: { a: "b" },
      user: "u",
      service_tier: "priority",
      prompt_cache_key: "k",
    };
    const dropped: string[] = [];
    const request = openaiResponses.readRequest(body, { model: "m", stream: true, drop: (field) => void dropped.push(field) });
    expect(write(request, { developerRole: true })).toEqual({ body, dropped: [] });
    expect(dropped).toEqual([]);
  });
});
