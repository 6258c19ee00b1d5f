import { describe, expect, it } from "vitest";
import type { PosternError } from "#shared/errors.ts";
import type { ChatRequest } from "../chat.ts";
import type { JsonObject, JsonValue } from "../json.ts";
import { readRequest } from "./read-request.ts";

// Shapes of https://ai.google.dev/api/generate-content and https://ai.google.dev/api/caching

const hi = { role: "user", parts: [{ text: "Hi" }] };

function read(body: JsonObject): { readonly request: ChatRequest; readonly dropped: readonly string[] } {
  const dropped: string[] = [];
  const request = readRequest(body, { model: "m", stream: false, drop: (field) => dropped.push(field) });
  return { request, dropped };
}

function config(generationConfig: JsonObject): { readonly request: ChatRequest; readonly dropped: readonly string[] } {
  return read({ contents: [hi], generationConfig });
}

describe("settings", () => {
  it.each<[string, JsonValue, Partial<ChatRequest>]>([
    ["maxOutputTokens", 9, { maxTokens: 9 }],
    ["temperature", 0.5, { temperature: 0.5 }],
    ["topP", 0.9, { topP: 0.9 }],
    ["topK", 40, { topK: 40 }],
    ["seed", -3, { seed: -3 }],
    ["frequencyPenalty", 0.1, { frequencyPenalty: 0.1 }],
    ["presencePenalty", -0.1, { presencePenalty: -0.1 }],
    ["stopSequences", ["END"], { stop: ["END"] }],
    ["candidateCount", 1, {}],
    ["responseMimeType", "application/json", { outputFormat: { kind: "json" } }],
    ["responseMimeType", "text/plain", {}],
    ["responseSchema", { type: "STRING" }, { outputFormat: { kind: "schema", schema: { type: "string" } } }],
    ["responseJsonSchema", { type: "string" }, { outputFormat: { kind: "schema", schema: { type: "string" } } }],
    ["_responseJsonSchema", { type: "string" }, { outputFormat: { kind: "schema", schema: { type: "string" } } }],
    ["responseModalities", ["TEXT"], {}],
    ["thinkingConfig", { thinkingBudget: -1, includeThoughts: true }, { reasoning: { isAdaptive: true, visible: true } }],
    ["thinkingConfig", { thinkingBudget: 0 }, { reasoning: { budget: 0 } }],
    ["thinkingConfig", { thinkingLevel: "HIGH" }, { reasoning: { effort: "high" } }],
    ["thinkingConfig", { thinking_level: "low" }, { reasoning: { effort: "low" } }],
  ])("reads %s = %j", (name, value, wanted) => {
    const { request, dropped } = config({ [name]: value });
    expect(JSON.parse(JSON.stringify(request))).toEqual({
      model: "m",
      stream: false,
      messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }],
      tools: [],
      ...wanted,
    });
    expect(dropped).toEqual([]);
  });

  it("asks for log probabilities only where they are switched on", () => {
    expect(config({ responseLogprobs: true, logprobs: 3 }).request.logprobs).toBe(3);
    expect(config({ responseLogprobs: true }).request.logprobs).toBe(0);
    expect(config({ logprobs: 3 }).request.logprobs).toBeUndefined();
  });

  it("reads labels and the service tier, and names what nobody else can be told", () => {
    const { request, dropped } = read({
      model: "models/m",
      contents: [hi],
      labels: { team: "core" },
      serviceTier: "SERVICE_TIER_FLEX",
      safetySettings: [{ category: "HARM_CATEGORY_HARASSMENT", threshold: "BLOCK_NONE" }],
      generationConfig: { speechConfig: {}, mediaResolution: "MEDIA_RESOLUTION_LOW", responseModalities: ["TEXT", "IMAGE"] },
      toolConfig: { retrievalConfig: { languageCode: "en" }, functionCallingConfig: { streamFunctionCallArguments: true } },
    });
    expect(request).toMatchObject({ metadata: { team: "core" }, serviceTier: "flex", toolChoice: { kind: "auto" } });
    expect(dropped.toSorted()).toEqual([
      "generationConfig.mediaResolution",
      "generationConfig.responseModalities",
      "generationConfig.speechConfig",
      "safetySettings",
      "toolConfig.functionCallingConfig.streamFunctionCallArguments",
      "toolConfig.retrievalConfig",
    ]);
  });

  it("reads the same from snake_case", () => {
    const camel = read({
      systemInstruction: { parts: [{ text: "Be brief" }] },
      contents: [hi, { role: "user", parts: [{ inlineData: { mimeType: "image/png", data: "AA==" } }] }],
      tools: [{ functionDeclarations: [{ name: "f", parametersJsonSchema: { type: "object" } }] }, { googleSearch: {} }],
      toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["f"] } },
      generationConfig: { maxOutputTokens: 5, responseMimeType: "application/json", thinkingConfig: { thinkingBudget: 5 } },
    });
    const snake = read({
      system_instruction: { parts: { text: "Be brief" } },
      contents: [hi, { role: "user", parts: [{ inline_data: { mime_type: "image/png", data: "AA==" } }] }],
      tools: [{ function_declarations: [{ name: "f", parameters_json_schema: { type: "object" } }] }, { google_search: {} }],
      tool_config: { function_calling_config: { mode: "ANY", allowed_function_names: ["f"] } },
      generation_config: { max_output_tokens: 5, response_mime_type: "application/json", thinking_config: { thinking_budget: 5 } },
    });
    expect(snake).toEqual(camel);
    expect(camel.dropped).toEqual([]);
    expect(camel.request.tools).toMatchObject([
      { kind: "function", name: "f", parameters: { type: "object" } },
      { kind: "hosted", name: "googleSearch" },
    ]);
  });
});

