import { describe, expect, it } from "vitest";
import { PosternError } from "#shared/errors.ts";
import { readFixture } from "../../../../test/fakes/fixture.ts";
import type { ChatRequest } from "../chat.ts";
import type { JsonObject } from "../json.ts";
import { readRequest } from "./read-request.ts";

const hi = { role: "user", content: "Hi" };
const bare: JsonObject = { model: "m", max_tokens: 9, messages: [hi] };

function read(body: JsonObject): { readonly request: ChatRequest; readonly dropped: readonly string[] } {
  const dropped: string[] = [];
  const request = readRequest(body, { model: "m", stream: false, drop: (field) => dropped.push(field) });
  return { request, dropped };
}

function fail(body: JsonObject): PosternError {
  try {
    read(body);
  } catch (error) {
    if (error instanceof PosternError) return error;
  }
  throw new Error("it was taken");
}

const user = (...content: readonly JsonObject[]): JsonObject => ({ ...bare, messages: [{ role: "user", content }] });
const userParts = (...content: readonly JsonObject[]): unknown => read(user(...content)).request.messages[0]?.content;
const assistant = (...content: readonly JsonObject[]): JsonObject => ({ ...bare, messages: [hi, { role: "assistant", content }] });
const assistantParts = (...content: readonly JsonObject[]): unknown => read(assistant(...content)).request.messages[1]?.content;

