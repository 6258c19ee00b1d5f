import { describe, expect, it } from "vitest";
import { quirksSchema } from "#shared/schema/provider.ts";
import { readFixtures } from "../../../../test/fakes/fixture.ts";
import type { AssistantPart, ChatRequest, Message, UserPart } from "../chat.ts";
import type { JsonObject } from "../json.ts";
import { readRequest } from "./read-request.ts";
import { writeRequest } from "./write-request.ts";

const quirks = quirksSchema.parse({});
const hi: Message = { role: "user", content: [{ type: "text", text: "Hi" }] };
const bare: ChatRequest = { model: "claude-sonnet-4-5", stream: false, maxTokens: 4000, messages: [hi], tools: [] };
const tool = { kind: "function", name: "f", parameters: { type: "object", properties: {} } } as const;
const signed: AssistantPart = { type: "reasoning", text: "Hm.", signature: { maker: "anthropic", value: "c2ln" } };
const call: AssistantPart = { type: "tool-call", id: "a", name: "f", arguments: "{}" };
const result: UserPart = { type: "tool-result", callId: "a", content: [{ type: "text", text: "r" }], isError: false };

function write(fields: Partial<ChatRequest>): { readonly body: JsonObject; readonly dropped: readonly string[] } {
  const dropped: string[] = [];
  return { body: writeRequest({ ...bare, ...fields }, { quirks, drop: (field) => dropped.push(field) }), dropped };
}

const user = (...content: readonly UserPart[]): Message => ({ role: "user", content });
const assistant = (...content: readonly AssistantPart[]): Message => ({ role: "assistant", content });
const system = (text: string): Message => ({ role: "system", authority: "system", content: [{ type: "text", text }] });
const text = (words: string): { readonly type: "text"; readonly text: string } => ({ type: "text", text: words });

