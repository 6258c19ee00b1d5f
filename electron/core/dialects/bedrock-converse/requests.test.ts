import { describe, expect, it } from "vitest";
import { quirksSchema } from "#shared/schema/provider.ts";
import { PosternError } from "#shared/errors.ts";
import { readFixtures } from "../../../../test/fakes/fixture.ts";
import type { ChatRequest, Message, UserPart } from "../chat.ts";
import type { JsonObject } from "../json.ts";
import { bedrockConverse } from "./index.ts";
import { traitsOf } from "./traits.ts";

const claude = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const adaptive = "global.anthropic.claude-opus-4-7";
const nova = "us.amazon.nova-2-lite-v1:0";

function read(body: JsonObject, model = claude): { readonly request: ChatRequest; readonly dropped: readonly string[] } {
  const dropped: string[] = [];
  return { request: bedrockConverse.readRequest(body, { model, stream: false, drop: (field) => dropped.push(field) }), dropped };
}

function write(request: Partial<ChatRequest>): { readonly body: JsonObject; readonly dropped: readonly string[] } {
  const dropped: string[] = [];
  const whole: ChatRequest = { model: claude, stream: false, messages: [user({ type: "text", text: "Hi" })], tools: [], ...request };
  const body = bedrockConverse.writeRequest(whole, { quirks: quirksSchema.parse({}), drop: (field) => dropped.push(field) });
  // What is undefined is not sent.
  return { body: JSON.parse(JSON.stringify(body)) as JsonObject, dropped };
}

function refusal(run: () => unknown): PosternError {
  try {
    run();
  } catch (error) {
    if (error instanceof PosternError) return error;
    throw error;
  }
  throw new Error("Nothing was refused");
}

const user = (...content: readonly UserPart[]): Message => ({ role: "user", content });
const text = (words: string): { readonly type: "text"; readonly text: string } => ({ type: "text", text: words });
const hi = { messages: [{ role: "user", content: [{ text: "Hi" }] }] };
const tool = { toolSpec: { name: "f", description: "d", inputSchema: { json: { type: "object", properties: {} } } } };
const historyOfTools: readonly Message[] = [
  user(text("Go")),
  { role: "assistant", content: [{ type: "tool-call", id: "a", name: "f", arguments: "{}" }] },
  user({ type: "tool-result", callId: "a", content: [text("done")], isError: false }),
];

