import { describe, expect, it } from "vitest";
import { PosternError } from "#shared/errors.ts";
import { readFixture } from "../../../../test/fakes/fixture.ts";
import type { ChatRequest } from "../chat.ts";
import type { JsonObject } from "../json.ts";
import { openaiResponses } from "./index.ts";

interface Read {
  readonly request: ChatRequest;
  readonly dropped: readonly string[];
}

function read(body: JsonObject, recall?: (id: string) => JsonObject | undefined): Read {
  const dropped: string[] = [];
  const call = { model: "model-1", stream: false, drop: (field: string) => void dropped.push(field), recall };
  return { request: openaiResponses.readRequest({ input: "Hi", ...body }, call), dropped };
}

function refusal(body: JsonObject): PosternError {
  try {
    read(body);
  } catch (error) {
    if (error instanceof PosternError) return error;
  }
  throw new Error("was not refused");
}

const user = (...content: readonly JsonObject[]): JsonObject => ({ input: [{ role: "user", content }] });

describe("readRequest()", () => {
  it("reads a text as what the user says, behind the instructions", () => {
    expect(read({ instructions: "Be kind." }).request.messages).toEqual([
      { role: "system", authority: "system", content: [{ type: "text", text: "Be kind." }] },
      { role: "user", content: [{ type: "text", text: "Hi" }] },
    ]);
  });

  it.each<readonly [string, JsonObject, Partial<ChatRequest>]>([
    ["limits", { max_output_tokens: 20, temperature: 0.2, top_p: 0.9 }, { maxTokens: 20, temperature: 0.2, topP: 0.9 }],
    ["parallel calls", { parallel_tool_calls: false }, { parallelToolCalls: false }],
    ["logprobs by include", { include: ["message.output_text.logprobs", "reasoning.encrypted_content"] }, { logprobs: 0 }],
    ["logprobs by count", { top_logprobs: 3 }, { logprobs: 3 }],
    ["no logprobs", { top_logprobs: 0 }, { logprobs: undefined }],
    ["JSON", { text: { format: { type: "json_object" }, verbosity: "low" } }, { outputFormat: { kind: "json" }, verbosity: "low" }],
    ["text", { text: { format: { type: "text" } } }, { outputFormat: undefined }],
    [
      "a schema",
      { text: { format: { type: "json_schema", name: "n", description: "d", strict: true, schema: { type: "object" } } } },
      { outputFormat: { kind: "schema", name: "n", description: "d", strict: true, schema: { type: "object" } } },
    ],
    ["effort", { reasoning: { effort: "xhigh" } }, { reasoning: { effort: "xhigh" } }],
    ["a summary", { reasoning: { summary: "detailed" } }, { reasoning: { visible: true } }],
    ["metadata", { metadata: { a: "b" } }, { metadata: { a: "b" } }],
    ["the user as it was called", { user: "u1" }, { endUser: "u1" }],
    ["the user as it is called", { safety_identifier: "u2", user: "u1" }, { endUser: "u2" }],
    ["a tier and a cache key", { service_tier: "flex", prompt_cache_key: "k" }, { serviceTier: "flex", cacheKey: "k" }],
    [
      "nothing of noise",
      {
        store: false,
        stream_options: { include_obfuscation: false },
        client_metadata: { a: "b" },
        truncation: "disabled",
        background: false,
      },
      {},
    ],
  ])("reads %s", (_what, body, expected) => {
    const { request, dropped } = read(body);
    expect(request).toMatchObject(expected);
    for (const key of Object.keys(expected)) expect(request[key as keyof ChatRequest]).toEqual(expected[key as keyof ChatRequest]);
    expect(dropped).toEqual([]);
  });

  it("names what it does not understand, by its path", () => {
    const body = {
      store: true,
      truncation: "auto",
      max_tool_calls: 3,
      moderation: { model: "m" },
      include: ["file_search_call.results"],
      text: { format: { type: "text" }, tone: "dry" },
      reasoning: { effort: "low", context: "all_turns" },
      input: [
        { role: "user", content: [{ type: "input_text", text: "a", mood: "good" }], rank: 1 },
        { type: "web_search_call", id: "ws_1", status: "completed" },
        { type: "something_new" },
      ],
    };
    expect(read(body).dropped.toSorted()).toEqual([
      "include[0]",
      "input[0].content[0].mood",
      "input[0].rank",
      "input[1]",
      "input[2]",
      "max_tool_calls",
      "moderation",
      "reasoning.context",
      "store",
      "text.tone",
      "truncation",
    ]);
  });

  it.each<readonly [string, JsonObject, JsonObject]>([
    ["text", { type: "input_text", text: "a" }, { type: "text", text: "a" }],
    [
      "a cache mark",
      { type: "input_text", text: "a", prompt_cache_breakpoint: { mode: "explicit" } },
      { type: "text", text: "a", cache: { ttl: "1h" } },
    ],
    [
      "an image as bytes",
      { type: "input_image", image_url: "data:image/png;base64,AAAA", detail: "original" },
      { type: "image", source: { kind: "data", mediaType: "image/png", data: "AAAA" }, detail: "high" },
    ],
    [
      "an image by its URL",
      { type: "input_image", image_url: "https://a.example/i.png" },
      { type: "image", source: { kind: "url", url: "https://a.example/i.png" } },
    ],
    ["an image by its id", { type: "input_image", file_id: "file-1" }, { type: "image", source: { kind: "file", id: "file-1" } }],
    [
      "a file as bytes",
      { type: "input_file", filename: "a.pdf", file_data: "data:application/pdf;base64,AAAA" },
      { type: "document", name: "a.pdf", source: { kind: "data", mediaType: "application/pdf", data: "AAAA" } },
    ],
    [
      "a file as bare bytes",
      { type: "input_file", filename: "a.pdf", file_data: "AAAA" },
      { type: "document", name: "a.pdf", source: { kind: "data", mediaType: "application/pdf", data: "AAAA" } },
    ],
    [
      "a file by its URL",
      { type: "input_file", file_url: "https://a.example/a.pdf" },
      { type: "document", source: { kind: "url", url: "https://a.example/a.pdf" } },
    ],
    ["a file by its id", { type: "input_file", file_id: "file-1" }, { type: "document", source: { kind: "file", id: "file-1" } }],
    [
      "sound",
      { type: "input_audio", input_audio: { data: "AAAA", format: "mp3" } },
      { type: "audio", source: { kind: "data", mediaType: "audio/mpeg", data: "AAAA" } },
    ],
  ])("reads %s", (_what, part, expected) => {
    const { request, dropped } = read(user(part));
    expect(request.messages).toEqual([{ role: "user", content: [expected] }]);
    expect(dropped).toEqual([]);
  });

  it.each<readonly [string, JsonObject, string]>([
    ["no input", { input: null }, "input"],
    ["an input that is a number", { input: 1 }, "input"],
    ["an item that is no object", { input: ["Hi"] }, "input[0]"],
    ["a role that is none", { input: [{ role: "tool", content: "a" }] }, "input[0].role"],
    ["a message without content", { input: [{ role: "user" }] }, "input[0].content"],
    ["a text that is none", user({ type: "input_text", text: 1 }), "input[0].content[0].text"],
    ["a part of no type that is known", user({ type: "input_smell" }), "input[0].content[0].type"],
    ["an image without a source", user({ type: "input_image" }), "input[0].content[0].image_url"],
    ["sound without a format", user({ type: "input_audio", input_audio: { data: "a" } }), "input[0].content[0].input_audio.format"],
    ["a call without an id", { input: [{ type: "function_call", name: "f", arguments: "{}" }] }, "input[0].call_id"],
    ["a call without a name", { input: [{ type: "function_call", call_id: "c", arguments: "{}" }] }, "input[0].name"],
    ["a result without output", { input: [{ type: "function_call_output", call_id: "c" }] }, "input[0].output"],
    ["a thought whose summary is a text", { input: [{ type: "reasoning", summary: "a" }] }, "input[0].summary"],
    ["tools that are no array", { tools: {} }, "tools"],
    ["a tool without a name", { tools: [{ type: "function" }] }, "tools[0].name"],
    [
      "a nested tool without a name",
      { tools: [{ type: "namespace", name: "n", tools: [{ type: "function" }] }] },
      "tools[0].tools[0].name",
    ],
    ["parameters that are a text", { tools: [{ type: "function", name: "f", parameters: "{}" }] }, "tools[0].parameters"],
    ["a choice that is none", { tool_choice: "any" }, "tool_choice"],
    ["a chosen function without a name", { tool_choice: { type: "function" } }, "tool_choice.name"],
    ["a limit of none", { max_output_tokens: 0 }, "max_output_tokens"],
    ["a temperature that is a text", { temperature: "hot" }, "temperature"],
    ["an effort that is none", { reasoning: { effort: "huge" } }, "reasoning.effort"],
    ["a schema that is missing", { text: { format: { type: "json_schema" } } }, "text.format.schema"],
    ["metadata that is a number", { metadata: { a: 1 } }, "metadata.a"],
    ["an include that is none", { include: [1] }, "include[0]"],
  ])("refuses %s", (_what, body, param) => {
    const error = refusal(body);
    expect([error.code, error.param]).toEqual(["invalid_value", param]);
  });

  it.each<readonly [string, JsonObject, string]>([
    ["an answer before", { previous_response_id: "resp_1" }, "previous_response_id"],
    ["a stored conversation", { conversation: "conv_1" }, "conversation"],
    ["a stored prompt", { prompt: { id: "pmpt_1" } }, "prompt"],
    ["an answer in the background", { background: true }, "background"],
    ["an item that is not here", { input: [{ type: "item_reference", id: "msg_1" }] }, "input[0]"],
    ["an item that is not here, by its id alone", { input: [{ id: "msg_1" }] }, "input[0]"],
  ])("cannot translate %s", (_what, body, param) => {
    const error = refusal(body);
    expect([error.code, error.param]).toEqual(["cannot_translate", param]);
  });

  it("takes an item that went out before for the reference to it", () => {
    const items: Record<string, JsonObject> = {
      msg_1: {
        id: "msg_1",
        type: "message",
        role: "assistant",
        status: "completed",
        content: [{ type: "output_text", text: "Hello", annotations: [], logprobs: [] }],
      },
    };
    const { request, dropped } = read({ input: [{ type: "item_reference", id: "msg_1" }] }, (id) => items[id]);
    expect(request.messages).toEqual([{ role: "assistant", content: [{ type: "text", text: "Hello" }] }]);
    expect(dropped).toEqual([]);
  });

  it("reads tools of each kind, and their choice", () => {
    const tools = [
      { type: "function", name: "weather", description: "d", parameters: { type: "object" }, strict: true, defer_loading: true },
      { type: "custom", name: "patch", format: { type: "grammar", syntax: "lark", definition: "start: /.+/" } },
      { type: "custom", name: "note", format: { type: "text" } },
      {
        type: "namespace",
        name: "crm",
        description: "The CRM.",
        tools: [
          { type: "function", name: "find" },
          { type: "function", name: "add" },
        ],
      },
      { type: "namespace", name: "mcp__x__", tools: [{ type: "custom", name: "run" }] },
      { type: "web_search", filters: {} },
      { type: "mcp", server_label: "a" },
      { type: "shell", environment: { type: "container_auto" } },
      { type: "local_shell" },
      { type: "tool_search" },
      { type: "function", name: "weather" },
    ];
    const { request, dropped } = read({ tools });
    expect(request.tools).toEqual([
      { kind: "function", name: "weather", description: "d", parameters: { type: "object" }, strict: true },
      { kind: "custom", name: "patch", grammar: { syntax: "lark", definition: "start: /.+/" } },
      { kind: "custom", name: "note" },
      { kind: "function", name: "crm__find", description: "The CRM.", namespace: { name: "crm", toolName: "find" } },
      { kind: "function", name: "crm__add", namespace: { name: "crm", toolName: "add" } },
      { kind: "custom", name: "mcp__x__run", namespace: { name: "mcp__x__", toolName: "run" } },
      { kind: "hosted", name: "web_search" },
      { kind: "hosted", name: "mcp" },
      { kind: "hosted", name: "shell" },
      expect.objectContaining({ kind: "function", name: "local_shell" }),
      { kind: "hosted", name: "tool_search" },
    ]);
    // The second tool of a name, which every provider would refuse.
    expect(dropped).toEqual(["tools[10]"]);
  });

  it.each([
    ["auto", { kind: "auto" }],
    ["none", { kind: "none" }],
    ["required", { kind: "required" }],
    [
      { type: "function", name: "weather" },
      { kind: "tool", name: "weather" },
    ],
    [
      { type: "custom", name: "patch" },
      { kind: "tool", name: "patch" },
    ],
    [
      { type: "function", name: "find", namespace: "crm" },
      { kind: "tool", name: "crm__find" },
    ],
    [{ type: "web_search_preview" }, { kind: "tool", name: "web_search_preview" }],
    [
      { type: "mcp", server_label: "a" },
      { kind: "tool", name: "mcp" },
    ],
    [{ type: "local_shell" }, { kind: "tool", name: "local_shell" }],
    [
      { type: "allowed_tools", mode: "required", tools: [{ type: "function", name: "weather" }, { type: "image_generation" }] },
      { kind: "allowed", required: true, names: ["weather", "image_generation"] },
    ],
    [
      { type: "allowed_tools", mode: "auto", tools: [] },
      { kind: "allowed", required: false, names: [] },
    ],
  ] as const)("reads the choice %o", (choice, expected) => {
    const tools = [{ type: "namespace", name: "crm", tools: [{ type: "function", name: "find" }] }, { type: "local_shell" }];
    expect(read({ tools, tool_choice: choice as JsonObject }).request.toolChoice).toEqual(expected);
  });

  it("tells tools apart whose names become one", () => {
    const tools = [
      { type: "function", name: "a__b" },
      { type: "namespace", name: "a", tools: [{ type: "function", name: "b" }] },
    ];
    const input = [{ type: "function_call", call_id: "c", name: "b", namespace: "a", arguments: "" }];
    const { request } = read({ tools, input });
    expect(request.tools.map(({ name }) => name)).toEqual(["a__b", "a__b_2"]);
    expect(request.messages[0]?.content).toEqual([{ type: "tool-call", id: "c", name: "a__b_2", arguments: "{}" }]);
  });

  it("reads what a client's own tools did", () => {
    const input = [
      {
        type: "local_shell_call",
        id: "lsh_1",
        call_id: "c1",
        status: "completed",
        action: { type: "exec", command: ["ls"], env: {}, timeout_ms: null },
      },
      { type: "local_shell_call_output", id: "lsh_1", output: "a.txt" },
      { type: "shell_call", call_id: "c2", action: { commands: ["ls"] } },
      { type: "shell_call_output", call_id: "c2", output: [{ stdout: "a", stderr: "", outcome: { type: "exit", exit_code: 0 } }] },
      { type: "apply_patch_call", call_id: "c3", status: "completed", operation: { type: "delete_file", path: "a" } },
      { type: "apply_patch_call_output", call_id: "c3", status: "failed", output: "no such file" },
      { type: "tool_search_call", execution: "server", arguments: {} },
    ];
    const { request, dropped } = read({ input });
    expect(request.messages.flatMap(({ content }): readonly unknown[] => content)).toEqual([
      { type: "tool-call", id: "c1", name: "local_shell", arguments: '{"command":["ls"],"env":{}}' },
      { type: "tool-result", callId: "c1", name: "local_shell", content: [{ type: "text", text: "a.txt" }], isError: false },
      { type: "tool-call", id: "c2", name: "shell", arguments: '{"commands":["ls"]}' },
      {
        type: "tool-result",
        callId: "c2",
        name: "shell",
        content: [{ type: "text", text: '[{"stdout":"a","stderr":"","outcome":{"type":"exit","exit_code":0}}]' }],
        isError: false,
      },
      { type: "tool-call", id: "c3", name: "apply_patch", arguments: '{"type":"delete_file","path":"a"}' },
      { type: "tool-result", callId: "c3", name: "apply_patch", content: [{ type: "text", text: "no such file" }], isError: true },
    ]);
    expect(dropped).toEqual(["input[6]"]);
  });

  it("tells what a tool sent unasked as the user's words", () => {
    const input = [{ type: "function_call_output", name: "inbox", output: "A mail came." }];
    expect(read({ input }).request.messages).toEqual([{ role: "user", content: [{ type: "text", text: "A mail came." }] }]);
  });

  it("reads what Codex sends, each result behind its call", () => {
    const { request, dropped } = read(readFixture("openai-responses/codex-request.json").request as JsonObject);
    expect(dropped).toEqual(["input[14]"]);
    expect(request.messages.map(({ role, content }) => [role, content.map(({ type }) => type)])).toEqual([
      ["system", ["text"]],
      ["system", ["text"]],
      ["user", ["text"]],
      ["user", ["text", "image"]],
      ["assistant", ["reasoning", "text", "tool-call", "tool-call"]],
      ["user", ["tool-result", "tool-result"]],
      ["system", ["text"]],
      ["assistant", ["tool-call"]],
      ["user", ["tool-result"]],
      ["assistant", ["tool-call"]],
      ["user", ["tool-result"]],
    ]);
    expect(request.messages[1]).toMatchObject({ authority: "developer" });
    expect(request.messages[7]?.content[0]).toMatchObject({ name: "apply_patch", isCustom: true });
    expect(request.messages[9]?.content[0]).toMatchObject({ name: "mcp__shop__lookup_order" });
    expect(request.messages[10]?.content[0]).toMatchObject({ content: [{ type: "text" }, { type: "image" }] });
    expect(request.tools.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      "function exec_command",
      "function update_plan",
      "custom apply_patch",
      "function mcp__shop__lookup_order",
      "hosted web_search",
      "function tool_search",
    ]);
  });

  it("reads tools that stand among the items, and calls of them", () => {
    const { request, dropped } = read(readFixture("openai-responses/codex-code-mode.json").request as JsonObject);
    expect(dropped).toEqual(["reasoning.context"]);
    expect(request.tools.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      "custom exec",
      "function collaboration__spawn_agent",
      "function mail__send",
    ]);
    expect(request.messages.flatMap(({ content }): readonly unknown[] => content).slice(1)).toMatchObject([
      { name: "collaboration__spawn_agent" },
      { callId: "call_d1" },
      { name: "tool_search", arguments: '{"query":"mail"}' },
      { callId: "call_d2", content: [{ text: '{"tools":["mail__send"]}' }] },
    ]);
  });
});
