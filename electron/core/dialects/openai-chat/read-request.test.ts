import { describe, expect, it } from "vitest";
import { PosternError } from "#shared/errors.ts";
import { readFixture, readFixtures } from "../../../../test/fakes/fixture.ts";
import type { ChatRequest } from "../chat.ts";
import type { JsonObject, JsonValue } from "../json.ts";
import { readRequest } from "./read-request.ts";

const user = { role: "user", content: "Hi" };

function read(body: JsonObject): { readonly request: ChatRequest; readonly dropped: readonly string[] } {
  const dropped: string[] = [];
  const request = readRequest(body, { model: "m-1", stream: body["stream"] === true, drop: (field) => dropped.push(field) });
  // What is undefined and what is not there are one.
  return { request: JSON.parse(JSON.stringify(request)) as ChatRequest, dropped };
}

function readWith(fields: JsonObject): { readonly request: ChatRequest; readonly dropped: readonly string[] } {
  return read({ model: "m", messages: [user], ...fields });
}

function refusalOf(body: JsonObject): PosternError {
  try {
    read(body);
  } catch (error) {
    if (error instanceof PosternError) return error;
    throw error;
  }
  throw new Error("It was taken");
}

const messagesOf = (...messages: readonly JsonValue[]): unknown => read({ messages }).request.messages;
const partsOf = (...content: readonly JsonValue[]): unknown => read({ messages: [{ role: "user", content }] }).request.messages[0]?.content;
const assistant = (fields: JsonObject): unknown => read({ messages: [{ role: "assistant", ...fields }] }).request.messages[0]?.content;