describe("writeRequest()", () => {
  it("writes the least that there is", () => {
    expect(write({})).toEqual({
      body: { model: "claude-sonnet-4-5", max_tokens: 4000, messages: [{ role: "user", content: [text("Hi")] }] },
      dropped: [],
    });
  });

  it.each<[string, Partial<ChatRequest>, JsonObject]>([
    ["stream", { stream: true }, { stream: true }],
    ["temperature", { temperature: 0.5 }, { temperature: 0.5 }],
    ["top_p", { topP: 0.9 }, { top_p: 0.9 }],
    ["top_k", { topK: 40 }, { top_k: 40 }],
    ["stop", { stop: ["a"] }, { stop_sequences: ["a"] }],
    ["the user", { endUser: "u" }, { metadata: { user_id: "u" } }],
    ["service tier auto", { serviceTier: "auto" }, { service_tier: "auto" }],
    ["service tier default", { serviceTier: "default" }, { service_tier: "standard_only" }],
    ["a budget", { reasoning: { budget: 2000 } }, { thinking: { type: "enabled", budget_tokens: 2000 } }],
    ["a budget that is too small", { reasoning: { budget: 10 } }, { thinking: { type: "enabled", budget_tokens: 1024 } }],
    ["an effort as a budget", { reasoning: { effort: "low" } }, { thinking: { type: "enabled", budget_tokens: 2048 } }],
    ["no reasoning", { reasoning: { effort: "none" } }, { thinking: { type: "disabled" } }],
    [
      "hidden thoughts",
      { reasoning: { budget: 2000, visible: false } },
      { thinking: { type: "enabled", budget_tokens: 2000, display: "omitted" } },
    ],
    ["nothing said of reasoning", { reasoning: {} }, {}],
    ["tool choice auto", { tools: [tool], toolChoice: { kind: "auto" } }, { tool_choice: { type: "auto" } }],
    ["tool choice required", { tools: [tool], toolChoice: { kind: "required" } }, { tool_choice: { type: "any" } }],
    ["tool choice none", { tools: [tool], toolChoice: { kind: "none" } }, { tool_choice: { type: "none" } }],
    ["a forced tool", { tools: [tool], toolChoice: { kind: "tool", name: "f" } }, { tool_choice: { type: "tool", name: "f" } }],
    ["one call at a time", { tools: [tool], parallelToolCalls: false }, { tool_choice: { type: "auto", disable_parallel_tool_use: true } }],
    [
      "one forced call",
      { tools: [tool], toolChoice: { kind: "required" }, parallelToolCalls: false },
      { tool_choice: { type: "any", disable_parallel_tool_use: true } },
    ],
    ["calls at once, which is the way of the model", { tools: [tool], parallelToolCalls: true }, {}],
  ])("writes %s", (_name, fields, expected) => {
    const { body, dropped } = write(fields);
    const tools = fields.tools === undefined ? {} : { tools: [{ name: "f", input_schema: { type: "object", properties: {} } }] };
    expect(body).toEqual({ ...write({}).body, ...tools, ...expected });
    expect(dropped).toEqual([]);
  });

  it.each<[string, Partial<ChatRequest>]>([
    ["seed", { seed: 1 }],
    ["frequency_penalty", { frequencyPenalty: 1 }],
    ["presence_penalty", { presencePenalty: 1 }],
    ["logprobs", { logprobs: 2 }],
    ["verbosity", { verbosity: "low" }],
    ["metadata", { metadata: { a: "b" } }],
    ["prompt_cache_key", { cacheKey: "k" }],
    ["service_tier", { serviceTier: "flex" }],
    ["stop", { stop: ["\n\n", " "] }],
    ["temperature", { temperature: 0.2, reasoning: { budget: 2000 } }],
    ["top_p", { topP: 0.5, reasoning: { budget: 2000 } }],
    ["top_p", { topP: 0.5, temperature: 0.5 }],
    ["top_k", { topK: 5, reasoning: { budget: 2000 } }],
    ["temperature", { temperature: 1.5 }],
    ["reasoning", { reasoning: { effort: "high" }, maxTokens: 1000 }],
    ["reasoning", { reasoning: { effort: "high" }, tools: [tool], toolChoice: { kind: "required" } }],
    ["reasoning", { reasoning: { effort: "high" }, model: "claude-3-5-haiku-latest" }],
    ["reasoning", { reasoning: { effort: "none" }, model: "claude-opus-5-5" }],
    ["temperature", { temperature: 0.2, model: "claude-opus-4-8" }],
    ["top_k", { topK: 5, model: "claude-sonnet-5" }],
    ["response_format", { outputFormat: { kind: "json" } }],
    ["reasoning_content", { messages: [hi, assistant({ type: "reasoning", text: "Hm." }, text("x")), hi] }],
  ])("names %s where it cannot be said: %o", (field, fields) => {
    expect(write(fields).dropped).toEqual([field]);
  });

  it("says nothing of what is the default anyway", () => {
    const defaults = { temperature: 1, topP: 1, frequencyPenalty: 0, presencePenalty: 0, model: "claude-opus-4-8" };
    expect(write(defaults)).toEqual({ body: { ...write({}).body, model: "claude-opus-4-8" }, dropped: [] });
  });

  it.each([
    ["claude-3-opus-20240229", 4096],
    ["claude-3-5-sonnet-latest", 8192],
    ["claude-3-7-sonnet-20250219", 64_000],
    ["claude-opus-4-20250514", 32_000],
    ["claude-opus-4-1-20250805", 32_000],
    ["claude-sonnet-4-20250514", 64_000],
    ["anthropic/claude-sonnet-4.5", 64_000],
    ["us.anthropic.claude-haiku-4-5-20251001-v1:0", 64_000],
    ["claude-opus-4-6", 128_000],
    ["claude-fable-5-2", 128_000],
    ["claude-mythos-preview", 128_000],
    ["glm-4.6", 8192],
  ])("lets %s answer with up to %i tokens where nobody limits it", (model, tokens) => {
    expect(write({ model, maxTokens: undefined }).body["max_tokens"]).toBe(tokens);
  });

  it.each<[string, ChatRequest["reasoning"], JsonObject | undefined, string | undefined]>([
    ["claude-opus-4-5", { effort: "xhigh" }, { type: "enabled", budget_tokens: 2000 }, "high"],
    ["claude-opus-4-5", { budget: 3000 }, { type: "enabled", budget_tokens: 3000 }, undefined],
    ["claude-sonnet-4-5", { isAdaptive: true }, { type: "enabled", budget_tokens: 2000 }, undefined],
    ["claude-sonnet-4-6", { effort: "xhigh" }, { type: "adaptive" }, "high"],
    ["claude-opus-4-6", { effort: "max" }, { type: "adaptive" }, "max"],
    ["claude-opus-4-8", { effort: "minimal" }, { type: "adaptive", display: "summarized" }, "low"],
    ["claude-opus-4-8", { budget: 20_000 }, { type: "adaptive", display: "summarized" }, "medium"],
    ["claude-opus-4-8", { isAdaptive: true, visible: false }, { type: "adaptive", display: "omitted" }, undefined],
    ["claude-opus-4-8", { effort: "none" }, { type: "disabled" }, undefined],
    ["claude-sonnet-5-5", { effort: "none" }, { type: "between_tools" }, undefined],
    ["claude-opus-5-5", { effort: "none" }, undefined, "low"],
    ["claude-haiku-5-5", { effort: "xhigh", visible: true }, { type: "adaptive", display: "summarized" }, "xhigh"],
    ["claude-3-haiku-20240307", { effort: "none" }, undefined, undefined],
    ["deepseek-chat", { effort: "low" }, { type: "enabled", budget_tokens: 2048 }, undefined],
  ])("asks %s to think as it can: %o", (model, reasoning, thinking, effort) => {
    const { body } = write({ model, reasoning });
    expect(body["thinking"]).toEqual(thinking);
    expect(body["output_config"]).toEqual(effort === undefined ? undefined : { effort });
  });

  it("leaves half of the answer to words where a budget would take all of it", () => {
    expect(write({ reasoning: { effort: "high" }, maxTokens: 8000 }).body["thinking"]).toMatchObject({ budget_tokens: 4000 });
    expect(write({ reasoning: { budget: 7000 }, maxTokens: 8000 }).body["thinking"]).toMatchObject({ budget_tokens: 7000 });
  });

  it.each<[string, readonly Message[], boolean]>([
    ["a loop that began with a signed thought", [hi, assistant(signed, call), user(result)], true],
    [
      "a second round of such a loop",
      [hi, assistant(signed, call), user(result), assistant({ ...call, id: "b" }), user({ ...result, callId: "b" })],
      true,
    ],
    ["a loop without a thought", [hi, assistant(call), user(result)], false],
    ["a loop with a thought that nobody signed", [hi, assistant({ type: "reasoning", text: "Hm." }, call), user(result)], false],
    ["a loop that is over", [hi, assistant(call), user(result), assistant(text("done")), hi], true],
  ])("knows whether it may think in %s", (_name, messages, thinks) => {
    const { body, dropped } = write({ messages, tools: [tool], reasoning: { budget: 2000 } });
    expect(body["thinking"] !== undefined).toBe(thinks);
    expect(dropped.includes("reasoning")).toBe(!thinks);
    expect(write({ messages, tools: [tool], reasoning: { budget: 2000 }, model: "claude-opus-4-6" }).body["thinking"]).toBeDefined();
  });

  it.each(["claude-opus-5-5", "claude-sonnet-5-5", "claude-fable-5-1"])(
    "refuses to force a call of %s, which would answer 400",
    (model) => {
      expect(() => write({ model, tools: [tool], toolChoice: { kind: "tool", name: "f" } })).toThrow(
        expect.objectContaining({ code: "cannot_translate", param: "tool_choice" }),
      );
      expect(write({ model, tools: [tool], toolChoice: { kind: "auto" } }).body["tool_choice"]).toEqual({ type: "auto" });
    },
  );

  it("offers only the tools that are allowed", () => {
    const { body } = write({ tools: [tool, { ...tool, name: "g" }], toolChoice: { kind: "allowed", names: ["g"], required: true } });
    expect(body).toMatchObject({ tools: [{ name: "g" }], tool_choice: { type: "any" } });
  });

  it("declares the tools of a history that has no others, and lets none be called", () => {
    const { body } = write({ messages: [hi, assistant(call), user(result)] });
    expect(body).toMatchObject({ tools: [{ name: "f", input_schema: { type: "object" } }], tool_choice: { type: "none" } });
  });

  it("makes an object's schema of every tool's", () => {
    const union = { anyOf: [{ type: "object", properties: { a: { type: "string" } } }, { properties: { b: {} } }], description: "either" };
    const { body } = write({
      tools: [
        { ...tool, parameters: undefined },
        { ...tool, name: "g", parameters: union },
        { ...tool, name: "h", parameters: {} },
      ],
    });
    expect(body["tools"]).toEqual([
      { name: "f", input_schema: { type: "object", properties: {} } },
      { name: "g", input_schema: { description: "either", type: "object", properties: { a: { type: "string" }, b: {} } } },
      { name: "h", input_schema: { type: "object" } },
    ]);
  });

  it("keeps a tool strict only where the model can hold to its whole schema", () => {
    const parameters = { type: "object", properties: { a: { type: "string" } }, required: ["a"], additionalProperties: false };
    const limited = { ...parameters, properties: { a: { type: "string", maxLength: 3 } } };
    const tools = [
      { ...tool, strict: true, parameters },
      { ...tool, strict: true, name: "g", parameters: limited },
    ];
    const { body, dropped } = write({ tools });
    expect(body["tools"]).toEqual([
      { name: "f", input_schema: parameters, strict: true },
      { name: "g", input_schema: limited },
    ]);
    expect(dropped).toEqual(["tools.g.strict"]);
    expect(write({ tools, model: "claude-sonnet-4-0" }).dropped).toEqual(["tools.f.strict", "tools.g.strict"]);
  });

  it("merges turns, puts tool results first, and moves the system's words to the front", () => {
    const messages = [
      system("one"),
      hi,
      assistant(call, { ...call, id: "b" }),
      user(text("Be brief."), result),
      system("two"),
      user({ ...result, callId: "b" }),
    ];
    const { body } = write({ messages, tools: [tool] });
    expect(body["system"]).toEqual([text("one"), text("two")]);
    expect(body["messages"]).toMatchObject([
      { role: "user" },
      { role: "assistant", content: [{ type: "tool_use", id: "a", input: {} }, { id: "b" }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "a" }, { tool_use_id: "b" }, text("Be brief.")] },
    ]);
  });

  it("leaves out empty texts and the turns that hold nothing else", () => {
    const messages = [
      system(" "),
      user(text(""), text("Hi")),
      assistant({ type: "reasoning", text: "unsigned" }),
      user(text("Still there?")),
    ];
    expect(write({ messages }).body).toEqual({
      ...write({}).body,
      messages: [{ role: "user", content: [text("Hi"), text("Still there?")] }],
    });
  });

  it("begins with a user's turn in any case", () => {
    expect(write({ messages: [system("Only me.")] }).body["messages"]).toEqual([{ role: "user", content: [text("Only me.")] }]);
    expect(write({ messages: [assistant(text("Hello!")), hi] }).body["messages"]).toMatchObject([
      { role: "user" },
      { role: "assistant" },
      { role: "user" },
    ]);
  });

  it("does not end an assistant's turn at the end in white space", () => {
    expect(write({ messages: [hi, assistant(text("Well, \n"))] }).body["messages"]).toMatchObject([{}, { content: [text("Well,")] }]);
    expect(write({ messages: [hi, assistant(text("Well, ")), hi] }).body["messages"]).toMatchObject([
      {},
      { content: [text("Well, ")] },
      {},
    ]);
  });

  it("writes thoughts with their signatures, redacted ones as such, in their places", () => {
    const redacted: AssistantPart = { type: "reasoning", text: "", signature: { maker: "anthropic", value: "cmVk", isRedacted: true } };
    expect(
      write({ messages: [hi, assistant(signed, text("a"), redacted, { type: "refusal", text: "No." }), hi] }).body["messages"],
    ).toMatchObject([
      {},
      {
        content: [
          { type: "thinking", thinking: "Hm.", signature: "c2ln" },
          text("a"),
          { type: "redacted_thinking", data: "cmVk" },
          text("No."),
        ],
      },
      {},
    ]);
  });

  it("writes images and documents, without what is before a data URL's bytes", () => {
    const messages = [
      user(
        { type: "image", source: { kind: "data", mediaType: "image/png", data: "AA==" } },
        { type: "image", source: { kind: "url", url: "https://example.org/a.png" } },
        { type: "document", source: { kind: "data", mediaType: "application/pdf", data: "JVBE" }, name: "T", citations: true },
        { type: "document", source: { kind: "data", mediaType: "text/markdown", data: Buffer.from("# ⚓").toString("base64") } },
        { type: "document", source: { kind: "data", mediaType: "image/webp", data: "AA==" } },
        { type: "document", source: { kind: "url", url: "https://example.org/a.pdf" } },
        { type: "document", source: { kind: "text", text: "plain" } },
      ),
    ];
    expect(write({ messages }).body["messages"]).toEqual([
      {
        role: "user",
        content: [
          { type: "image", source: { type: "base64", media_type: "image/png", data: "AA==" } },
          { type: "image", source: { type: "url", url: "https://example.org/a.png" } },
          {
            type: "document",
            source: { type: "base64", media_type: "application/pdf", data: "JVBE" },
            title: "T",
            citations: { enabled: true },
          },
          { type: "document", source: { type: "text", media_type: "text/plain", data: "# ⚓" } },
          { type: "image", source: { type: "base64", media_type: "image/webp", data: "AA==" } },
          { type: "document", source: { type: "url", url: "https://example.org/a.pdf" } },
          { type: "document", source: { type: "text", media_type: "text/plain", data: "plain" } },
        ],
      },
    ]);
  });

  it.each<[string, UserPart, string]>([
    ["sound", { type: "audio", source: { kind: "data", mediaType: "audio/wav", data: "" } }, "audio"],
    ["video", { type: "video", source: { kind: "url", url: "https://example.org/a.mp4" } }, "video"],
    ["an image of an unknown kind", { type: "image", source: { kind: "data", mediaType: "image/tiff", data: "" } }, "image"],
    ["an image that lies elsewhere", { type: "image", source: { kind: "file", id: "file-1" } }, "image"],
    [
      "a document of an unknown kind",
      { type: "document", source: { kind: "data", mediaType: "application/msword", data: "" } },
      "document",
    ],
    ["a document that lies elsewhere", { type: "document", source: { kind: "file", id: "file-1" } }, "document"],
  ])("refuses %s", (_name, part, param) => {
    expect(() => write({ messages: [user(part)] })).toThrow(expect.objectContaining({ code: "cannot_translate", param }));
  });

  it("writes tool results with images and errors, and gives an empty error words", () => {
    const image: UserPart = {
      ...result,
      content: [text("r"), { type: "image", source: { kind: "url", url: "https://example.org/a.png" } }],
    };
    const messages = [
      hi,
      assistant(call),
      user(image, { ...result, callId: "b", content: [], isError: true }, { ...result, callId: "c", content: [] }),
    ];
    expect(write({ messages, tools: [tool] }).body["messages"]).toMatchObject([
      {},
      {},
      {
        content: [
          { type: "tool_result", tool_use_id: "a", content: [text("r"), { type: "image", source: { type: "url" } }] },
          { type: "tool_result", tool_use_id: "b", is_error: true, content: [text("(no message)")] },
          { type: "tool_result", tool_use_id: "c" },
        ],
      },
    ]);
  });

  it("keeps arguments that are no object under a name of their own", () => {
    const messages = [hi, assistant({ ...call, arguments: '{"x":' }), user(result)];
    expect(write({ messages, tools: [tool] }).body["messages"]).toMatchObject([
      {},
      { content: [{ input: { malformed_arguments: '{"x":' } }] },
      {},
    ]);
  });

  it("keeps cache breakpoints everywhere, with their ttl", () => {
    const cache = { ttl: "1h" } as const;
    const { body, dropped } = write({
      tools: [{ ...tool, cache }],
      messages: [
        { role: "system", authority: "system", content: [{ ...text("s"), cache }] },
        hi,
        assistant({ ...call, cache }),
        user({ ...result, cache }),
      ],
    });
    const cache_control = { type: "ephemeral", ttl: "1h" };
    expect(body).toMatchObject({
      tools: [{ cache_control }],
      system: [{ cache_control }],
      messages: [{}, { content: [{ cache_control }] }, { content: [{ cache_control }] }],
    });
    expect(dropped).toEqual([]);
  });

  it("keeps the last four cache breakpoints", () => {
    const parts = ["a", "b", "c", "d", "e"].map((words) => ({ ...text(words), cache: {} }));
    const { body, dropped } = write({ tools: [{ ...tool, cache: {} }], messages: [user(...parts)] });
    expect(JSON.stringify(body["tools"])).not.toContain("cache_control");
    expect((body["messages"] as readonly { content: readonly object[] }[])[0]?.content.map((part) => "cache_control" in part)).toEqual([
      false,
      true,
      true,
      true,
      true,
    ]);
    expect(dropped).toEqual(["cache_control"]);
  });

  it("asks for a schema's form, with what Anthropic does not enforce in words", () => {
    const schema = {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object",
      properties: {
        age: { type: "integer", minimum: 0, description: "in years" },
        tags: { type: "array", items: { $ref: "#/$defs/tag" }, minItems: 2 },
      },
      required: ["age"],
      $defs: { tag: { type: "string", format: "uri" } },
    };
    expect(write({ outputFormat: { kind: "schema", schema, name: "person", strict: true } })).toEqual({
      body: {
        ...write({}).body,
        output_config: {
          format: {
            type: "json_schema",
            schema: {
              type: "object",
              properties: {
                age: { type: "integer", description: "in years\n\n{minimum: 0}" },
                tags: { type: "array", items: { $ref: "#/$defs/tag" }, description: "{minItems: 2}" },
              },
              required: ["age"],
              $defs: { tag: { type: "string", format: "uri" } },
              additionalProperties: false,
            },
          },
        },
      },
      dropped: [],
    });
  });

  it.each<[string, JsonObject, string]>([
    ["a map of any keys", { type: "object", additionalProperties: { type: "string" } }, "claude-sonnet-4-5"],
    [
      "a schema that refers to itself",
      { $ref: "#/$defs/node", $defs: { node: { type: "object", properties: { next: { $ref: "#/$defs/node" } } } } },
      "claude-sonnet-4-5",
    ],
    ["a reference to nowhere", { type: "object", properties: { a: { $ref: "https://example.org/a.json" } } }, "claude-sonnet-4-5"],
    ["an older model", { type: "object", properties: {} }, "claude-sonnet-4-0"],
    ["a model that is no Claude", { type: "object", properties: {} }, "kimi-k2"],
  ])("asks in words for %s", (_name, schema, model) => {
    const { body, dropped } = write({ model, outputFormat: { kind: "schema", schema } });
    expect(body["output_config"]).toBeUndefined();
    expect(JSON.stringify(body["system"])).toContain("JSON schema");
    expect(dropped).toEqual(["response_format"]);
  });

  it("lets nothing be cited in an answer of a given form", () => {
    const messages = [user({ type: "document", source: { kind: "text", text: "d" }, citations: true })];
    const { body, dropped } = write({ messages, outputFormat: { kind: "schema", schema: { type: "object", properties: {} } } });
    expect(JSON.stringify(body["messages"])).not.toContain("citations");
    expect(dropped).toEqual(["citations"]);
  });

  it.each(
    readFixtures("anthropic-messages")
      .filter(({ request }) => request !== null)
      .map(({ name, request }) => [name, request as JsonObject] as const),
  )("writes the request of %s as it was read", (name, request) => {
    const from = { model: request["model"] as string, stream: request["stream"] === true, drop: () => {} };
    const read = readRequest(request, from);
    const written = writeRequest(read, { quirks, drop: () => {} });
    const again = readRequest(written, from);
    const visible = name.endsWith("claude-code.json") || name.endsWith("omitted-thinking.json") ? { visible: true } : {};
    const tools = read.tools.filter(({ kind }) => kind === "function");
    expect(again).toEqual({ ...read, tools, reasoning: read.reasoning === undefined ? undefined : { ...read.reasoning, ...visible } });
  });
});
