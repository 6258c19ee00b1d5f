import { describe, expect, it } from "vitest";
import { readFixtures } from "../../../../test/fakes/fixture.ts";
import { quirksSchema } from "#shared/schema/provider.ts";
import type { ChatRequest, Message, UserPart } from "../chat.ts";
import type { JsonObject, JsonValue } from "../json.ts";
import { readRequest } from "./read-request.ts";
import { writeRequest } from "./write-request.ts";

const hi: Message = { role: "user", content: [{ type: "text", text: "Hi" }] };
const tool = { kind: "function", name: "f", parameters: { type: "object", properties: { a: { type: "string" } } } } as const;
const quirks = quirksSchema.parse({});

function write(request: Partial<ChatRequest>): { readonly body: JsonObject; readonly dropped: readonly string[] } {
  const dropped: string[] = [];
  const whole: ChatRequest = { model: "gemini-2.5-flash", stream: false, messages: [hi], tools: [], ...request };
  const body = writeRequest(whole, { quirks, drop: (field) => dropped.push(field) });
  return { body: JSON.parse(JSON.stringify(body)) as JsonObject, dropped };
}

const contentsOf = (request: Partial<ChatRequest>): JsonValue => write(request).body["contents"] as JsonValue;

describe("settings", () => {
  it.each<[Partial<ChatRequest>, JsonObject]>([
    [{ maxTokens: 9 }, { maxOutputTokens: 9 }],
    [{ temperature: 0 }, { temperature: 0 }],
    [
      { topP: 0.9, topK: 4 },
      { topP: 0.9, topK: 4 },
    ],
    [{ seed: 1 }, { seed: 1 }],
    [
      { frequencyPenalty: 1, presencePenalty: 2 },
      { frequencyPenalty: 1, presencePenalty: 2 },
    ],
    [{ stop: ["a", ""] }, { stopSequences: ["a"] }],
    [{ logprobs: 0 }, { responseLogprobs: true }],
    [{ logprobs: 2 }, { responseLogprobs: true, logprobs: 2 }],
    [{ outputFormat: { kind: "json" } }, { responseMimeType: "application/json" }],
    [
      { outputFormat: { kind: "schema", name: "n", schema: { $schema: "x", type: "object", properties: {} } } },
      { responseMimeType: "application/json", responseJsonSchema: { type: "object", properties: {} } },
    ],
  ])("writes %j", (request, generationConfig) => {
    expect(write(request)).toEqual({ body: { contents: [{ role: "user", parts: [{ text: "Hi" }] }], generationConfig }, dropped: [] });
  });

  it.each<[string, ChatRequest["reasoning"], JsonObject | undefined]>([
    ["gemini-2.5-flash", { effort: "low" }, { thinkingBudget: 2048 }],
    ["gemini-2.5-flash", { effort: "none", visible: true }, { thinkingBudget: 0 }],
    ["gemini-2.5-pro", { effort: "none" }, { thinkingBudget: 128 }],
    ["gemini-2.5-pro", { budget: 64_000, visible: true }, { thinkingBudget: 32_768, includeThoughts: true }],
    ["gemini-2.5-flash-lite", { budget: 100 }, { thinkingBudget: 512 }],
    ["gemini-2.5-flash", { isAdaptive: true, visible: true }, { thinkingBudget: -1, includeThoughts: true }],
    ["gemini-3-flash-preview", { effort: "minimal" }, { thinkingLevel: "MINIMAL" }],
    ["gemini-3-pro-preview", { effort: "minimal" }, { thinkingLevel: "LOW" }],
    ["gemini-3-pro-preview", { effort: "medium" }, { thinkingLevel: "HIGH" }],
    ["gemini-3.1-pro-preview", { effort: "medium" }, { thinkingLevel: "MEDIUM" }],
    ["gemini-3.8-flash", { effort: "none" }, { thinkingLevel: "LOW" }],
    ["models/gemini-3.5-flash", { budget: 10_000, visible: true }, { thinkingLevel: "MEDIUM", includeThoughts: true }],
    ["gemini-flash-latest", { effort: "xhigh" }, { thinkingLevel: "HIGH" }],
    ["gemini-3-flash-preview", { isAdaptive: true, visible: true }, { includeThoughts: true }],
    ["gemini-3-flash-preview", {}, undefined],
  ])("tells %s to think %j", (model, reasoning, thinkingConfig) => {
    const { body, dropped } = write({ model, reasoning });
    expect((body["generationConfig"] as JsonObject | undefined)?.["thinkingConfig"]).toEqual(thinkingConfig);
    expect(dropped).toEqual([]);
  });

  it("names what cannot be said", () => {
    const { dropped } = write({
      model: "gemini-2.0-flash",
      reasoning: { effort: "high" },
      verbosity: "low",
      endUser: "u",
      cacheKey: "k",
      parallelToolCalls: false,
      serviceTier: "scale",
      metadata: { Team: "A b" },
      tools: [{ ...tool, strict: true, cache: {} }],
      messages: [
        { role: "user", content: [{ type: "image", detail: "low", source: { kind: "data", mediaType: "image/png", data: "AA==" } }] },
      ],
    });
    expect(dropped.toSorted()).toEqual(
      [
        "reasoning",
        "verbosity",
        "endUser",
        "cacheKey",
        "parallelToolCalls",
        "serviceTier",
        "metadata",
        "strict",
        "cache_control",
        "detail",
      ].toSorted(),
    );
  });

  it("sends metadata as labels where they may be such", () => {
    expect(write({ metadata: { team: "core-1" }, serviceTier: "default" }).body).toMatchObject({
      labels: { team: "core-1" },
      serviceTier: "standard",
    });
  });

  it.each<[string, Partial<ChatRequest>, string]>([
    ["six stop sequences", { stop: ["1", "2", "3", "4", "5", "6"] }, "stop"],
    ["JSON output beside tools before Gemini 3", { outputFormat: { kind: "json" }, tools: [tool] }, "response_format"],
    ["another provider's file", user({ type: "image", source: { kind: "file", id: "file-1" } }), "image"],
    [
      "a URL that Gemini 2.0 does not fetch",
      { model: "gemini-2.0-flash", ...user({ type: "image", source: { kind: "url", url: "https://x.example/a.png" } }) },
      "image",
    ],
  ])("refuses %s", (_name, request, param) => {
    expect(() => write(request)).toThrow(expect.objectContaining({ code: "cannot_translate", param }) as Error);
  });

  it("takes JSON output beside tools from Gemini 3 on", () => {
    expect(write({ model: "gemini-3-flash", outputFormat: { kind: "json" }, tools: [tool] }).body).toHaveProperty("tools");
  });
});