describe("tool choice", () => {
  it.each<[JsonObject, ChatRequest["toolChoice"]]>([
    [{ mode: "AUTO" }, { kind: "auto" }],
    [{ mode: "MODE_UNSPECIFIED" }, { kind: "auto" }],
    [{ mode: "NONE" }, { kind: "none" }],
    [{ mode: "ANY" }, { kind: "required" }],
    [
      { mode: "ANY", allowedFunctionNames: ["a"] },
      { kind: "tool", name: "a" },
    ],
    [
      { mode: "ANY", allowedFunctionNames: ["a", "b"] },
      { kind: "allowed", names: ["a", "b"], required: true },
    ],
    [
      { mode: "VALIDATED", allowedFunctionNames: ["a"] },
      { kind: "allowed", names: ["a"], required: false },
    ],
    [{ mode: "VALIDATED" }, { kind: "auto" }],
  ])("reads %j", (functionCallingConfig, wanted) => {
    expect(read({ contents: [hi], toolConfig: { functionCallingConfig } }).request.toolChoice).toEqual(wanted);
  });
});

describe("contents", () => {
  const user = (part: JsonObject): JsonValue => {
    const { request, dropped } = read({ contents: [{ parts: [part] }] });
    expect(dropped).toEqual([]);
    return JSON.parse(JSON.stringify(request.messages[0]?.content)) as JsonValue;
  };

  it.each<[string, JsonObject, JsonValue]>([
    [
      "an image",
      { inlineData: { mimeType: "image/png", data: "AA==" } },
      { type: "image", source: { kind: "data", mediaType: "image/png", data: "AA==" } },
    ],
    [
      "base64 for URLs",
      { inlineData: { mimeType: "image/png", data: "-_8=" } },
      { type: "image", source: { kind: "data", mediaType: "image/png", data: "+/8=" } },
    ],
    [
      "sound",
      { inlineData: { mimeType: "audio/wav", data: "AA==" } },
      { type: "audio", source: { kind: "data", mediaType: "audio/wav", data: "AA==" } },
    ],
    [
      "a PDF by URL",
      { fileData: { fileUri: "https://x.example/a.pdf" } },
      { type: "document", source: { kind: "url", url: "https://x.example/a.pdf", mediaType: "application/pdf" } },
    ],
    [
      "a film on YouTube",
      { fileData: { fileUri: "https://youtu.be/abc" } },
      { type: "video", source: { kind: "url", url: "https://youtu.be/abc", mediaType: "video/mp4" } },
    ],
    [
      "an uploaded file",
      { fileData: { mimeType: "image/png", fileUri: "https://generativelanguage.googleapis.com/v1beta/files/a" } },
      { type: "image", source: { kind: "file", id: "https://generativelanguage.googleapis.com/v1beta/files/a", mediaType: "image/png" } },
    ],
    [
      "a file in a bucket",
      { fileData: { mimeType: "application/pdf", fileUri: "gs://b/a.pdf" } },
      { type: "document", source: { kind: "file", id: "gs://b/a.pdf", mediaType: "application/pdf" } },
    ],
  ])("reads %s", (_name, part, wanted) => {
    expect(user(part)).toEqual([wanted]);
  });

  it("matches calls and results by id, else by name and order", () => {
    const call = (name: string, id?: string): JsonObject => ({ functionCall: { name, args: {}, ...(id === undefined ? {} : { id }) } });
    const result = (name: string, output: string, id?: string): JsonObject => ({
      functionResponse: { name, response: { output }, ...(id === undefined ? {} : { id }) },
    });
    const { request } = read({
      contents: [
        hi,
        { role: "model", parts: [call("f"), call("f"), call("g", "own"), call("f", "third")] },
        { role: "function", parts: [result("f", "3", "third"), result("g", "g"), result("f", "1"), result("f", "2")] },
        { role: "model", parts: [call("f")] },
        { role: "user", parts: [result("f", "4")] },
      ],
    });
    const ids = request.messages.map((message) =>
      message.content.map((part) => ("callId" in part ? part.callId : "id" in part ? part.id : null)),
    );
    expect(ids).toEqual([
      [null],
      ["call_f_1", "call_f_2", "own", "third"],
      ["third", "own", "call_f_1", "call_f_2"],
      ["call_f_3"],
      ["call_f_3"],
    ]);
  });

  it.each<[JsonObject, string, boolean]>([
    [{ output: "fine" }, "fine", false],
    [{ result: { a: 1 } }, '{"a":1}', false],
    [{ a: 1, b: 2 }, '{"a":1,"b":2}', false],
    [{ error: "broken" }, "broken", true],
    [{ error: { code: 1 } }, '{"code":1}', true],
    [{ error: null }, '{"error":null}', false],
    [{ name: "f", content: "fine" }, "fine", false],
    [{ name: "g", content: "fine" }, '{"name":"g","content":"fine"}', false],
    [{ content: "fine" }, '{"content":"fine"}', false],
    [{}, "", false],
  ])("reads a result of %j", (response, text, isError) => {
    expect(user({ functionResponse: { name: "f", response } })).toMatchObject([
      { type: "tool-result", name: "f", content: [{ text }], isError },
    ]);
  });

  it("reads what a model thought and signed, and passes over what Google ran itself", () => {
    const { request, dropped } = read({
      contents: [
        hi,
        {
          role: "model",
          parts: [
            { text: "hm", thought: true, thoughtSignature: "s0" },
            { text: "A", thoughtSignature: "s1" },
            { executableCode: { language: "PYTHON", code: "1" } },
            { functionCall: { name: "f" }, thought_signature: "s2" },
            { text: "", thoughtSignature: "s3" },
          ],
        },
      ],
    });
    const google = (value: string): JsonObject => ({ maker: "google", value });
    expect(JSON.parse(JSON.stringify(request.messages[1]?.content))).toEqual([
      { type: "reasoning", text: "hm", signature: google("s0") },
      { type: "reasoning", text: "", signature: { ...google("s1"), isRedacted: true } },
      { type: "text", text: "A" },
      { type: "tool-call", id: "call_f_1", name: "f", arguments: "{}", signature: google("s2") },
      { type: "reasoning", text: "", signature: { ...google("s3"), isRedacted: true } },
    ]);
    expect(dropped).toEqual(["contents[1].parts[2].executableCode"]);
  });

  it("takes a content without a role for the user's, unless it calls a function", () => {
    const { request } = read({ contents: [{ parts: [{ text: "Hi" }] }, { parts: [{ functionCall: { name: "f" } }] }] });
    expect(request.messages.map(({ role }) => role)).toEqual(["user", "assistant"]);
  });

  it("joins what an SDK kept of a stream frame by frame, so that a thought is whole with its signature", () => {
    const model = (part: JsonObject): JsonObject => ({ role: "model", parts: [part] });
    const { request } = read({
      contents: [
        hi,
        model({ text: "h", thought: true }),
        model({ text: "m", thought: true, thoughtSignature: "s1" }),
        model({ text: "so", thought: true }),
        model({ text: "A" }),
        model({ text: "B" }),
        model({ functionCall: { name: "f" } }),
        model({ text: "" }),
        hi,
        hi,
      ],
    });
    expect(JSON.parse(JSON.stringify(request.messages))).toMatchObject([
      { role: "user" },
      {
        role: "assistant",
        content: [
          { type: "reasoning", text: "hm", signature: { maker: "google", value: "s1" } },
          { type: "reasoning", text: "so" },
          { type: "text", text: "AB" },
          { type: "tool-call" },
        ],
      },
      { role: "user" },
      { role: "user" },
    ]);
  });

  it("takes the stand-in for a lost signature for none", () => {
    const part = { functionCall: { name: "f" }, thoughtSignature: "skip_thought_signature_validator" };
    const { request } = read({ contents: [hi, { role: "model", parts: [part] }] });
    expect(request.messages[1]?.content).toEqual([{ type: "tool-call", id: "call_f_1", name: "f", arguments: "{}", signature: undefined }]);
  });

  it("keeps the images of a result", () => {
    const part = {
      functionResponse: { name: "f", response: { output: "see" }, parts: [{ inlineData: { mimeType: "image/png", data: "AA==" } }] },
    };
    expect(user(part)).toMatchObject([{ content: [{ type: "text", text: "see" }, { type: "image" }] }]);
  });
});

