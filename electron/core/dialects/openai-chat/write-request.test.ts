import { describe, expect, it } from "vitest";
import type { PosternError } from "#shared/errors.ts";
import { type Quirks, quirksSchema } from "#shared/schema/provider.ts";
import { readFixtures } from "../../../../test/fakes/fixture.ts";
import type { AssistantPart, ChatRequest, Message, UserPart } from "../chat.ts";
import type { JsonObject } from "../json.ts";
import { readRequest } from "./read-request.ts";
import { writeRequest } from "./write-request.ts";

const hi: Message = { role: "user", content: [{ type: "text", text: "Hi" }] };

function write(
  request: Partial<ChatRequest>,
  quirks: Partial<Quirks> = {},
): { readonly body: JsonObject; readonly dropped: readonly string[] } {
  const dropped: string[] = [];
  const target = { quirks: quirksSchema.parse(quirks), drop: (field: string): void => void dropped.push(field) };
  const body = writeRequest({ model: "m", stream: false, messages: [hi], tools: [], ...request }, target);
  return { body: JSON.parse(JSON.stringify(body)) as JsonObject, dropped };
}

function messagesOf(messages: readonly Message[], quirks: Partial<Quirks> = {}): unknown {
  return write({ messages }, quirks).body["messages"];
}

const user = (...content: readonly UserPart[]): Message => ({ role: "user", content });
const assistant = (...content: readonly AssistantPart[]): Message => ({ role: "assistant", content });
const call = (id: string): AssistantPart => ({ type: "tool-call", id, name: "f", arguments: "{}" });
const result = (callId: string, text = "ok"): UserPart => ({
  type: "tool-result",
  callId,
  content: [{ type: "text", text }],
  isError: false,
});
const png = { kind: "data", mediaType: "image/png", data: "AA==" } as const;
const tool = { kind: "function", name: "f" } as const;