function user(...content: readonly UserPart[]): { readonly messages: readonly Message[] } {
  return { messages: [{ role: "user", content }] };
}

describe("tools", () => {
  it("declares them with their JSON Schema, and without one where they take nothing", () => {
    const empty = { type: "object", properties: {}, additionalProperties: false };
    const { body } = write({ tools: [tool, { kind: "function", name: "g", description: "G", parameters: empty }] });
    expect(body["tools"]).toEqual([
      {
        functionDeclarations: [
          { name: "f", parametersJsonSchema: tool.parameters },
          { name: "g", description: "G" },
        ],
      },
    ]);
  });

  it.each<[ChatRequest["toolChoice"], JsonObject | undefined]>([
    [{ kind: "auto" }, undefined],
    [{ kind: "none" }, { mode: "NONE" }],
    [{ kind: "required" }, { mode: "ANY" }],
    [
      { kind: "tool", name: "f" },
      { mode: "ANY", allowedFunctionNames: ["f"] },
    ],
    [
      { kind: "allowed", names: ["f"], required: true },
      { mode: "ANY", allowedFunctionNames: ["f"] },
    ],
    [
      { kind: "allowed", names: ["f"], required: false },
      { mode: "VALIDATED", allowedFunctionNames: ["f"] },
    ],
  ])("writes the choice %j", (toolChoice, functionCallingConfig) => {
    expect(write({ tools: [tool], toolChoice }).body["toolConfig"]).toEqual(
      functionCallingConfig === undefined ? undefined : { functionCallingConfig },
    );
  });
});