describe("readRequest()", () => {
  const requests = readFixtures("openai-chat").flatMap(({ name, request }) =>
    request === null ? [] : [[name, request as JsonObject] as const],
  );
  it.each(requests.filter(([name]) => name !== "openai-chat/two-choices.json"))("reads the request of %s", (_name, request) => {
    expect(read(request).request.messages.length).toBeGreaterThan(0);
  });

  it.each<readonly [JsonObject, Partial<ChatRequest>]>([
    [{ max_tokens: 5 }, { maxTokens: 5 }],
    [{ max_completion_tokens: 5, max_tokens: 7 }, { maxTokens: 5 }],
    [
      { temperature: 0.5, top_p: 0.9, top_k: 40 },
      { temperature: 0.5, topP: 0.9, topK: 40 },
    ],
    [
      { seed: -3, frequency_penalty: 1, presence_penalty: -1 },
      { seed: -3, frequencyPenalty: 1, presencePenalty: -1 },
    ],
    [{ stop: "END" }, { stop: ["END"] }],
    [{ stop: ["A", "B"] }, { stop: ["A", "B"] }],
    [{ logprobs: true }, { logprobs: 0 }],
    [{ logprobs: true, top_logprobs: 3 }, { logprobs: 3 }],
    [{ verbosity: "low" }, { verbosity: "low" }],
    [{ user: "u", safety_identifier: "s" }, { endUser: "s" }],
    [{ user: "u" }, { endUser: "u" }],
    [
      { service_tier: "flex", prompt_cache_key: "k", metadata: { a: "b" } },
      { serviceTier: "flex", cacheKey: "k", metadata: { a: "b" } },
    ],
    [{ parallel_tool_calls: false }, { parallelToolCalls: false }],
    [{ response_format: { type: "json_object" } }, { outputFormat: { kind: "json" } }],
    [
      { response_format: { type: "json_object", schema: { type: "object" } } },
      { outputFormat: { kind: "schema", schema: { type: "object" } } },
    ],
    [
      { response_format: { type: "json_schema", json_schema: { name: "n", description: "d", strict: true, schema: { type: "object" } } } },
      { outputFormat: { kind: "schema", name: "n", description: "d", strict: true, schema: { type: "object" } } },
    ],
    [{ reasoning_effort: "xhigh" }, { reasoning: { effort: "xhigh" } }],
    [{ reasoning: { effort: "high", exclude: true } }, { reasoning: { effort: "high", visible: false } }],
    [{ reasoning: { max_tokens: 2000, exclude: false } }, { reasoning: { budget: 2000, visible: true } }],
    [{ reasoning: { enabled: true } }, { reasoning: { effort: "medium" } }],
    [{ reasoning: { enabled: false } }, { reasoning: { effort: "none" } }],
    [{ include_reasoning: true }, { reasoning: { visible: true } }],
    [{ thinking: { type: "enabled", budget_tokens: 1024 } }, { reasoning: { budget: 1024 } }],
    [{ thinking: { type: "disabled" } }, { reasoning: { effort: "none" } }],
    [{ thinking: { type: "adaptive" }, reasoning_effort: "low" }, { reasoning: { effort: "low", isAdaptive: true } }],
    [{ tool_choice: "required" }, { toolChoice: { kind: "required" } }],
    [{ tool_choice: "any" }, { toolChoice: { kind: "required" } }],
    [{ tool_choice: { type: "auto" } }, { toolChoice: { kind: "auto" } }],
    [{ tool_choice: { type: "function", function: { name: "f" } } }, { toolChoice: { kind: "tool", name: "f" } }],
    [{ tool_choice: { type: "custom", custom: { name: "c" } } }, { toolChoice: { kind: "tool", name: "c" } }],
    [
      { tool_choice: { type: "allowed_tools", allowed_tools: { mode: "auto", tools: [{ type: "function", function: { name: "f" } }] } } },
      { toolChoice: { kind: "allowed", names: ["f"], required: false } },
    ],
    [{ function_call: { name: "f" } }, { toolChoice: { kind: "tool", name: "f" } }],
    [
      { functions: [{ name: "f" }], function_call: "none" },
      { tools: [{ kind: "function", name: "f" }], toolChoice: { kind: "none" }, parallelToolCalls: false },
    ],
    [
      {
        tools: [
          {
            type: "function",
            function: { name: "f", description: "d", parameters: { type: "object" }, strict: true },
            cache_control: { type: "ephemeral", ttl: "1h" },
          },
        ],
      },
      { tools: [{ kind: "function", name: "f", description: "d", parameters: { type: "object" }, strict: true, cache: { ttl: "1h" } }] },
    ],
    [
      {
        tools: [
          { type: "custom", custom: { name: "c", format: { type: "grammar", grammar: { syntax: "lark", definition: "start: x" } } } },
        ],
      },
      { tools: [{ kind: "custom", name: "c", grammar: { syntax: "lark", definition: "start: x" } }] },
    ],
    [
      { tools: [{ type: "openrouter:web_search", parameters: { max: 1 } }], web_search_options: {} },
      {
        tools: [
          { kind: "hosted", name: "openrouter:web_search" },
          { kind: "hosted", name: "web_search_options" },
        ],
      },
    ],
  ])("reads %j, and names nothing as lost", (fields, expected) => {
    const { request, dropped } = readWith(fields);
    const { model: _model, stream: _stream, messages: _messages, tools, ...rest } = request;
    expect({ ...(tools.length === 0 ? {} : { tools }), ...rest }).toEqual(expected);
    expect(dropped).toEqual([]);
  });

  it.each<readonly [JsonObject, readonly string[]]>([
    [{ n: 1, store: false, modalities: ["text"], logit_bias: {}, stream_options: { include_usage: true, include_obfuscation: false } }, []],
    [{ response_format: { type: "text" }, stop: null, top_k: -1, reasoning_effort: null, temperature: null }, []],
    [{ store: true, logit_bias: { "50": -100 }, prediction: { type: "content", content: "x" } }, ["store", "logit_bias", "prediction"]],
    [{ modalities: ["text", "image"], top_logprobs: 3, moderation: { model: "m" } }, ["modalities", "top_logprobs", "moderation"]],
    [{ prompt_cache_options: { mode: "explicit" }, min_p: 0.1 }, ["prompt_cache_options", "min_p"]],
    [{ reasoning: { effort: "low", mode: "pro" }, stream_options: { novelty: 1 } }, ["reasoning.mode", "stream_options.novelty"]],
    [
      { messages: [{ role: "user", name: "mira", content: [{ type: "text", text: "Hi", novelty: 1 }] }] },
      ["messages[0].name", "messages[0].content[0].novelty"],
    ],
    [{ tools: [{ type: "function", function: { name: "f", novelty: 1 }, novelty: 2 }] }, ["tools[0].function.novelty", "tools[0].novelty"]],
  ])("names what is lost of %j", (fields, expected) => {
    expect([...readWith(fields).dropped].sort()).toEqual([...expected].sort());
  });

  it.each<readonly [JsonObject, string]>([
    [{ n: 2 }, "n"],
    [{ modalities: ["text", "audio"], audio: { voice: "ash", format: "wav" } }, "modalities"],
    [{ moderation: { model: "m", policy: { output: { mode: "block" } } } }, "moderation"],
    [{ response_format: { type: "grammar", grammar: "x" } }, "response_format"],
    [{ messages: [{ role: "assistant", audio: { id: "audio_1" } }] }, "messages[0].audio"],
    [{ messages: [{ role: "user", content: [{ type: "smell", smell: "x" }] }] }, "messages[0].content[0]"],
  ])("refuses %j, since leaving it out would change what is asked for", (fields, param) => {
    expect(refusalOf({ messages: [user], ...fields })).toMatchObject({ code: "cannot_translate", param });
  });

  it.each<readonly [JsonObject, string]>([
    [{ messages: undefined }, "messages"],
    [{ messages: [] }, "messages"],
    [{ messages: "Hi" }, "messages"],
    [{ messages: ["Hi"] }, "messages[0]"],
    [{ messages: [{ content: "Hi" }] }, "messages[0].role"],
    [{ messages: [{ role: "robot", content: "Hi" }] }, "messages[0].role"],
    [{ messages: [user, { role: "user" }] }, "messages[1].content"],
    [{ messages: [{ role: "user", content: 5 }] }, "messages[0].content"],
    [{ messages: [{ role: "user", content: ["Hi"] }] }, "messages[0].content[0]"],
    [{ messages: [{ role: "user", content: [{ text: "Hi" }] }] }, "messages[0].content[0].type"],
    [{ messages: [{ role: "user", content: [{ type: "text", text: 5 }] }] }, "messages[0].content[0].text"],
    [{ messages: [{ role: "user", content: [{ type: "image_url" }] }] }, "messages[0].content[0].image_url"],
    [
      { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "cat.png" } }] }] },
      "messages[0].content[0].image_url.url",
    ],
    [
      { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "https://a.example/x", detail: "huge" } }] }] },
      "messages[0].content[0].image_url.detail",
    ],
    [
      { messages: [{ role: "user", content: [{ type: "input_audio", input_audio: { data: "AA==" } }] }] },
      "messages[0].content[0].input_audio.format",
    ],
    [{ messages: [{ role: "user", content: [{ type: "file", file: { filename: "a.pdf" } }] }] }, "messages[0].content[0].file"],
    [{ messages: [{ role: "system" }] }, "messages[0].content"],
    [{ messages: [{ role: "tool", content: "x" }] }, "messages[0].tool_call_id"],
    [{ messages: [{ role: "function", content: "x" }] }, "messages[0].name"],
    [{ messages: [{ role: "assistant", tool_calls: [{ function: { name: "f" } }] }] }, "messages[0].tool_calls[0].id"],
    [
      { messages: [{ role: "assistant", tool_calls: [{ id: "a", function: { arguments: "{}" } }] }] },
      "messages[0].tool_calls[0].function.name",
    ],
    [{ messages: [{ role: "assistant", tool_calls: [{ id: "a", type: "web" }] }] }, "messages[0].tool_calls[0].type"],
    [{ tools: {} }, "tools"],
    [{ tools: [{ type: "function" }] }, "tools[0].function"],
    [{ tools: [{ type: "function", function: { name: "" } }] }, "tools[0].function.name"],
    [{ tools: [{ type: "function", function: { name: "f", parameters: "{}" } }] }, "tools[0].function.parameters"],
    [{ tool_choice: "sometimes" }, "tool_choice"],
    [{ tool_choice: { type: "function" } }, "tool_choice.function"],
    [{ tool_choice: { type: "allowed_tools", allowed_tools: { mode: "auto", tools: [] } } }, "tool_choice.allowed_tools.tools"],
    [{ max_tokens: 0 }, "max_tokens"],
    [{ max_completion_tokens: 1.5 }, "max_completion_tokens"],
    [{ temperature: "warm" }, "temperature"],
    [{ stop: [1] }, "stop[0]"],
    [{ n: 0 }, "n"],
    [{ logprobs: 5 }, "logprobs"],
    [{ metadata: { a: 5 } }, "metadata.a"],
    [{ reasoning_effort: "extreme" }, "reasoning_effort"],
    [{ thinking: { type: "enabled", budget_tokens: -1 } }, "thinking.budget_tokens"],
    [{ response_format: {} }, "response_format.type"],
    [{ response_format: { type: "json_schema" } }, "response_format.json_schema"],
    [{ stream_options: { include_usage: "yes" } }, "stream_options.include_usage"],
  ])("refuses %j by the field's path", (fields, param) => {
    expect(refusalOf({ messages: [user], ...fields })).toMatchObject({ code: "invalid_value", status: 400, param });
  });

  it("never repeats a prompt in a refusal", () => {
    const secret = "my password is hunter2 and nobody must know it";
    expect(refusalOf({ messages: [{ role: secret, content: "x" }] }).message).not.toContain("hunter2");
    expect(refusalOf({ messages: [{ role: "user", content: [{ type: secret }] }] }).message).not.toContain("nobody must");
  });
});