describe("writeRequest()", () => {
  it("names thoughts and cache marks that are lost, and no others", () => {
    const thought: AssistantPart = { type: "reasoning", text: "Hm" };
    const marked: UserPart = { type: "text", text: "Hi", cache: {} };
    const messages = [user(marked), assistant(thought, call("a")), user(result("a"))];
    expect(write({ messages }).dropped.toSorted()).toEqual(["cache_control", "reasoning_content"]);
    expect(write({ messages }, { cacheControl: true, replaysReasoning: true }).dropped).toEqual([]);
    expect(write({ tools: [{ ...tool, cache: {} }] }).dropped).toEqual(["cache_control"]);
  });

  it("writes no more than was asked for", () => {
    expect(write({})).toEqual({ body: { model: "m", messages: [{ role: "user", content: "Hi" }] }, dropped: [] });
  });

  it.each<readonly [Partial<ChatRequest>, JsonObject]>([
    [
      { maxTokens: 5, temperature: 0.5, topP: 0.9, seed: 1 },
      { max_tokens: 5, temperature: 0.5, top_p: 0.9, seed: 1 },
    ],
    [
      { frequencyPenalty: 1, presencePenalty: -1, stop: ["A"] },
      { frequency_penalty: 1, presence_penalty: -1, stop: ["A"] },
    ],
    [{ stop: [] }, {}],
    [{ logprobs: 0 }, { logprobs: true }],
    [{ logprobs: 2 }, { logprobs: true, top_logprobs: 2 }],
    [{ endUser: "u", serviceTier: "auto" }, { user: "u" }],
    [{ outputFormat: { kind: "json" } }, { response_format: { type: "json_object" } }],
    [
      { outputFormat: { kind: "schema", schema: { type: "object" }, name: "my answer", strict: true } },
      { response_format: { type: "json_schema", json_schema: { name: "my_answer", schema: { type: "object" }, strict: true } } },
    ],
    [
      { outputFormat: { kind: "schema", schema: {} } },
      { response_format: { type: "json_schema", json_schema: { name: "answer", schema: {} } } },
    ],
    [{ reasoning: { effort: "high" } }, { reasoning_effort: "high" }],
    [{ reasoning: { budget: 30_000 } }, { reasoning_effort: "high" }],
    [{ reasoning: { budget: 1_024 } }, { reasoning_effort: "low" }],
    [{ model: "deepseek-r1-distill-llama-70b", reasoning: { budget: 4_000 } }, { reasoning_effort: "low" }],
    [{ reasoning: { isAdaptive: true } }, {}],
    [{ reasoning: { effort: "none" } }, {}],
    [{ model: "gpt-5.1", reasoning: { effort: "none" } }, { reasoning_effort: "none" }],
    [{ toolChoice: { kind: "auto" }, parallelToolCalls: true }, {}],
  ])("writes %j", (request, expected) => {
    const { body, dropped } = write(request);
    const { model: _model, messages: _messages, ...rest } = body;
    expect(rest).toEqual(expected);
    expect(dropped).toEqual([]);
  });

  it.each<readonly [Partial<ChatRequest>, Partial<Quirks>, JsonObject]>([
    [{ maxTokens: 5 }, { maxTokensField: "max_completion_tokens" }, { max_completion_tokens: 5 }],
    [{ stream: true }, {}, { stream: true, stream_options: { include_usage: true } }],
    [{ stream: true }, { streamUsage: "always" }, { stream: true }],
    [{ stream: true }, { streamUsage: "never" }, { stream: true }],
    [
      { topK: 4, verbosity: "low", cacheKey: "k", serviceTier: "flex" },
      { extraFields: ["top_k", "verbosity", "prompt_cache_key", "service_tier"] },
      { top_k: 4, verbosity: "low", prompt_cache_key: "k", service_tier: "flex" },
    ],
    [
      { reasoning: { budget: 2_000, visible: false } },
      { reasoningField: "reasoning" },
      { reasoning: { max_tokens: 2_000, exclude: true } },
    ],
    [{ reasoning: { effort: "none" } }, { reasoningField: "reasoning" }, { reasoning: { effort: "none" } }],
    [{ reasoning: { isAdaptive: true } }, { reasoningField: "reasoning" }, { reasoning: { enabled: true } }],
    [{ reasoning: { visible: true } }, { reasoningField: "reasoning" }, {}],
    [{ reasoning: { effort: "none" } }, { reasoningField: "thinking" }, { thinking: { type: "disabled" } }],
    [{ reasoning: { budget: 30_000 } }, { reasoningField: "thinking" }, { thinking: { type: "enabled" }, reasoning_effort: "high" }],
    [{ reasoning: { visible: true } }, { reasoningField: "thinking" }, {}],
  ])("writes %j with the quirks %j", (request, quirks, expected) => {
    const { model: _model, messages: _messages, ...rest } = write(request, quirks).body;
    expect(rest).toEqual(expected);
  });

  it.each<readonly [Partial<ChatRequest>, Partial<Quirks>, readonly string[]]>([
    [
      { topK: 4, verbosity: "low", cacheKey: "k", serviceTier: "flex", metadata: { a: "b" } },
      {},
      ["top_k", "verbosity", "prompt_cache_key", "service_tier", "metadata"],
    ],
    [{ serviceTier: "turbo" }, { extraFields: ["service_tier"] }, ["service_tier"]],
    [{ seed: 1, endUser: "u", logprobs: 2 }, { refusedFields: ["user", "seed", "logprobs"] }, ["user", "seed", "logprobs"]],
    [{ endUser: "u".repeat(65) }, {}, ["user"]],
    [{ model: "gpt-4o", reasoning: { effort: "high" } }, {}, ["reasoning_effort"]],
    [{ model: "meta-llama/Llama-3.3-70B-Instruct", reasoning: { budget: 4_000 } }, {}, ["reasoning_effort"]],
    [{ messages: [user({ type: "document", source: { kind: "text", text: "x" }, citations: true })] }, {}, ["citations"]],
  ])("names what is lost of %j with the quirks %j", (request, quirks, expected) => {
    const { body, dropped } = write(request, quirks);
    expect([...dropped].sort()).toEqual([...expected].sort());
    for (const field of dropped) expect(body).not.toHaveProperty(field);
    expect(body).not.toHaveProperty("top_logprobs");
  });

  it("writes tools, each with parameters, and a choice among some as just these", () => {
    const tools = [
      { ...tool, description: "d", parameters: { type: "object" }, strict: true },
      { ...tool, name: "g", strict: false },
    ] as const;
    const written = [
      { type: "function", function: { name: "f", description: "d", parameters: { type: "object" }, strict: true } },
      { type: "function", function: { name: "g", parameters: { type: "object", properties: {} } } },
    ];
    expect(write({ tools, toolChoice: { kind: "required" }, parallelToolCalls: false }).body).toMatchObject({
      tools: written,
      tool_choice: "required",
      parallel_tool_calls: false,
    });
    expect(write({ tools, toolChoice: { kind: "tool", name: "g" } }).body["tool_choice"]).toEqual({
      type: "function",
      function: { name: "g" },
    });
    expect(write({ tools, toolChoice: { kind: "allowed", names: ["g"], required: true } }).body).toMatchObject({
      tools: [written[1]],
      tool_choice: "required",
    });
  });

  // What the others show, this API has no word for, or more than one.
  const shared = readFixtures("openai-chat").filter(
    ({ name, request }) => request !== null && !/two-choices|function-call|custom-tool|annotations|cache|openrouter/.test(name),
  );
  it.each(shared.map(({ name, request }) => [name, request as JsonObject]))(
    "says the same after a way there and back: %s",
    (_name, body) => {
      const quirks = quirksSchema.parse({ developerRole: true, replaysReasoning: true, extraFields: ["top_k", "verbosity"] });
      const read = (value: JsonObject): ChatRequest => readRequest(value, { model: "m", stream: false, drop: () => {} });
      const essence = ({ tools, reasoning: _reasoning, ...request }: ChatRequest): unknown => ({
        ...(JSON.parse(JSON.stringify(request)) as object),
        tools: tools.map(
          (each) =>
            each.kind === "function" && {
              ...each,
              strict: each.strict === true,
              parameters: each.parameters ?? { type: "object", properties: {} },
            },
        ),
      });
      const request = read(body);
      const again = read(JSON.parse(JSON.stringify(writeRequest(request, { quirks, drop: () => {} }))) as JsonObject);
      expect(essence(again)).toEqual(essence(request));
    },
  );
});