describe("contents", () => {
  it("keeps the system's words apart, joins turns, leaves empty texts out", () => {
    const { body } = write({
      messages: [
        { role: "system", authority: "system", content: [{ type: "text", text: "Be brief" }] },
        hi,
        {
          role: "user",
          content: [
            { type: "text", text: "" },
            { type: "text", text: "there" },
          ],
        },
        { role: "assistant", content: [{ type: "text", text: "" }] },
        { role: "system", authority: "developer", content: [{ type: "text", text: "Now rhyme" }] },
      ],
    });
    expect(body).toEqual({
      systemInstruction: { parts: [{ text: "Be brief" }, { text: "Now rhyme" }] },
      contents: [{ role: "user", parts: [{ text: "Hi" }, { text: "there" }] }],
    });
  });

  it("asks a lone system message as a user's, since Google answers none without contents", () => {
    expect(write({ messages: [{ role: "system", authority: "system", content: [{ type: "text", text: "Say hi" }] }] }).body).toEqual({
      contents: [{ role: "user", parts: [{ text: "Say hi" }] }],
    });
  });

  it.each<[UserPart, JsonObject]>([
    [
      { type: "image", source: { kind: "data", mediaType: "image/png", data: "AA==" } },
      { inlineData: { mimeType: "image/png", data: "AA==" } },
    ],
    [
      { type: "image", source: { kind: "url", url: "https://x.example/a.webp?b=1" } },
      { fileData: { mimeType: "image/webp", fileUri: "https://x.example/a.webp?b=1" } },
    ],
    [
      { type: "image", source: { kind: "url", url: "https://x.example/a" } },
      { fileData: { mimeType: "image/jpeg", fileUri: "https://x.example/a" } },
    ],
    [{ type: "document", source: { kind: "text", text: "T" } }, { text: "T" }],
    [
      { type: "document", source: { kind: "data", mediaType: "application/pdf", data: "AA==" }, name: "a.pdf" },
      { inlineData: { mimeType: "application/pdf", data: "AA==" } },
    ],
    [
      { type: "audio", source: { kind: "data", mediaType: "audio/wav", data: "AA==" } },
      { inlineData: { mimeType: "audio/wav", data: "AA==" } },
    ],
    [
      { type: "video", source: { kind: "file", id: "gs://b/a.mp4", mediaType: "video/mp4" } },
      { fileData: { mimeType: "video/mp4", fileUri: "gs://b/a.mp4" } },
    ],
  ])("writes %j", (part, wanted) => {
    expect(contentsOf(user(part))).toEqual([{ role: "user", parts: [wanted] }]);
  });

  const call = (id: string, name = "f", json = '{"a":"1"}'): Extract<Message, { role: "assistant" }>["content"][number] => ({
    type: "tool-call",
    id,
    name,
    arguments: json,
  });
  const result = (callId: string, text: string, isError = false): UserPart => ({
    type: "tool-result",
    callId,
    content: [{ type: "text", text }],
    isError,
  });
  const response = (id: string, name: string, value: JsonObject): JsonObject => ({ functionResponse: { id, name, response: value } });

  it("puts results in the order of their calls, names them by their calls, and errors where Google looks for them", () => {
    const messages: readonly Message[] = [
      hi,
      { role: "assistant", content: [call("c1"), call("c2", "g", "{}"), call("c3", "h", "not json")] },
      {
        role: "user",
        content: [result("c3", "broken", true), result("c1", '{"big":12345678901234567890}'), { type: "text", text: "go on" }],
      },
      { role: "user", content: [result("c2", '{"ok":true}')] },
    ];
    expect(contentsOf({ messages })).toEqual([
      { role: "user", parts: [{ text: "Hi" }] },
      {
        role: "model",
        parts: [
          { functionCall: { id: "c1", name: "f", args: { a: "1" } } },
          { functionCall: { id: "c2", name: "g", args: {} } },
          { functionCall: { id: "c3", name: "h", args: { arguments: "not json" } } },
        ],
      },
      {
        role: "user",
        parts: [
          response("c1", "f", { output: '{"big":12345678901234567890}' }),
          response("c2", "g", { ok: true }),
          response("c3", "h", { error: "broken" }),
          { text: "go on" },
        ],
      },
    ]);
  });

  it("signs the first call of each step of the current turn for Gemini 3, where its signature is lost", () => {
    const signed = { ...call("c4"), signature: { maker: "google", value: "own" } } as const;
    const messages: readonly Message[] = [
      hi,
      { role: "assistant", content: [call("c0")] },
      { role: "user", content: [result("c0", "0")] },
      { role: "assistant", content: [{ type: "text", text: "Done" }] },
      hi,
      { role: "assistant", content: [call("c1"), call("c2")] },
      { role: "user", content: [result("c1", "1"), result("c2", "2"), { type: "text", text: "(a reminder)" }] },
      { role: "assistant", content: [signed, call("c5")] },
      { role: "user", content: [result("c4", "4"), result("c5", "5")] },
    ];
    const signatures = (model: string): readonly (readonly unknown[])[] =>
      (contentsOf({ model, messages }) as readonly { role: string; parts: readonly JsonObject[] }[])
        .filter(({ role }) => role === "model")
        .map(({ parts }) => parts.map((part) => part["thoughtSignature"]));
    const dummy = "skip_thought_signature_validator";
    expect(signatures("gemini-3-flash")).toEqual([[undefined], [undefined], [dummy, undefined], ["own", undefined]]);
    expect(signatures("gemini-2.5-pro")).toEqual([[undefined], [undefined], [undefined, undefined], ["own", undefined]]);
  });

  it("puts a signature without a thought on the words beside it", () => {
    const signature = (value: string): Extract<Message, { role: "assistant" }>["content"][number] => ({
      type: "reasoning",
      text: "",
      signature: { maker: "google", value, isRedacted: true },
    });
    const model = (...content: Extract<Message, { role: "assistant" }>["content"]): JsonValue =>
      ((contentsOf({ messages: [hi, { role: "assistant", content }] }) as readonly JsonObject[])[1] as JsonObject)["parts"] as JsonValue;
    const text = { type: "text", text: "A" } as const;
    expect(model(text, signature("s"))).toEqual([{ text: "A", thoughtSignature: "s" }]);
    expect(model(signature("s"), text)).toEqual([{ text: "A", thoughtSignature: "s" }]);
    expect(model(signature("s"), call("c"))).toMatchObject([{ text: "", thoughtSignature: "s" }, { functionCall: {} }]);
    expect(model(text, signature("s"), signature("t"))).toEqual([
      { text: "A", thoughtSignature: "s" },
      { text: "", thoughtSignature: "t" },
    ]);
    expect(model({ type: "reasoning", text: "hm", signature: { maker: "google", value: "s" } }, text)).toEqual([
      { text: "hm", thought: true, thoughtSignature: "s" },
      { text: "A" },
    ]);
  });

  it("puts a result's images inside it for Gemini 3, and behind the results before", () => {
    const image = { type: "image", source: { kind: "data", mediaType: "image/png", data: "AA==" } } as const;
    const messages: readonly Message[] = [
      hi,
      { role: "assistant", content: [call("c1"), call("c2")] },
      { role: "user", content: [{ type: "tool-result", callId: "c1", content: [image], isError: false }, result("c2", "2")] },
    ];
    const parts = (model: string): unknown => (contentsOf({ model, messages }) as readonly JsonObject[])[2]?.["parts"];
    const inline = { inlineData: { mimeType: "image/png", data: "AA==" } };
    expect(parts("gemini-3-flash")).toMatchObject([
      { functionResponse: { id: "c1", parts: [inline] } },
      { functionResponse: { id: "c2" } },
    ]);
    expect(parts("gemini-2.5-flash")).toMatchObject([{ functionResponse: { id: "c1" } }, { functionResponse: { id: "c2" } }, inline]);
  });
});