describe("a request that is read and written again", () => {
  it.each<[string, JsonObject]>([
    ["text", hi],
    ["system", { ...hi, system: [{ text: "Be brief" }, { cachePoint: { type: "default", ttl: "1h" } }] }],
    [
      "inference",
      {
        ...hi,
        inferenceConfig: { maxTokens: 9, temperature: 0.5, stopSequences: ["x"] },
        additionalModelResponseFieldPaths: ["/stop_sequence"],
      },
    ],
    ["top_k", { ...hi, additionalModelRequestFields: { top_k: 7 } }],
    ["thinking", { ...hi, additionalModelRequestFields: { thinking: { type: "enabled", budget_tokens: 2000 } } }],
    ["metadata", { ...hi, requestMetadata: { team: "a-1" } }],
    ["service tier", { ...hi, serviceTier: { type: "flex" } }],
    ["tools", { ...hi, toolConfig: { tools: [tool, { cachePoint: { type: "default" } }], toolChoice: { tool: { name: "f" } } } }],
    ["any tool", { ...hi, toolConfig: { tools: [tool], toolChoice: { any: {} } } }],
    ["a strict tool", { ...hi, toolConfig: { tools: [{ toolSpec: { ...tool.toolSpec, strict: true } }], toolChoice: { auto: {} } } }],
    [
      "a schema",
      {
        ...hi,
        outputConfig: {
          textFormat: { type: "json_schema", structure: { jsonSchema: { schema: '{"type":"object"}', name: "n", description: "d" } } },
        },
      },
    ],
    [
      "files",
      {
        messages: [
          {
            role: "user",
            content: [
              { image: { format: "jpeg", source: { bytes: "aGk=" } } },
              { image: { format: "png", source: { s3Location: { uri: "s3://b/i.png" } } } },
              { document: { format: "pdf", name: "Report (1)", source: { bytes: "JVBERi0=" }, citations: { enabled: true } } },
              { document: { format: "txt", name: "Notes", source: { text: "Hello" } } },
              { video: { format: "three_gp", source: { s3Location: { uri: "s3://b/v" } } } },
              { audio: { format: "wav", source: { bytes: "UklGRg==" } } },
              { text: "What is this?" },
              { cachePoint: { type: "default" } },
            ],
          },
        ],
      },
    ],
    [
      "a conversation with tools and signed thoughts",
      {
        messages: [
          { role: "user", content: [{ text: "Go" }] },
          {
            role: "assistant",
            content: [
              { reasoningContent: { redactedContent: "cmVk" } },
              { reasoningContent: { reasoningText: { text: "Hm", signature: "c2ln" } } },
              { text: "I go" },
              { toolUse: { toolUseId: "a", name: "f", input: { x: [1] } } },
            ],
          },
          {
            role: "user",
            content: [
              {
                toolResult: {
                  toolUseId: "a",
                  content: [{ text: "no" }, { image: { format: "png", source: { bytes: "aGk=" } } }],
                  status: "error",
                },
              },
              { text: "So?" },
            ],
          },
        ],
        toolConfig: { tools: [tool] },
      },
    ],
  ])("keeps %s", (_what, body) => {
    const { request, dropped } = read(body);
    expect(dropped).toEqual([]);
    expect(write(request)).toEqual({ body, dropped: [] });
  });

  const fixtures = readFixtures("bedrock-converse").filter(({ request }) => request !== null && request["guardrailConfig"] === undefined);
  it.each(fixtures)("is understood in $name", ({ request }) => {
    expect(read(request as JsonObject).request.messages).not.toEqual([]);
  });
});