describe("messages", () => {
  it("are strings where they are text alone, and empty text is left out", () => {
    expect(
      messagesOf([
        {
          role: "system",
          authority: "developer",
          content: [
            { type: "text", text: "A" },
            { type: "text", text: "" },
            { type: "text", text: "B" },
          ],
        },
        user({ type: "text", text: "C" }, { type: "text", text: "D" }),
        assistant({ type: "text", text: "E" }, { type: "text", text: "F" }),
        assistant({ type: "text", text: "" }),
        user({ type: "text", text: "" }),
      ]),
    ).toEqual([
      { role: "system", content: "A\n\nB" },
      { role: "user", content: "C\n\nD" },
      { role: "assistant", content: "EF" },
    ]);
    expect(
      messagesOf([{ role: "system", authority: "developer", content: [{ type: "text", text: "A" }] }], { developerRole: true }),
    ).toEqual([{ role: "developer", content: "A" }]);
  });

  it("hold images, documents and audio", () => {
    expect(
      messagesOf([
        user(
          { type: "image", source: png, detail: "low" },
          { type: "image", source: { kind: "url", url: "https://a.example/x.png" } },
          { type: "document", source: { kind: "data", mediaType: "application/pdf", data: "AA==" }, name: "a" },
          { type: "document", source: { kind: "text", text: "words" }, name: "b.txt" },
          { type: "document", source: { kind: "data", mediaType: "text/plain", data: "R3LDvMOfZQ==" } },
          { type: "audio", source: { kind: "data", mediaType: "audio/mpeg", data: "AA==" } },
          { type: "text", text: "" },
        ),
      ]),
    ).toEqual([
      {
        role: "user",
        content: [
          { type: "image_url", image_url: { url: "data:image/png;base64,AA==", detail: "low" } },
          { type: "image_url", image_url: { url: "https://a.example/x.png" } },
          { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,AA==" } },
          { type: "text", text: "b.txt\n\nwords" },
          { type: "text", text: "Grüße" },
          { type: "input_audio", input_audio: { data: "AA==", format: "mp3" } },
        ],
      },
    ]);
  });

  it.each<readonly [string, UserPart]>([
    ["a video", { type: "video", source: { kind: "url", url: "https://a.example/v.mp4" } }],
    ["audio of a kind that nobody takes", { type: "audio", source: { kind: "data", mediaType: "audio/flac", data: "AA==" } }],
    ["a document by URL", { type: "document", source: { kind: "url", url: "https://a.example/a.pdf" } }],
    ["another provider's file", { type: "image", source: { kind: "file", id: "file-1" } }],
  ])("refuse %s", (_title, part) => {
    expect(() => write({ messages: [user(part)] })).toThrow(expect.objectContaining({ code: "cannot_translate" }) as PosternError);
  });

  it("put tool results right behind their calls, errors marked, what is no text behind them", () => {
    expect(
      messagesOf([
        assistant({ type: "text", text: "I ask." }, call("a"), call("b"), call("c")),
        { role: "system", authority: "system", content: [{ type: "text", text: "Be brief." }] },
        user(
          { type: "text", text: "And?" },
          { type: "tool-result", callId: "a", content: [{ type: "text", text: "no such file" }], isError: true },
        ),
        user({
          type: "tool-result",
          callId: "b",
          content: [
            { type: "text", text: "see" },
            { type: "image", source: png },
          ],
          isError: false,
        }),
        user({ type: "tool-result", callId: "c", content: [], isError: false }),
      ]),
    ).toMatchObject([
      { role: "assistant", content: "I ask.", tool_calls: [{ id: "a" }, { id: "b" }, { id: "c" }] },
      { role: "tool", tool_call_id: "a", content: "Error: no such file" },
      { role: "tool", tool_call_id: "b", content: expect.stringContaining("see") as string },
      { role: "tool", tool_call_id: "c", content: "" },
      { role: "user", content: [{ type: "text", text: expect.stringContaining("b") as string }, { type: "image_url" }] },
      { role: "system", content: "Be brief." },
      { role: "user", content: "And?" },
    ]);
  });

  it("bring thoughts back only to who asks for them, and then never an empty one", () => {
    const history = [assistant({ type: "reasoning", text: "So" }, call("a")), user(result("a")), assistant(call("b")), user(result("b"))];
    expect(JSON.stringify(messagesOf(history))).not.toContain("reasoning");
    expect(messagesOf(history, { replaysReasoning: true })).toMatchObject([
      { role: "assistant", content: null, reasoning_content: "So" },
      { role: "tool" },
      { role: "assistant", reasoning_content: " " },
      { role: "tool" },
    ]);
    const spoken = [assistant({ type: "reasoning", text: "So" }, { type: "text", text: "It is." }), hi];
    expect(JSON.stringify(messagesOf(spoken, { replaysReasoning: true }))).not.toContain("reasoning");
  });

  it("say a refusal as what was said, and leave a turn out of which nothing is left", () => {
    expect(messagesOf([assistant({ type: "refusal", text: "No." }), assistant({ type: "reasoning", text: "So" }), hi])).toEqual([
      { role: "assistant", content: "No." },
      { role: "user", content: "Hi" },
    ]);
  });

  it("hand an image of the assistant's on with the user's next turn", () => {
    expect(messagesOf([assistant({ type: "text", text: "A fox:" }, { type: "image", source: png }), hi])).toMatchObject([
      { role: "assistant", content: "A fox:" },
      { role: "user", content: [{ type: "text" }, { type: "image_url" }] },
      { role: "user", content: "Hi" },
    ]);
  });

  it("carry cache marks only where they are taken", () => {
    const cache = { ttl: "1h" } as const;
    const messages: readonly Message[] = [
      {
        role: "system",
        authority: "system",
        content: [
          { type: "text", text: "A", cache: {} },
          { type: "text", text: "B" },
        ],
      },
      user({ type: "image", source: png, cache }),
      assistant(call("a")),
      user({ ...result("a"), cache } as UserPart),
    ];
    const tools = [{ ...tool, cache }];
    expect(JSON.stringify(write({ messages, tools }).body)).not.toContain("cache_control");
    expect(write({ messages, tools }, { cacheControl: true }).body).toMatchObject({
      messages: [
        {
          content: [
            { type: "text", text: "A", cache_control: { type: "ephemeral" } },
            { type: "text", text: "B" },
          ],
        },
        { content: [{ type: "image_url", cache_control: { type: "ephemeral", ttl: "1h" } }] },
        { role: "assistant" },
        { role: "tool", content: [{ type: "text", text: "ok", cache_control: { type: "ephemeral", ttl: "1h" } }] },
      ],
      tools: [{ type: "function", cache_control: { type: "ephemeral", ttl: "1h" } }],
    });
  });

  it("give short ids where they must be short, the same ones as the conversation grows", () => {
    const turn = [assistant(call("call_a"), call("abcdefgh1")), user(result("call_a"), result("abcdefgh1"))];
    const expected = [
      { tool_calls: [{ id: "call00001" }, { id: "abcdefgh1" }] },
      { role: "tool", tool_call_id: "call00001" },
      { role: "tool", tool_call_id: "abcdefgh1" },
    ];
    expect(messagesOf(turn, { shortCallIds: true })).toMatchObject(expected);
    expect(messagesOf([...turn, assistant(call("call_b")), user(result("call_b"))], { shortCallIds: true })).toMatchObject([
      ...expected,
      { tool_calls: [{ id: "call00002" }] },
      { role: "tool", tool_call_id: "call00002" },
    ]);
  });
});
