import { describe, expect, it } from "vitest";
import { PosternError } from "#shared/errors.ts";
import { quirksSchema } from "#shared/schema/provider.ts";
import { readFixtures } from "../../../../test/fakes/fixture.ts";
import type { ChatRequest, Message, UserPart } from "../chat.ts";
import type { JsonObject } from "../json.ts";
import { cohereChat } from "./index.ts";

const model = "command-a-03-2025";
const thinker = "command-a-reasoning-08-2025";

function read(body: JsonObject): { readonly request: ChatRequest; readonly dropped: readonly string[] } {
  const dropped: string[] = [];
  const call = { model: body["model"] as string, stream: body["stream"] === true, drop: (field: string): void => void dropped.push(field) };
  return { request: cohereChat.readRequest(body, call), dropped };
}

function write(request: Partial<ChatRequest>): { readonly body: JsonObject; readonly dropped: readonly string[] } {
  const dropped: string[] = [];
  const whole: ChatRequest = { model, stream: false, messages: [user({ type: "text", text: "Hi" })], tools: [], ...request };
  const body = cohereChat.writeRequest(whole, { quirks: quirksSchema.parse({}), drop: (field) => dropped.push(field) });
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
const hi = { model, messages: [{ role: "user", content: "Hi" }] };
const tool = { type: "function", function: { name: "f", description: "d", parameters: { type: "object", properties: {} } } };

describe("a request that is read and written again", () => {
  it.each<[string, JsonObject]>([
    ["text", { ...hi, stream: true }],
    [
      "sampling",
      {
        ...hi,
        max_tokens: 9,
        temperature: 0.5,
        p: 0.9,
        k: 5,
        seed: 3,
        frequency_penalty: 0.5,
        presence_penalty: 0,
        stop_sequences: ["x"],
        logprobs: true,
      },
    ],
    ["tools", { ...hi, tools: [tool], strict_tools: true, tool_choice: "REQUIRED" }],
    ["no tools now", { ...hi, tools: [tool], tool_choice: "NONE" }],
    ["JSON", { ...hi, response_format: { type: "json_object" } }],
    ["a schema", { ...hi, response_format: { type: "json_object", json_schema: { type: "object" } } }],
    [
      "documents",
      {
        ...hi,
        documents: [
          { id: "a", data: { title: "T", snippet: "S" } },
          { id: "b", data: { text: "words" } },
        ],
        citation_options: { mode: "OFF" },
      },
    ],
    ["a thinking budget", { ...hi, model: thinker, thinking: { type: "enabled", token_budget: 500 } }],
    ["thinking", { ...hi, model: thinker, thinking: { type: "enabled" } }],
    ["no thinking", { ...hi, model: thinker, thinking: { type: "disabled" } }],
    [
      "images and several texts",
      {
        model,
        messages: [
          { role: "system", content: "Be brief" },
          {
            role: "user",
            content: [
              { type: "text", text: "What is" },
              { type: "text", text: "this?" },
              { type: "image_url", image_url: { url: "https://example.org/a.png", detail: "low" } },
              { type: "image_url", image_url: { url: "data:image/png;base64,aGk=" } },
            ],
          },
        ],
      },
    ],
    [
      "a conversation with a plan, calls and documents as results",
      {
        model,
        messages: [
          { role: "user", content: "Go" },
          {
            role: "assistant",
            tool_plan: "I look.",
            tool_calls: [{ id: "a", type: "function", function: { name: "f", arguments: '{"x":1}' } }],
          },
          { role: "tool", tool_call_id: "a", content: [{ type: "document", document: { id: "d", data: { rain: 1 } } }] },
          { role: "assistant", content: "It rains." },
        ],
        tools: [tool],
      },
    ],
    [
      "a conversation with thoughts",
      {
        model: thinker,
        messages: [
          { role: "user", content: "Go" },
          {
            role: "assistant",
            content: [
              { type: "thinking", thinking: "Hm" },
              { type: "text", text: "I look." },
            ],
            tool_calls: [{ id: "a", type: "function", function: { name: "f", arguments: "{}" } }],
          },
          { role: "tool", tool_call_id: "a", content: "rain" },
        ],
        tools: [tool],
      },
    ],
  ])("keeps %s", (_what, body) => {
    const { request, dropped } = read(body);
    expect(dropped).toEqual([]);
    expect(write(request)).toEqual({ body, dropped: [] });
  });

  const fixtures = readFixtures("cohere-chat").filter(({ request }) => request !== null);
  it.each(fixtures)("is understood in $name", ({ request }) => {
    const { request: known, dropped } = read(request as JsonObject);
    expect(dropped).toEqual([]);
    expect(known.messages).not.toEqual([]);
  });
});

describe("readRequest()", () => {
  it("names what it cannot keep, by its path", () => {
    const { dropped } = read({
      model,
      messages: [
        { role: "user", content: [{ type: "text", text: "Hi", mood: 1 }], name: "x" },
        { role: "assistant", content: "So", citations: [{ start: 0 }] },
      ],
      safety_mode: "STRICT",
      priority: 3,
      thinking: { type: "enabled", news: 1 },
      citation_options: { news: 1 },
    });
    expect(dropped.toSorted()).toEqual([
      "citation_options.news",
      "messages[0].content[0].mood",
      "messages[0].name",
      "messages[1].citations",
      "priority",
      "safety_mode",
      "thinking.news",
    ]);
  });

  it("puts documents where the question is", () => {
    const documents = ["one", { data: { text: "two" } }];
    const { request } = read({
      ...hi,
      messages: [
        { role: "user", content: "a" },
        { role: "assistant", content: "b" },
        { role: "user", content: "c" },
        { role: "tool", tool_call_id: "x", content: "y" },
      ],
      documents,
    });
    expect(request.messages[2]).toMatchObject({
      content: [{ type: "document", source: { text: "one" } }, { source: { text: "two" } }, { text: "c" }],
    });
    expect(read({ model, messages: [{ role: "system", content: "s" }], documents }).request.messages).toMatchObject([
      { role: "user" },
      { role: "system" },
    ]);
  });

  it("gives a call without arguments an empty object", () => {
    const messages = [{ role: "assistant", tool_calls: [{ id: "a", function: { name: "f", arguments: "" } }] }];
    expect(read({ model, messages }).request.messages).toMatchObject([{ content: [{ arguments: "{}" }] }]);
  });

  it.each<[string, JsonObject]>([
    ["messages", { model }],
    ["messages", { model, messages: {} }],
    ["messages[0]", { model, messages: [5] }],
    ["messages[0].role", { model, messages: [{ content: "x" }] }],
    ["messages[0].role", { model, messages: [{ role: "robot", content: "x" }] }],
    ["messages[0].content", { model, messages: [{ role: "user", content: 5 }] }],
    ["messages[0].content[0].type", { model, messages: [{ role: "user", content: [{ text: "x" }] }] }],
    ["messages[0].content[0].type", { model, messages: [{ role: "system", content: [{ type: "image_url" }] }] }],
    ["messages[0].content[0].text", { model, messages: [{ role: "user", content: [{ type: "text", text: 5 }] }] }],
    ["messages[0].content[0].image_url.url", { model, messages: [{ role: "user", content: [{ type: "image_url", image_url: {} }] }] }],
    ["messages[0].tool_call_id", { model, messages: [{ role: "tool", content: "x" }] }],
    ["messages[0].tool_calls[0].function.name", { model, messages: [{ role: "assistant", tool_calls: [{ id: "a", function: {} }] }] }],
    ["messages[0].tool_calls[0].id", { model, messages: [{ role: "assistant", tool_calls: [{ function: { name: "f" } }] }] }],
    ["tools[0].function", { ...hi, tools: [{ type: "function" }] }],
    ["tool_choice", { ...hi, tool_choice: "auto" }],
    ["max_tokens", { ...hi, max_tokens: "many" }],
    ["thinking.token_budget", { ...hi, thinking: { type: "enabled", token_budget: 0 } }],
    ["response_format.json_schema", { ...hi, response_format: { type: "json_object", json_schema: "x" } }],
    ["documents[0]", { ...hi, documents: [5] }],
    ["documents[1].data", { ...hi, documents: ["x", { id: "a" }] }],
    ["strict_tools", { ...hi, strict_tools: "yes" }],
  ])("refuses a wrong %s", (param, body) => {
    expect(refusal(() => read(body))).toMatchObject({ code: "invalid_value", param });
  });
});

describe("writeRequest()", () => {
  it("makes each result a message, with its images after it, and leaves blank text out", () => {
    const { body, dropped } = write({
      messages: [
        { role: "system", authority: "developer", content: [text(" ")] },
        user(text("Go")),
        {
          role: "assistant",
          content: [
            { type: "tool-call", id: "a", name: "f", arguments: "{}" },
            { type: "tool-call", id: "b", name: "g", arguments: "{}" },
          ],
        },
        user(
          {
            type: "tool-result",
            callId: "a",
            content: [text("one"), text("two"), { type: "image", source: { kind: "url", url: "https://example.org/i.png" } }],
            isError: true,
          },
          text("so?"),
          { type: "tool-result", callId: "b", content: [], isError: false },
        ),
        { role: "assistant", content: [{ type: "reasoning", text: "" }] },
      ],
    });
    expect(body["messages"]).toMatchObject([
      { role: "user", content: "Go" },
      { role: "assistant", tool_calls: [{ id: "a" }, { id: "b" }] },
      { role: "tool", tool_call_id: "a", content: "one\ntwo" },
      { role: "tool", tool_call_id: "b", content: "" },
      { role: "user", content: [{ type: "image_url" }, { type: "text", text: "so?" }] },
    ]);
    expect(dropped).toEqual(["tool_result.is_error"]);
  });

  it("gathers documents, each with an id of its own", () => {
    const { body } = write({
      messages: [
        user(
          { type: "document", name: "a", source: { kind: "text", text: "one" } },
          { type: "document", name: "a", source: { kind: "data", mediaType: "text/plain", data: Buffer.from("zwö").toString("base64") } },
          { type: "document", source: { kind: "text", text: '{"k":1}' } },
          text("So?"),
        ),
      ],
    });
    expect(body).toMatchObject({
      documents: [
        { id: "a", data: { text: "one" } },
        { id: "a (2)", data: { text: "zwö" } },
        { id: "document-3", data: { k: 1 } },
      ],
      messages: [{ role: "user", content: "So?" }],
    });
    expect(body["citation_options"]).toBeUndefined();
  });

  it.each<[string, UserPart]>([
    ["document", { type: "document", source: { kind: "data", mediaType: "application/pdf", data: "x" } }],
    ["document", { type: "document", source: { kind: "url", url: "https://example.org/a.pdf" } }],
    ["image", { type: "image", source: { kind: "file", id: "file-1" } }],
    ["audio", { type: "audio", source: { kind: "data", mediaType: "audio/wav", data: "x" } }],
    ["video", { type: "video", source: { kind: "data", mediaType: "video/mp4", data: "x" } }],
  ])("refuses a %s that Cohere does not take", (param, part) => {
    expect(refusal(() => write({ messages: [user(part)] }))).toMatchObject({ code: "cannot_translate", param });
  });

  const f = { kind: "function", name: "f", strict: true } as const;
  const g = { kind: "function", name: "g" } as const;
  it.each<[string, Partial<ChatRequest>, JsonObject, readonly string[]]>([
    [
      "one tool that must be called",
      { tools: [f, g], toolChoice: { kind: "tool", name: "g" } },
      { tools: [{ function: { name: "g" } }], tool_choice: "REQUIRED" },
      [],
    ],
    ["tools that may be called", { tools: [g], toolChoice: { kind: "allowed", names: ["g"], required: false } }, { tools: [{}] }, []],
    ["tools of which some are strict", { tools: [f, g] }, { tools: [{}, {}] }, ["strict"]],
    ["a tool without parameters", { tools: [g] }, { tools: [{ function: { parameters: { type: "object", properties: {} } } }] }, []],
    ["a p of 1", { topP: 1 }, { p: 0.99 }, []],
    [
      "penalties of OpenAI's",
      { frequencyPenalty: 1.5, presencePenalty: -1 },
      { frequency_penalty: 1 },
      ["frequency_penalty", "presence_penalty"],
    ],
    ["likelihoods of others", { logprobs: 2 }, { logprobs: true }, ["top_logprobs"]],
    ["an effort", { model: thinker, reasoning: { effort: "low" } }, { thinking: { type: "enabled", token_budget: 2048 } }, []],
    ["an effort to one that cannot think", { reasoning: { effort: "low" } }, {}, ["reasoning_effort"]],
    ["no effort to one that cannot think", { reasoning: { effort: "none" } }, {}, []],
    ["JSON beside tools", { tools: [g], outputFormat: { kind: "json" } }, {}, ["response_format"]],
    [
      "what Cohere cannot say",
      {
        verbosity: "low",
        metadata: { a: "b" },
        endUser: "u",
        serviceTier: "flex",
        cacheKey: "k",
        parallelToolCalls: false,
        messages: [user({ ...text("Hi"), cache: {} })],
      },
      {},
      ["cache_control", "verbosity", "metadata", "user", "service_tier", "prompt_cache_key", "parallel_tool_calls"],
    ],
    [
      "an old thought",
      { messages: [{ role: "assistant", content: [{ type: "reasoning", text: "Hm" }, text("So")] }] },
      { messages: [{ role: "assistant", content: "So" }] },
      ["messages.reasoning"],
    ],
  ])("says %s", (_what, request, expected, dropped) => {
    const written = write(request);
    expect(written.body).toMatchObject(expected);
    expect(written.dropped).toEqual(dropped);
  });

  it("does not send a choice without tools, nor an empty stop", () => {
    expect(Object.keys(write({ toolChoice: { kind: "required" }, stop: [] }).body)).toEqual(["model", "messages"]);
  });

  it("refuses a schema beside tools", () => {
    const outputFormat = { kind: "schema", schema: {} } as const;
    expect(refusal(() => write({ tools: [g], outputFormat }))).toMatchObject({ code: "cannot_translate", param: "response_format" });
  });
});