describe("readRequest()", () => {
  it("names what it cannot keep, by its path", () => {
    const { dropped } = read({
      ...hi,
      messages: [
        {
          role: "user",
          content: [
            { cachePoint: { type: "default" } },
            { guardContent: { text: { text: "Check", qualifiers: ["query"] } } },
            { hologram: { bytes: "x" } },
            { document: { name: "a", format: "txt", source: { text: "x" }, context: "why" } },
          ],
        },
        { role: "assistant", content: [{ citationsContent: { content: [{ text: "So" }], citations: [{ title: "t" }] } }], mood: 1 },
      ],
      performanceConfig: { latency: "optimized" },
      additionalModelRequestFields: { thinking: { type: "adaptive", news: 1 }, other: 2 },
      additionalModelResponseFieldPaths: ["/x"],
      inferenceConfig: { minP: 0.1 },
    });
    expect(dropped.toSorted()).toEqual([
      "additionalModelRequestFields.other",
      "additionalModelRequestFields.thinking.news",
      "additionalModelResponseFieldPaths",
      "inferenceConfig.minP",
      "messages[0].content[0].cachePoint",
      "messages[0].content[1].guardContent.text.qualifiers",
      "messages[0].content[2].hologram",
      "messages[0].content[3].document.context",
      "messages[1].content[0].citationsContent.citations",
      "messages[1].mood",
      "performanceConfig",
    ]);
  });

  it.each<[string, JsonObject, Partial<ChatRequest>]>([
    [
      "effort",
      { outputConfig: { effort: "max" }, additionalModelRequestFields: { thinking: { type: "adaptive" } } },
      { reasoning: { effort: "max", isAdaptive: true } },
    ],
    ["gpt-oss", { additionalModelRequestFields: { reasoning_effort: "low" } }, { reasoning: { effort: "low" } }],
    [
      "Nova",
      { additionalModelRequestFields: { reasoningConfig: { type: "enabled", maxReasoningEffort: "high" }, inferenceConfig: { topK: 3 } } },
      { reasoning: { effort: "high" }, topK: 3 },
    ],
    ["no thinking", { additionalModelRequestFields: { thinking: { type: "disabled" } } }, { reasoning: { effort: "none" } }],
    [
      "hosted tools",
      { toolConfig: { tools: [{ systemTool: { name: "nova_grounding" } }] } },
      { tools: [{ kind: "hosted", name: "nova_grounding" }] },
    ],
  ])("reads %s", (_what, fields, expected) => {
    const { request, dropped } = read({ ...hi, ...fields });
    expect(dropped).toEqual([]);
    expect(request).toMatchObject(expected);
  });

  it("reads JSON results, search results and system turns", () => {
    const { request } = read({
      messages: [
        { role: "system", content: [{ text: "New rule" }] },
        {
          role: "user",
          content: [
            { toolResult: { toolUseId: "a", content: [{ json: { ok: true } }] } },
            {
              searchResult: { source: "https://a", title: "T", content: [{ text: "one" }, { text: "two" }], citations: { enabled: true } },
            },
          ],
        },
      ],
    });
    expect(request.messages).toMatchObject([
      { role: "system", content: [{ text: "New rule" }] },
      {
        role: "user",
        content: [
          { type: "tool-result", callId: "a", content: [{ text: '{"ok":true}' }] },
          { type: "document", name: "T", citations: true, source: { kind: "text", text: "one\ntwo" } },
        ],
      },
    ]);
  });

  const turn = (content: unknown, role = "user"): JsonObject => ({ messages: [{ role, content }] }) as JsonObject;
  it.each<[string, JsonObject]>([
    ["messages", {}],
    ["messages", { messages: "Hi" }],
    ["messages[0]", { messages: ["Hi"] }],
    ["messages[0].role", { messages: [{ content: [] }] }],
    ["messages[0].role", { messages: [{ role: "tool", content: [] }] }],
    ["messages[0].content", { messages: [{ role: "user" }] }],
    ["messages[0].content", turn("Hi")],
    ["messages[0].content[0].text", turn([{ text: 5 }])],
    ["messages[0].content[0].toolUse", turn([{ toolUse: { toolUseId: "a", name: "f", input: {} } }])],
    ["messages[0].content[0].toolUse.input", turn([{ toolUse: { toolUseId: "a", name: "f", input: "{}" } }], "assistant")],
    ["messages[0].content[0].toolUse.name", turn([{ toolUse: { toolUseId: "a" } }], "assistant")],
    ["messages[0].content[0].toolResult.status", turn([{ toolResult: { toolUseId: "a", content: [], status: "fine" } }])],
    ["messages[0].content[0].image.format", turn([{ image: { format: "bmp", source: { bytes: "x" } } }])],
    ["messages[0].content[0].image.source.bytes", turn([{ image: { format: "png", source: {} } }])],
    ["messages[0].content[0].cachePoint.ttl", turn([{ cachePoint: { type: "default", ttl: "2h" } }])],
    [
      "messages[0].content[0].reasoningContent.reasoningText.signature",
      turn([{ reasoningContent: { reasoningText: { text: "x", signature: 1 } } }], "assistant"),
    ],
    ["system[0].text", { ...hi, system: [{ text: [] }] }],
    ["inferenceConfig.maxTokens", { ...hi, inferenceConfig: { maxTokens: 0 } }],
    ["inferenceConfig.temperature", { ...hi, inferenceConfig: { temperature: "hot" } }],
    ["toolConfig.tools[0].toolSpec.name", { ...hi, toolConfig: { tools: [{ toolSpec: { inputSchema: {} } }] } }],
    ["toolConfig.toolChoice", { ...hi, toolConfig: { tools: [], toolChoice: {} } }],
    [
      "outputConfig.textFormat.structure.jsonSchema.schema",
      { ...hi, outputConfig: { textFormat: { type: "json_schema", structure: { jsonSchema: { schema: "{" } } } } },
    ],
    ["requestMetadata.a", { ...hi, requestMetadata: { a: 1 } }],
    [
      "additionalModelRequestFields.thinking.budget_tokens",
      { ...hi, additionalModelRequestFields: { thinking: { type: "enabled", budget_tokens: "many" } } },
    ],
  ])("refuses a wrong %s", (param, body) => {
    expect(refusal(() => read(body))).toMatchObject({ code: "invalid_value", param });
  });

  it.each<[string, JsonObject]>([
    ["guardrailConfig", { ...hi, guardrailConfig: { guardrailIdentifier: "g", guardrailVersion: "1" } }],
    ["promptVariables", { ...hi, promptVariables: { a: { text: "b" } } }],
    [
      "messages[0].content[0].toolResult.content",
      turn([{ toolResult: { toolUseId: "a", content: [{ video: { format: "mp4", source: { bytes: "x" } } }] } }]),
    ],
  ])("does not pass on %s, which only Bedrock can do", (param, body) => {
    expect(refusal(() => read(body))).toMatchObject({ code: "cannot_translate", param });
  });
});