describe("what is refused", () => {
  const contents = [hi];
  it.each<[JsonObject, string]>([
    [{}, "contents"],
    [{ contents: [] }, "contents"],
    [{ contents: "Hi" }, "contents"],
    [{ contents: ["Hi"] }, "contents[0]"],
    [{ contents: [hi, { role: "assistant", parts: [] }] }, "contents[1].role"],
    [{ contents: [{ parts: "Hi" }] }, "contents[0].parts"],
    [{ contents: [{ parts: [{ text: 5 }] }] }, "contents[0].parts[0].text"],
    [{ contents: [{ parts: [{ inline_data: { mime_type: 5 } }] }] }, "contents[0].parts[0].inline_data.mime_type"],
    [{ contents: [{ parts: [{ fileData: {} }] }] }, "contents[0].parts[0].fileData.fileUri"],
    [{ contents: [{ role: "model", parts: [{ functionCall: {} }] }] }, "contents[0].parts[0].functionCall.name"],
    [{ contents: [{ role: "model", parts: [{ functionCall: { name: "f", args: "{}" } }] }] }, "contents[0].parts[0].functionCall.args"],
    [{ contents: [{ parts: [{ functionResponse: { name: "f", response: [] } }] }] }, "contents[0].parts[0].functionResponse.response"],
    [{ contents, tools: [{ functionDeclarations: [{}] }] }, "tools[0].functionDeclarations[0].name"],
    [{ contents, toolConfig: { functionCallingConfig: { mode: "MAYBE" } } }, "toolConfig.functionCallingConfig.mode"],
    [{ contents, generationConfig: { temperature: "hot" } }, "generationConfig.temperature"],
    [{ contents, generation_config: { max_output_tokens: 0.5 } }, "generation_config.max_output_tokens"],
    [{ contents, generationConfig: { thinkingConfig: { thinkingLevel: "HUGE" } } }, "generationConfig.thinkingConfig.thinkingLevel"],
    [{ contents, systemInstruction: 5 }, "systemInstruction"],
    [{ contents, labels: { a: 5 } }, "labels.a"],
  ])("a wrong value: %j", (body, param) => {
    expect(failure(body)).toMatchObject({ code: "invalid_value", status: 400, param });
  });

  it.each<[JsonObject, string]>([
    [{ contents, cachedContent: "cachedContents/1" }, "cachedContent"],
    [{ contents, cached_content: "cachedContents/1" }, "cached_content"],
    [{ contents, continuationToken: "t" }, "continuationToken"],
    [{ contents, generationConfig: { candidateCount: 2 } }, "generationConfig.candidateCount"],
    [{ contents, generationConfig: { responseModalities: ["AUDIO"] } }, "generationConfig.responseModalities"],
    [{ contents, generationConfig: { responseModalities: ["image"] } }, "generationConfig.responseModalities"],
    [{ contents, generationConfig: { responseMimeType: "text/x.enum" } }, "generationConfig.responseMimeType"],
  ])("what would change its meaning: %j", (body, param) => {
    expect(failure(body)).toMatchObject({ code: "cannot_translate", param });
  });
});

function failure(body: JsonObject): PosternError {
  try {
    read(body);
  } catch (error) {
    return error as PosternError;
  }
  throw new Error("was accepted");
}