describe("readRequest()", () => {
  it("reads the least that there is", () => {
    const { request, dropped } = read(bare);
    expect(request).toEqual({
      model: "m",
      stream: false,
      maxTokens: 9,
      messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }],
      tools: [],
    });
    expect(dropped).toEqual([]);
  });

  it.each<[string, JsonObject, Partial<ChatRequest>]>([
    ["temperature", { temperature: 0.5 }, { temperature: 0.5 }],
    ["top_p", { top_p: 0.9 }, { topP: 0.9 }],
    ["top_k", { top_k: 40 }, { topK: 40 }],
    ["stop_sequences", { stop_sequences: ["a", "b"] }, { stop: ["a", "b"] }],
    ["metadata", { metadata: { user_id: "u" } }, { endUser: "u" }],
    ["service_tier auto", { service_tier: "auto" }, { serviceTier: "auto" }],
    ["service_tier standard_only", { service_tier: "standard_only" }, { serviceTier: "default" }],
    ["thinking by a budget", { thinking: { type: "enabled", budget_tokens: 2048 } }, { reasoning: { budget: 2048 } }],
    ["adaptive thinking", { thinking: { type: "adaptive", display: "summarized" } }, { reasoning: { isAdaptive: true, visible: true } }],
    [
      "thinking not to be seen",
      { thinking: { type: "adaptive", display: "omitted" } },
      { reasoning: { isAdaptive: true, visible: false } },
    ],
    ["no thinking", { thinking: { type: "disabled" } }, { reasoning: { effort: "none" } }],
    ["hardly any thinking", { thinking: { type: "between_tools" } }, { reasoning: { effort: "none" } }],
    ["effort", { output_config: { effort: "max" } }, { reasoning: { effort: "max" } }],
    [
      "effort and thinking",
      { output_config: { effort: "low" }, thinking: { type: "adaptive" } },
      { reasoning: { effort: "low", isAdaptive: true } },
    ],
    [
      "output_config.format",
      { output_config: { format: { type: "json_schema", schema: { type: "object" } } } },
      { outputFormat: { kind: "schema", schema: { type: "object" } } },
    ],
    ["output_format", { output_format: { type: "json_schema", schema: {} } }, { outputFormat: { kind: "schema", schema: {} } }],
    ["tool_choice auto", { tool_choice: { type: "auto" } }, { toolChoice: { kind: "auto" } }],
    [
      "tool_choice any",
      { tool_choice: { type: "any", disable_parallel_tool_use: true } },
      { toolChoice: { kind: "required" }, parallelToolCalls: false },
    ],
    ["tool_choice tool", { tool_choice: { type: "tool", name: "f" } }, { toolChoice: { kind: "tool", name: "f" } }],
    ["tool_choice none", { tool_choice: { type: "none" } }, { toolChoice: { kind: "none" } }],
    ["a null", { temperature: null, thinking: null, tools: null }, {}],
  ])("reads %s", (_name, fields, expected) => {
    const { request, dropped } = read({ ...bare, ...fields });
    expect(request).toEqual({ ...read(bare).request, ...expected });
    expect(dropped).toEqual([]);
  });

  it("reads the system's words, as a text or as blocks with cache breakpoints, wherever they stand", () => {
    expect(read({ ...bare, system: "Be kind." }).request.messages[0]).toEqual({
      role: "system",
      authority: "system",
      content: [{ type: "text", text: "Be kind." }],
    });
    const blocks = [
      { type: "text", text: "a", cache_control: { type: "ephemeral", ttl: "1h" } },
      { type: "text", text: "b", cache_control: { type: "ephemeral" } },
    ];
    expect(read({ ...bare, system: blocks }).request.messages[0]?.content).toEqual([
      { type: "text", text: "a", cache: { ttl: "1h" } },
      { type: "text", text: "b", cache: {} },
    ]);
    const messages = [hi, { role: "system", content: "From now on, in verse." }];
    expect(read({ ...bare, messages }).request.messages[1]).toMatchObject({
      role: "system",
      content: [{ text: "From now on, in verse." }],
    });
  });

  it("reads images and documents of every source", () => {
    expect(
      userParts(
        { type: "image", source: { type: "base64", media_type: "image/png", data: "AA==" } },
        { type: "image", source: { type: "url", url: "https://example.org/a.png" } },
        { type: "image", source: { type: "file", file_id: "file_1" }, cache_control: { type: "ephemeral" } },
        {
          type: "document",
          source: { type: "base64", media_type: "application/pdf", data: "JVBE" },
          title: "T",
          citations: { enabled: true },
        },
        { type: "document", source: { type: "url", url: "https://example.org/a.pdf" } },
        { type: "document", source: { type: "text", media_type: "text/plain", data: "plain" } },
        {
          type: "document",
          source: {
            type: "content",
            content: [
              { type: "text", text: "one" },
              { type: "text", text: "two" },
            ],
          },
        },
        { type: "document", source: { type: "content", content: "whole" } },
        { type: "document", source: { type: "file", file_id: "file_2" } },
      ),
    ).toEqual([
      { type: "image", source: { kind: "data", mediaType: "image/png", data: "AA==" } },
      { type: "image", source: { kind: "url", url: "https://example.org/a.png" } },
      { type: "image", source: { kind: "file", id: "file_1" }, cache: {} },
      { type: "document", source: { kind: "data", mediaType: "application/pdf", data: "JVBE" }, name: "T", citations: true },
      { type: "document", source: { kind: "url", url: "https://example.org/a.pdf" } },
      { type: "document", source: { kind: "text", text: "plain" } },
      { type: "document", source: { kind: "text", text: "one\n\ntwo" } },
      { type: "document", source: { kind: "text", text: "whole" } },
      { type: "document", source: { kind: "file", id: "file_2" } },
    ]);
  });

  it("keeps a document's context, and takes a search result for a document", () => {
    expect(
      userParts(
        { type: "document", source: { type: "text", media_type: "text/plain", data: "d" }, context: "Of May." },
        {
          type: "search_result",
          source: "https://example.org/",
          title: "Found",
          content: [{ type: "text", text: "f" }],
          citations: { enabled: true },
        },
      ),
    ).toEqual([
      { type: "text", text: "Of May." },
      { type: "document", source: { kind: "text", text: "d" } },
      { type: "document", source: { kind: "text", text: "f" }, name: "Found", citations: true },
    ]);
  });

  it("reads tool results: a text, blocks, nothing, an error", () => {
    expect(
      userParts(
        { type: "tool_result", tool_use_id: "a", content: "text" },
        {
          type: "tool_result",
          tool_use_id: "b",
          content: [{ type: "image", source: { type: "url", url: "https://example.org/b.png" } }],
          is_error: true,
        },
        { type: "tool_result", tool_use_id: "c", cache_control: { type: "ephemeral", ttl: "5m" } },
      ),
    ).toEqual([
      { type: "tool-result", callId: "a", content: [{ type: "text", text: "text" }], isError: false },
      {
        type: "tool-result",
        callId: "b",
        content: [{ type: "image", source: { kind: "url", url: "https://example.org/b.png" } }],
        isError: true,
      },
      { type: "tool-result", callId: "c", content: [], isError: false, cache: { ttl: "5m" } },
    ]);
  });

  it("reads an assistant's turn with its signatures", () => {
    expect(
      assistantParts(
        { type: "thinking", thinking: "Hm.", signature: "c2ln" },
        { type: "thinking", thinking: "", signature: "b25seQ==" },
        { type: "thinking", thinking: "unsigned", signature: "" },
        { type: "thinking", thinking: "", signature: "" },
        { type: "redacted_thinking", data: "cmVk" },
        { type: "text", text: "I look." },
        { type: "tool_use", id: "a", name: "f", input: { x: 1 }, caller: { type: "direct" }, cache_control: { type: "ephemeral" } },
        { type: "tool_use", id: "b", name: "g", input: {} },
      ),
    ).toEqual([
      { type: "reasoning", text: "Hm.", signature: { maker: "anthropic", value: "c2ln" } },
      { type: "reasoning", text: "", signature: { maker: "anthropic", value: "b25seQ==" } },
      { type: "reasoning", text: "unsigned" },
      { type: "reasoning", text: "", signature: { maker: "anthropic", value: "cmVk", isRedacted: true } },
      { type: "text", text: "I look." },
      { type: "tool-call", id: "a", name: "f", arguments: '{"x":1}', cache: {} },
      { type: "tool-call", id: "b", name: "g", arguments: "{}" },
    ]);
  });

  it("says nothing of what says nothing: who called a tool, how a file is labelled", () => {
    const called = { type: "tool_use", id: "a", name: "f", input: {}, caller: { type: "direct" } };
    expect(read(assistant(called)).dropped).toEqual([]);
    expect(read(user({ type: "document", source: { type: "text", media_type: "text/plain", data: "d" } })).dropped).toEqual([]);
  });

  it("drops and names what only Anthropic's servers know", () => {
    const { request, dropped } = read({
      ...bare,
      messages: [
        {
          role: "user",
          content: [
            { type: "container_upload", file_id: "f" },
            { type: "text", text: "x", hint: 1 },
          ],
        },
        {
          role: "assistant",
          content: [
            { type: "server_tool_use", id: "s", name: "web_search", input: {} },
            { type: "web_search_tool_result", tool_use_id: "s", content: [] },
            { type: "mcp_tool_use", id: "m" },
            { type: "text", text: "y", citations: [] },
          ],
        },
      ],
      context_management: { edits: [] },
      mcp_servers: [],
      container: "c",
      output_config: { task_budget: {} },
      metadata: { session: "s" },
    });
    expect(request.messages.map(({ content }) => content.length)).toEqual([1, 1]);
    expect(dropped.toSorted()).toEqual([
      "container",
      "context_management",
      "mcp_servers",
      "messages[0].content[0]",
      "messages[0].content[1].hint",
      "messages[1].content[0]",
      "messages[1].content[1]",
      "messages[1].content[2]",
      "messages[1].content[3].citations",
      "metadata.session",
      "output_config.task_budget",
    ]);
  });

  it("reads tools, and knows those that Anthropic defines by their type", () => {
    const { request, dropped } = read({
      ...bare,
      tools: [
        {
          name: "f",
          description: "d",
          input_schema: { type: "object" },
          strict: true,
          cache_control: { type: "ephemeral", ttl: "1h" },
          eager_input_streaming: true,
        },
        { type: "custom", name: "g", input_schema: { type: "object" }, input_examples: [{}], defer_loading: true },
        { type: "web_search_20250305", name: "web_search", max_uses: 3 },
        { type: "mcp_toolset", mcp_server_name: "x" },
      ],
      tool_choice: { type: "tool", name: "web_search" },
    });
    expect(request.tools).toEqual([
      { kind: "function", name: "f", description: "d", parameters: { type: "object" }, strict: true, cache: { ttl: "1h" } },
      { kind: "function", name: "g", parameters: { type: "object" } },
      { kind: "hosted", name: "web_search_20250305" },
      { kind: "hosted", name: "mcp_toolset" },
    ]);
    expect(request.toolChoice).toEqual({ kind: "tool", name: "web_search_20250305" });
    expect(dropped).toEqual(["tools[1].input_examples", "tools[1].defer_loading"]);
  });

  it.each([
    ["bash_20250124", "bash"],
    ["text_editor_20250728", "str_replace_based_edit_tool"],
    ["memory_20250818", "memory"],
  ])("tells another model what %s is, which the client runs", (type, name) => {
    const { request } = read({
      ...bare,
      tools: [{ type, name, cache_control: { type: "ephemeral" } }],
      tool_choice: { type: "tool", name },
    });
    expect(request.tools).toEqual([
      expect.objectContaining({ kind: "function", name, parameters: expect.objectContaining({ type: "object" }) as unknown, cache: {} }),
    ]);
    expect(request.toolChoice).toEqual({ kind: "tool", name });
  });

  it("puts a cache breakpoint at the top of the request on its last block", () => {
    expect(read({ ...bare, cache_control: { type: "ephemeral" } }).request.messages).toEqual([
      { role: "user", content: [{ type: "text", text: "Hi", cache: {} }] },
    ]);
  });

  it("names the effort that has no meaning without thinking", () => {
    expect(read({ ...bare, thinking: { type: "disabled" }, output_config: { effort: "low" } }).dropped).toEqual(["output_config.effort"]);
  });

  it("reads what Claude Code sends, and drops nothing but what is Anthropic's own", () => {
    const { request, dropped } = read(readFixture("anthropic-messages/claude-code.json").request as JsonObject);
    expect(dropped).toEqual(["context_management"]);
    expect(request.messages.map(({ role }) => role)).toEqual(["system", "user", "assistant", "user"]);
    expect(request.tools.map(({ kind }) => kind)).toEqual(["function", "function", "function", "function", "hosted"]);
    expect(request.reasoning).toEqual({ effort: "medium", isAdaptive: true });
  });

  it.each<[string, JsonObject, string]>([
    ["no max_tokens", { max_tokens: undefined }, "max_tokens"],
    ["max_tokens as a text", { max_tokens: "9" }, "max_tokens"],
    ["half a token", { max_tokens: 1.5 }, "max_tokens"],
    ["no messages", { messages: undefined }, "messages"],
    ["empty messages", { messages: [] }, "messages"],
    ["messages as a text", { messages: "Hi" }, "messages"],
    ["a message that is a text", { messages: ["Hi"] }, "messages[0]"],
    ["a message without role", { messages: [{ content: "Hi" }] }, "messages[0].role"],
    ["an unknown role", { messages: [{ role: "tool", content: "Hi" }] }, "messages[0].role"],
    ["a message without content", { messages: [hi, { role: "assistant" }] }, "messages[1].content"],
    ["content as a number", { messages: [{ role: "user", content: 1 }] }, "messages[0].content"],
    ["a block that is a text", { messages: [{ role: "user", content: ["Hi"] }] }, "messages[0].content[0]"],
    ["a block without type", { messages: [{ role: "user", content: [{ text: "Hi" }] }] }, "messages[0].content[0].type"],
    [
      "a text that is a number",
      { messages: [hi, hi, { role: "user", content: [{ type: "text", text: 1 }] }] },
      "messages[2].content[0].text",
    ],
    ["an image without source", user({ type: "image" }), "messages[0].content[0].source"],
    ["an unknown source", user({ type: "image", source: { type: "disk" } }), "messages[0].content[0].source.type"],
    [
      "a source without data",
      user({ type: "image", source: { type: "base64", media_type: "image/png" } }),
      "messages[0].content[0].source.data",
    ],
    ["a tool result without id", user({ type: "tool_result", content: "x" }), "messages[0].content[0].tool_use_id"],
    [
      "a wrong block in a tool result",
      user({ type: "tool_result", tool_use_id: "a", content: [{ type: "text" }] }),
      "messages[0].content[0].content[0].text",
    ],
    ["is_error as a text", user({ type: "tool_result", tool_use_id: "a", is_error: "no" }), "messages[0].content[0].is_error"],
    [
      "a wrong cache_control",
      user({ type: "text", text: "x", cache_control: { type: "forever" } }),
      "messages[0].content[0].cache_control.type",
    ],
    [
      "a wrong ttl",
      user({ type: "text", text: "x", cache_control: { type: "ephemeral", ttl: "1d" } }),
      "messages[0].content[0].cache_control.ttl",
    ],
    [
      "citations as true",
      user({ type: "document", source: { type: "text", data: "x" }, citations: true }),
      "messages[0].content[0].citations",
    ],
    ["a call without name", assistant({ type: "tool_use", id: "a", input: {} }), "messages[1].content[0].name"],
    ["a call's input as a text", assistant({ type: "tool_use", id: "a", name: "f", input: "{}" }), "messages[1].content[0].input"],
    ["redacted thinking without data", assistant({ type: "redacted_thinking" }), "messages[1].content[0].data"],
    ["an image in the system prompt", { system: [{ type: "image" }] }, "system[0].type"],
    ["a system prompt that is a number", { system: 1 }, "system"],
    ["a tool without name", { tools: [{ input_schema: {} }] }, "tools[0].name"],
    ["a schema that is a text", { tools: [{ name: "f", input_schema: "{}" }] }, "tools[0].input_schema"],
    ["tool_choice as a text", { tool_choice: "auto" }, "tool_choice"],
    ["an unknown tool_choice", { tool_choice: { type: "all" } }, "tool_choice.type"],
    ["tool_choice without type", { tool_choice: {} }, "tool_choice.type"],
    ["a forced tool without name", { tool_choice: { type: "tool" } }, "tool_choice.name"],
    ["thinking without type", { thinking: {} }, "thinking.type"],
    ["thinking without budget", { thinking: { type: "enabled" } }, "thinking.budget_tokens"],
    ["an unknown effort", { output_config: { effort: "huge" } }, "output_config.effort"],
    ["a format without schema", { output_config: { format: { type: "json_schema" } } }, "output_config.format.schema"],
    ["an unknown format", { output_config: { format: { type: "xml" } } }, "output_config.format.type"],
    ["temperature as a text", { temperature: "hot" }, "temperature"],
    ["a stop sequence that is a number", { stop_sequences: ["a", 1] }, "stop_sequences[1]"],
    ["an unknown service tier", { service_tier: "gold" }, "service_tier"],
    ["a user that is a number", { metadata: { user_id: 1 } }, "metadata.user_id"],
  ])("refuses %s and says where", (_name, fields, param) => {
    expect(fail({ ...bare, ...fields })).toMatchObject({ code: "invalid_value", param });
  });

  it.each([
    ["a conversation that Anthropic keeps", { thread: { id: "t" } }, "thread"],
    ["a call that only fills the cache", { max_tokens: 0 }, "max_tokens"],
  ])("refuses %s: no other provider can", (_name, fields, param) => {
    expect(fail({ ...bare, ...fields })).toMatchObject({ code: "cannot_translate", param });
  });

  it("shows no words of the conversation in an error", () => {
    const secret = "the secret plan of the whole harbour, told at length";
    expect(fail({ ...bare, messages: [{ role: secret, content: secret }] }).message).not.toContain(secret);
  });
});