describe("messages", () => {
  it("keep system and developer apart, wherever they stand", () => {
    expect(messagesOf({ role: "developer", content: "A" }, user, { role: "system", content: [{ type: "text", text: "B" }] })).toEqual([
      { role: "system", authority: "developer", content: [{ type: "text", text: "A" }] },
      { role: "user", content: [{ type: "text", text: "Hi" }] },
      { role: "system", authority: "system", content: [{ type: "text", text: "B" }] },
    ]);
  });

  it("hold text, images, audio, files and videos", () => {
    expect(
      partsOf(
        { type: "text", text: "" },
        { type: "image_url", image_url: { url: "data:image/png;base64,AA==", detail: "low" } },
        { type: "image_url", image_url: { url: "https://a.example/x.png", detail: "original" } },
        { type: "image_url", image_url: "https://a.example/y.png" },
        { type: "input_audio", input_audio: { data: "AA==", format: "mp3" } },
        { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,AA==" } },
        { type: "file", file: { filename: "b.pdf", file_data: "AA==" } },
        { type: "file", file: { file_id: "file-1" } },
        { type: "video_url", video_url: { url: "https://a.example/v.mp4" } },
      ),
    ).toEqual([
      { type: "text", text: "" },
      { type: "image", source: { kind: "data", mediaType: "image/png", data: "AA==" }, detail: "low" },
      { type: "image", source: { kind: "url", url: "https://a.example/x.png" }, detail: "high" },
      { type: "image", source: { kind: "url", url: "https://a.example/y.png" } },
      { type: "audio", source: { kind: "data", mediaType: "audio/mp3", data: "AA==" } },
      { type: "document", source: { kind: "data", mediaType: "application/pdf", data: "AA==" }, name: "a.pdf" },
      { type: "document", source: { kind: "data", mediaType: "application/pdf", data: "AA==" }, name: "b.pdf" },
      { type: "document", source: { kind: "file", id: "file-1" } },
      { type: "video", source: { kind: "url", url: "https://a.example/v.mp4" } },
    ]);
  });

  it("keep where the prompt cache may end: on parts, on whole messages, in OpenAI's words", () => {
    expect(
      messagesOf(
        { role: "system", content: "A", cache_control: { type: "ephemeral" } },
        { role: "user", content: [{ type: "text", text: "B", cache_control: { type: "ephemeral", ttl: "5m" } }] },
        { role: "user", content: [{ type: "text", text: "C", prompt_cache_breakpoint: { mode: "explicit", ttl: "12h" } }] },
        { role: "tool", tool_call_id: "a", content: "D", cache_control: { type: "ephemeral" } },
        {
          role: "assistant",
          content: "E",
          tool_calls: [{ id: "b", function: { name: "f", arguments: "{}" } }],
          cache_control: { type: "ephemeral" },
        },
      ),
    ).toMatchObject([
      { content: [{ text: "A", cache: {} }] },
      { content: [{ text: "B", cache: { ttl: "5m" } }] },
      { content: [{ text: "C", cache: { ttl: "1h" } }] },
      { content: [{ type: "tool-result", cache: {} }] },
      { content: [{ text: "E" }, { type: "tool-call", cache: {} }] },
    ]);
  });

  it("hold what an assistant thought, said, refused and called, in this order", () => {
    expect(
      assistant({
        content: [
          { type: "text", text: "So." },
          { type: "refusal", refusal: "Not that." },
        ],
        reasoning_content: "Hm.",
        refusal: null,
        annotations: [],
        audio: null,
        function_call: null,
        tool_calls: [
          { index: 0, id: "a", type: "function", function: { name: "f", arguments: '{"x":1}' } },
          { id: "b", type: "function", function: { name: "f", arguments: "" } },
          { id: "c", type: "custom", custom: { name: "c", input: "raw" } },
        ],
      }),
    ).toEqual([
      { type: "reasoning", text: "Hm." },
      { type: "text", text: "So." },
      { type: "refusal", text: "Not that." },
      { type: "tool-call", id: "a", name: "f", arguments: '{"x":1}' },
      { type: "tool-call", id: "b", name: "f", arguments: "{}" },
      { type: "tool-call", id: "c", name: "c", arguments: "raw", isCustom: true },
    ]);
  });

  it("wrap arguments that are no object: a conversation must not end because a model once wrote nonsense", () => {
    const args = (value: JsonValue): unknown => assistant({ tool_calls: [{ id: "a", function: { name: "f", arguments: value } }] });
    expect(args('{"city": "Be')).toMatchObject([{ arguments: '{"input":"{\\"city\\": \\"Be"}' }]);
    expect(args("[1]")).toMatchObject([{ arguments: '{"input":"[1]"}' }]);
    expect(args({ x: 1 })).toMatchObject([{ arguments: '{"x":1}' }]);
  });

  it("keep signed thoughts, wherever a client keeps them", () => {
    const signature = { maker: "anthropic", value: "c2ln" };
    const signed = [{ type: "reasoning", text: "So it is.", signature }];
    const pieces = [
      { type: "reasoning.text", text: "So ", index: 0 },
      { type: "reasoning.text", text: "it is.", index: 0 },
      { type: "reasoning.text", signature: "c2ln", format: "anthropic-claude-v1", index: 0 },
    ];
    expect(assistant({ reasoning_details: pieces, reasoning: "So it is." })).toEqual(signed);
    // The AI SDK keeps the last piece only, and the text beside it.
    expect(assistant({ reasoning_details: pieces.slice(2), reasoning: "So it is." })).toEqual(signed);
    expect(assistant({ thinking_blocks: [{ type: "thinking", thinking: "So it is.", signature: "c2ln" }] })).toEqual(signed);
    expect(assistant({ content: [{ type: "thinking", thinking: "So it is.", signature: "c2ln" }] })).toEqual(signed);
    expect(assistant({ content: [{ type: "thinking", thinking: [{ type: "text", text: "So it is." }] }] })).toEqual([
      { type: "reasoning", text: "So it is." },
    ]);
    expect(assistant({ content: [{ type: "redacted_thinking", data: "cmVk" }] })).toEqual([
      { type: "reasoning", text: "", signature: { maker: "anthropic", value: "cmVk", isRedacted: true } },
    ]);
    expect(
      assistant({
        reasoning_details: [
          { type: "reasoning.summary", summary: "So.", index: 0 },
          { type: "reasoning.encrypted", data: "ZW5j", id: "rs_1", format: "openai-responses-v1", index: 0 },
        ],
      }),
    ).toEqual([{ type: "reasoning", text: "So.", signature: { maker: "openai", value: "ZW5j", id: "rs_1" } }]);
  });

  it("keep what Google signed with its call, in both places that clients have for it", () => {
    const signature = { maker: "google", value: "c2ln" };
    const call = { id: "a", type: "function", function: { name: "f", arguments: "{}" } };
    expect(assistant({ tool_calls: [{ ...call, extra_content: { google: { thought_signature: "c2ln" } } }] })).toMatchObject([
      { type: "tool-call", signature },
    ]);
    expect(
      assistant({
        tool_calls: [call],
        reasoning_details: [{ type: "reasoning.encrypted", data: "c2ln", id: "a", format: "google-gemini-v1" }],
      }),
    ).toMatchObject([{ type: "tool-call", signature }]);
  });

  it("turn tools' messages into results, those of the time before tools by their names", () => {
    const { request } = read(readFixture("openai-chat/function-call.json").request as JsonObject);
    expect(request.messages.slice(1)).toEqual([
      { role: "assistant", content: [{ type: "tool-call", id: "call_function_1", name: "get_now", arguments: "{}" }] },
      {
        role: "user",
        content: [
          { type: "tool-result", callId: "call_function_1", name: "get_now", content: [{ type: "text", text: "14:05" }], isError: false },
        ],
      },
    ]);
    expect(
      messagesOf({
        role: "tool",
        tool_call_id: "a",
        name: "f",
        content: [
          { type: "text", text: "x" },
          { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } },
        ],
      }),
    ).toMatchObject([
      { role: "user", content: [{ type: "tool-result", callId: "a", name: "f", content: [{ type: "text" }, { type: "image" }] }] },
    ]);
  });
});