describe("writeRequest()", () => {
  it("gathers the system's words, joins turns of one role, puts results first and leaves blank text out", () => {
    const { body } = write({
      messages: [
        { role: "system", authority: "developer", content: [text("One"), text(" ")] },
        user(text("Go"), text("")),
        { role: "assistant", content: [text(""), { type: "tool-call", id: "a", name: "f", arguments: "{}" }] },
        user(text("and"), { type: "tool-result", callId: "a", content: [], isError: false }),
        { role: "system", authority: "system", content: [text("Two")] },
        user(text("so")),
        { role: "assistant", content: [text("Well... ")] },
      ],
    });
    expect(body).toMatchObject({
      system: [{ text: "One" }, { text: "Two" }],
      messages: [
        { role: "user", content: [{ text: "Go" }] },
        { role: "assistant", content: [{ toolUse: { toolUseId: "a", name: "f", input: {} } }] },
        { role: "user", content: [{ toolResult: { toolUseId: "a", content: [] } }, { text: "and" }, { text: "so" }] },
        { role: "assistant", content: [{ text: "Well..." }] },
      ],
    });
  });

  it("joins turns when nothing is left of the one between", () => {
    const { body, dropped } = write({
      messages: [user(text("a")), { role: "assistant", content: [{ type: "reasoning", text: "unsigned" }] }, user(text("b"))],
    });
    expect(body["messages"]).toEqual([{ role: "user", content: [{ text: "a" }, { text: "b" }] }]);
    expect(dropped).toEqual(["messages.reasoning"]);
  });

  it("takes back thoughts to Claude only", () => {
    const messages: readonly Message[] = [
      user(text("a")),
      { role: "assistant", content: [{ type: "reasoning", text: "Hm", signature: { maker: "anthropic", value: "s" } }, text("b")] },
      user(text("c")),
    ];
    expect(write({ messages }).dropped).toEqual([]);
    expect(write({ messages, model: "deepseek.r1-v1:0" }).dropped).toEqual(["messages.reasoning"]);
  });

  it("keeps arguments that are no JSON", () => {
    const { body } = write({
      messages: [user(text("a")), { role: "assistant", content: [{ type: "tool-call", id: "a", name: "f", arguments: '{"x":' }] }],
    });
    expect(body["messages"]).toMatchObject([{}, { content: [{ toolUse: { input: { arguments: '{"x":' } } }] }]);
  });

  it("gives every document a name of its own that Bedrock takes", () => {
    const document = (name?: string): UserPart => ({ type: "document", name, source: { kind: "text", text: "x" } });
    const { body } = write({ messages: [user(document("a_b:c.pdf"), document("a_b:c.pdf"), document(), document("  two   words "))] });
    const [message] = body["messages"] as readonly { readonly content: readonly { readonly document: { readonly name: string } }[] }[];
    expect(message?.content.map(({ document: { name } }) => name)).toEqual(["a-b-c-pdf", "a-b-c-pdf (2)", "document-3", "two words"]);
  });

  it.each<[string, UserPart]>([
    ["image", { type: "image", source: { kind: "url", url: "https://example.org/a.png" } }],
    ["image", { type: "image", source: { kind: "file", id: "file-1" } }],
    ["image", { type: "image", source: { kind: "data", mediaType: "image/bmp", data: "x" } }],
    ["document", { type: "document", source: { kind: "data", mediaType: "application/zip", data: "x" } }],
    ["audio", { type: "audio", source: { kind: "data", mediaType: "audio/midi", data: "x" } }],
    ["video", { type: "video", source: { kind: "url", url: "https://example.org/v.mp4" } }],
  ])("refuses an %s that Bedrock would have to fetch or does not take", (param, part) => {
    expect(refusal(() => write({ messages: [user(part)] }))).toMatchObject({ code: "cannot_translate", param });
  });

  describe("tools", () => {
    const f = { kind: "function", name: "f" } as const;
    const g = { kind: "function", name: "g", description: "", strict: true } as const;

    it("names the history's tools where none are offered any more", () => {
      expect(write({ messages: historyOfTools }).body["toolConfig"]).toEqual({
        tools: [{ toolSpec: { name: "f", inputSchema: { json: { type: "object" } } } }],
      });
    });

    it("leaves tools out for a choice of none, but not in a conversation that holds calls", () => {
      expect(write({ tools: [f], toolChoice: { kind: "none" } })).toMatchObject({ body: { messages: [{}] }, dropped: [] });
      expect(write({ tools: [f], toolChoice: { kind: "none" } }).body["toolConfig"]).toBeUndefined();
      const { body, dropped } = write({ tools: [f, g], toolChoice: { kind: "none" }, messages: historyOfTools });
      expect(body["toolConfig"]).toMatchObject({ tools: [{}, {}] });
      expect(dropped).toEqual(["tool_choice"]);
    });

    it("offers only the allowed ones", () => {
      const allowed = (names: readonly string[], required: boolean): unknown =>
        write({ tools: [f, g], toolChoice: { kind: "allowed", names, required } }).body["toolConfig"];
      expect(allowed(["g"], true)).toMatchObject({ tools: [{ toolSpec: { name: "g" } }], toolChoice: { tool: { name: "g" } } });
      expect(allowed(["f", "g"], true)).toMatchObject({ tools: [{}, {}], toolChoice: { any: {} } });
      expect(allowed(["f"], false)).toMatchObject({ tools: [{ toolSpec: { name: "f" } }], toolChoice: { auto: {} } });
    });

    it("is strict only with models that are", () => {
      expect(write({ tools: [g] }).body).toMatchObject({ toolConfig: { tools: [{ toolSpec: { strict: true } }] } });
      expect(write({ tools: [g], model: nova }).dropped).toEqual(["strict"]);
    });
  });

  it("marks caches where the model takes them", () => {
    const messages: readonly Message[] = [user({ ...text("a"), cache: { ttl: "1h" } })];
    const tools = [{ kind: "function", name: "f", cache: {} } as const];
    expect(write({ messages, tools }).body).toMatchObject({
      messages: [{ content: [{ text: "a" }, { cachePoint: { type: "default", ttl: "1h" } }] }],
      toolConfig: { tools: [{}, { cachePoint: { type: "default" } }] },
    });
    expect(write({ messages, tools, model: nova }).dropped).toEqual(["cache_control.ttl", "cache_control"]);
    expect(write({ messages, tools, model: "meta.llama3-3-70b-instruct-v1:0" }).dropped).toEqual(["cache_control", "cache_control"]);
  });

  describe("thinking", () => {
    it.each<[string, string, Partial<ChatRequest>, unknown, unknown, readonly string[]]>([
      [
        "an effort becomes a budget",
        claude,
        { reasoning: { effort: "low" } },
        { thinking: { type: "enabled", budget_tokens: 2048 } },
        undefined,
        [],
      ],
      [
        "a budget stays below the limit",
        claude,
        { reasoning: { effort: "high" }, maxTokens: 2000 },
        { thinking: { type: "enabled", budget_tokens: 1999 } },
        undefined,
        [],
      ],
      ["a limit leaves no room", claude, { reasoning: { effort: "low" }, maxTokens: 1000 }, undefined, undefined, ["reasoning_effort"]],
      [
        "adaptive has an effort",
        adaptive,
        { reasoning: { effort: "xhigh", visible: true } },
        { thinking: { type: "adaptive", display: "summarized" } },
        { effort: "xhigh" },
        [],
      ],
      [
        "a budget becomes an effort",
        adaptive,
        { reasoning: { budget: 30_000 } },
        { thinking: { type: "adaptive" } },
        { effort: "high" },
        [],
      ],
      [
        "4.6 knows no xhigh",
        "anthropic.claude-opus-4-6-v1",
        { reasoning: { effort: "xhigh" } },
        { thinking: { type: "adaptive" } },
        { effort: "high" },
        [],
      ],
      ["none is said", adaptive, { reasoning: { effort: "none" } }, { thinking: { type: "disabled" } }, undefined, []],
      ["none cannot be said", "anthropic.claude-fable-5-1", { reasoning: { effort: "none" } }, undefined, undefined, ["reasoning_effort"]],
      ["none needs no saying", claude, { reasoning: { effort: "none" } }, undefined, undefined, []],
      [
        "old Claude cannot think",
        "anthropic.claude-3-5-sonnet-20241022-v2:0",
        { reasoning: { effort: "low" } },
        undefined,
        undefined,
        ["reasoning_effort"],
      ],
      [
        "a forced tool forbids it",
        claude,
        { reasoning: { effort: "low" }, toolChoice: { kind: "required" } },
        undefined,
        undefined,
        ["reasoning_effort"],
      ],
      [
        "a turn that began without it forbids it",
        claude,
        { reasoning: { effort: "low" }, messages: historyOfTools },
        undefined,
        undefined,
        ["reasoning_effort"],
      ],
      [
        "an adaptive model minds neither",
        adaptive,
        { reasoning: { effort: "low" }, messages: historyOfTools },
        { thinking: { type: "adaptive" } },
        { effort: "low" },
        [],
      ],
      [
        "it forbids sampling",
        claude,
        { reasoning: { budget: 1024 }, temperature: 0.2, topP: 0.5, topK: 4 },
        { thinking: { type: "enabled", budget_tokens: 1024 } },
        undefined,
        ["temperature", "top_p", "top_k"],
      ],
      [
        "Nova has three levels",
        nova,
        { reasoning: { effort: "max" }, temperature: 0.2 },
        { reasoningConfig: { type: "enabled", maxReasoningEffort: "high" } },
        undefined,
        ["temperature"],
      ],
      [
        "Nova's highest knows no limit",
        nova,
        { reasoning: { effort: "high" }, maxTokens: 99 },
        { reasoningConfig: { type: "enabled", maxReasoningEffort: "medium" } },
        undefined,
        ["reasoning_effort"],
      ],
      [
        "gpt-oss has an effort",
        "openai.gpt-oss-120b-1:0",
        { reasoning: { effort: "minimal" } },
        { reasoning_effort: "low" },
        undefined,
        [],
      ],
      [
        "others cannot be told",
        "mistral.mistral-large-2407-v1:0",
        { reasoning: { effort: "low" } },
        undefined,
        undefined,
        ["reasoning_effort"],
      ],
    ])("%s", (_what, model, request, fields, output, dropped) => {
      const written = write({ model, ...request });
      expect(written.body["additionalModelRequestFields"]).toEqual(fields);
      expect(written.body["outputConfig"]).toEqual(output);
      expect(written.dropped).toEqual(dropped);
    });
  });

  it.each<[string, Partial<ChatRequest>, JsonObject, readonly string[]]>([
    ["one of two samplers", { temperature: 0.1, topP: 0.9 }, { inferenceConfig: { temperature: 0.1 } }, ["top_p"]],
    ["no sampler", { model: adaptive, temperature: 0.1, topP: 0.9, topK: 1 }, {}, ["temperature", "top_p", "top_k"]],
    ["Nova's top_k", { model: nova, topK: 5 }, { additionalModelRequestFields: { inferenceConfig: { topK: 5 } } }, []],
    ["a stop of blanks", { stop: ["\n", "x"] }, { inferenceConfig: { stopSequences: ["x"] } }, ["stop"]],
    [
      "what Converse cannot say",
      {
        seed: 1,
        frequencyPenalty: 1,
        presencePenalty: 1,
        logprobs: 2,
        verbosity: "low",
        endUser: "u",
        cacheKey: "k",
        parallelToolCalls: false,
      },
      {},
      ["seed", "frequency_penalty", "presence_penalty", "logprobs", "verbosity", "user", "prompt_cache_key", "parallel_tool_calls"],
    ],
    ["metadata that does not fit", { metadata: { a: "ok", b: "nö" } }, { requestMetadata: { a: "ok" } }, ["metadata.b"]],
    ["a tier of others", { serviceTier: "scale" }, {}, ["service_tier"]],
    ["the common tier", { serviceTier: "standard_only" }, { serviceTier: { type: "default" } }, []],
    ["JSON without a schema", { outputFormat: { kind: "json" } }, {}, ["response_format"]],
  ])("says %s", (_what, request, expected, dropped) => {
    const written = write(request);
    expect(written.body).toMatchObject(expected);
    expect(written.dropped).toEqual(dropped);
  });

  it("closes a schema's objects, and refuses a schema that the model would not hold itself to", () => {
    const schema = {
      type: "object",
      properties: { a: { type: "array", items: { type: "object", properties: {} } }, map: { type: "object" } },
    };
    const outputFormat = { kind: "schema", schema } as const;
    const { body } = write({ outputFormat });
    const { textFormat } = body["outputConfig"] as { textFormat: { structure: { jsonSchema: { schema: string } } } };
    expect(JSON.parse(textFormat.structure.jsonSchema.schema)).toEqual({
      type: "object",
      properties: {
        a: { type: "array", items: { type: "object", properties: {}, additionalProperties: false } },
        map: { type: "object" },
      },
      additionalProperties: false,
    });
    expect(refusal(() => write({ outputFormat, model: nova }))).toMatchObject({ code: "cannot_translate", param: "response_format" });
  });
});