describe("round trip", () => {
  const trip = (body: JsonObject, model: string): JsonObject =>
    JSON.parse(
      JSON.stringify(writeRequest(readRequest(body, { model, stream: false, drop: () => {} }), { quirks, drop: () => {} })),
    ) as JsonObject;

  it("keeps a conversation with everything in it", () => {
    const body: JsonObject = {
      systemInstruction: { parts: [{ text: "Be brief" }] },
      contents: [
        { role: "user", parts: [{ text: "Look" }, { inlineData: { mimeType: "image/png", data: "AA==" } }] },
        {
          role: "model",
          parts: [
            { text: "hm", thought: true, thoughtSignature: "s0" },
            { text: "A", thoughtSignature: "s1" },
            { functionCall: { id: "c1", name: "f", args: { a: [1, null] } }, thoughtSignature: "s2" },
            { functionCall: { id: "c2", name: "f", args: {} } },
          ],
        },
        {
          role: "user",
          parts: [
            { functionResponse: { id: "c1", name: "f", response: { temperature: 5 } } },
            { functionResponse: { id: "c2", name: "f", response: { error: "no" } } },
          ],
        },
      ],
      tools: [
        {
          functionDeclarations: [
            { name: "f", description: "F", parametersJsonSchema: { type: "object", properties: { a: { type: "array" } } } },
          ],
        },
      ],
      toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["f"] } },
      generationConfig: {
        maxOutputTokens: 5,
        temperature: 1,
        topP: 0.5,
        topK: 3,
        seed: 7,
        stopSequences: ["x"],
        responseLogprobs: true,
        logprobs: 2,
        thinkingConfig: { thinkingLevel: "LOW", includeThoughts: true },
      },
      labels: { a: "b" },
      serviceTier: "flex",
    };
    expect(trip(body, "gemini-3-flash")).toEqual(body);
  });

  it("is stable for the requests of every fixture", () => {
    for (const { request } of readFixtures("gemini-generate")) {
      if (request === null) continue;
      const once = trip(request as JsonObject, "gemini-3-flash");
      expect(trip(once, "gemini-3-flash")).toEqual(once);
    }
  });
});