describe("the path", () => {
  it("escapes an ARN", () => {
    expect(bedrockConverse.path({ model: "arn:aws:bedrock:us-east-1::inference-profile/x:0", stream: true })).toBe(
      "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A%3Ainference-profile%2Fx%3A0/converse-stream",
    );
    expect(bedrockConverse.path({ model: "m", stream: false })).toBe("/model/m/converse");
  });
});

describe("traitsOf()", () => {
  it.each([
    ["anthropic.claude-v2:1", "none", "both", false],
    ["anthropic.claude-3-5-sonnet-20241022-v2:0", "none", "both", false],
    ["us.anthropic.claude-3-7-sonnet-20250219-v1:0", "budget", "both", false],
    ["us.anthropic.claude-sonnet-4-20250514-v1:0", "budget", "both", false],
    ["us.anthropic.claude-opus-4-1-20250805-v1:0", "budget", "either", false],
    ["global.anthropic.claude-opus-4-5-20251101-v1:0", "budget", "either", true],
    ["anthropic.claude-opus-4-6-v1", "adaptive", "either", true],
    ["anthropic.claude-opus-5", "adaptive", "none", true],
    ["anthropic.claude-mythos-preview", "adaptive", "none", true],
    ["arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-sonnet-4-6", "adaptive", "either", true],
    ["arn:aws:bedrock:us-east-1:1:application-inference-profile/abc", "none", "both", true],
    ["us.amazon.nova-pro-v1:0", "none", "both", false],
    ["us.meta.llama4-scout-17b-instruct-v1:0", "none", "both", false],
    ["qwen.qwen3-32b-v1:0", "none", "both", true],
  ])("knows %s", (model, thinking, sampling, structured) => {
    expect(traitsOf(model)).toMatchObject({ thinking, sampling, structured });
  });
});
