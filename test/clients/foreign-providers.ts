import type { DialectId } from "#shared/schema/provider.ts";
import { encodeAwsEventStream, loadAwsEventStream } from "#core/wire/aws-event-stream.ts";
import { json, sseText } from "../fakes/replies.ts";
import type { Script } from "../fakes/scripted-provider.ts";

await loadAwsEventStream();

/** A row of `assets/providers/` that speaks one dialect, and what its requests and errors look like on the wire. */
export interface ForeignProvider {
  readonly dialect: DialectId;
  /** The row's id, which is the model's prefix too. */
  readonly row: string;
  /** A model that can do all that the tests ask for. */
  readonly model: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The path of the scripted provider that stands for this one's base URL. */
  readonly basePath: string;
  /** The header that must carry the key. */
  readonly auth: readonly [name: string, value: string];
  /** What the request asks for, read as the provider's own documentation has it. */
  readonly read: RequestReader;
  /** Refuses a call. */
  readonly refuse: (status: number, message: string, headers?: Readonly<Record<string, string>>) => Script;
  /** What the provider sends in the middle of a stream when it fails there. */
  readonly streamError: (message: string) => string | Uint8Array;
}

/** Looks into a request by hand, so that nothing of the dialect under test judges itself. */
export interface RequestReader {
  /** The system's words. */
  readonly system: (body: Json) => string;
  /** The calls that the conversation holds. */
  readonly calls: (body: Json) => readonly SeenCall[];
  /** The results of calls that it holds. */
  readonly results: (body: Json) => readonly SeenResult[];
  /** As `data:` URLs. */
  readonly images: (body: Json) => readonly string[];
  /** The JSON schema that the answer must fit; undefined where none is asked for. */
  readonly schema: (body: Json) => unknown;
  /** The thoughts that came back, each with its proof. */
  readonly thoughts: (body: Json) => readonly SeenThought[];
  /** The name of the tool that must be called, be it as the only one; undefined where the model is free. */
  readonly forced: (body: Json) => string | undefined;
}

/** A call in a provider's request. `id` is null where the API needs none. */
export interface SeenCall {
  readonly id: string | null;
  readonly name: string;
  readonly args: unknown;
}

/** A result in a provider's request. `name` is null where the API has no place for it. */
export interface SeenResult {
  readonly id: string | null;
  readonly name: string | null;
  readonly text: string;
}

/** A thought in a provider's request; a part of it that the API has no place for is null. */
export interface SeenThought {
  readonly text: string | null;
  readonly proof: string | null;
}

/** Parsed JSON that a test takes apart. */
// oxlint-disable-next-line typescript/no-explicit-any -- a test that reads a provider's whole request has no use for a type of it
export type Json = any;

const list = (value: Json): readonly Json[] => (Array.isArray(value) ? value : []);
const textOf = (content: Json): string =>
  typeof content === "string"
    ? content
    : list(content)
        .map((part) => String(part.text ?? ""))
        .join("");
const dataUrl = (mediaType: string, data: string): string => `data:${mediaType};base64,${data}`;
const onlyName = (tools: readonly Json[]): string | undefined =>
  tools.length === 1 ? (tools[0].function?.name ?? tools[0].name ?? tools[0].toolSpec?.name) : undefined;
const messagesOf = (body: Json, role: string): readonly Json[] => list(body.messages).filter((message) => message.role === role);
const blocks = (body: Json, role: string): readonly Json[] => messagesOf(body, role).flatMap((message) => list(message.content));

// https://platform.moonshot.ai/docs/api/chat
const chat: RequestReader = {
  system: (body) =>
    messagesOf(body, "system")
      .map(({ content }) => textOf(content))
      .join("\n"),
  calls: (body) =>
    messagesOf(body, "assistant")
      .flatMap((message) => list(message.tool_calls))
      .map((call) => ({ id: call.id, name: call.function.name, args: JSON.parse(call.function.arguments) })),
  results: (body) => messagesOf(body, "tool").map((message) => ({ id: message.tool_call_id, name: null, text: textOf(message.content) })),
  images: (body) => blocks(body, "user").flatMap((part) => (part.type === "image_url" ? [part.image_url.url] : [])),
  schema: (body) => (body.response_format?.type === "json_schema" ? body.response_format.json_schema.schema : undefined),
  thoughts: (body) =>
    messagesOf(body, "assistant").flatMap(({ reasoning_content: text }) => (text === undefined ? [] : [{ text, proof: null }])),
  forced: (body) => (body.tool_choice === "required" ? onlyName(list(body.tools)) : body.tool_choice?.function?.name),
};

// https://docs.perplexity.ai/docs/agent-api/quickstart, https://platform.openai.com/docs/api-reference/responses/create
const responses: RequestReader = {
  system: (body) =>
    [
      body.instructions ?? "",
      ...list(body.input).flatMap((item) => (item.role === "system" || item.role === "developer" ? [textOf(item.content)] : [])),
    ]
      .filter((text) => text !== "")
      .join("\n"),
  calls: (body) =>
    list(body.input).flatMap((item) =>
      item.type === "function_call" ? [{ id: item.call_id, name: item.name, args: JSON.parse(item.arguments) }] : [],
    ),
  results: (body) =>
    list(body.input).flatMap((item) =>
      item.type === "function_call_output" ? [{ id: item.call_id, name: null, text: textOf(item.output) }] : [],
    ),
  images: (body) =>
    list(body.input).flatMap((item) => list(item.content).flatMap((part) => (part.type === "input_image" ? [part.image_url] : []))),
  schema: (body) => (body.text?.format?.type === "json_schema" ? body.text.format.schema : undefined),
  thoughts: (body) =>
    list(body.input).flatMap((item) =>
      item.type === "reasoning" ? [{ text: textOf(item.summary), proof: item.encrypted_content ?? null }] : [],
    ),
  forced: (body) => (body.tool_choice === "required" ? onlyName(list(body.tools)) : body.tool_choice?.name),
};

// https://platform.claude.com/docs/en/api/messages/create
const messages: RequestReader = {
  system: (body) => textOf(body.system),
  calls: (body) =>
    blocks(body, "assistant").flatMap((block) =>
      block.type === "tool_use" ? [{ id: block.id, name: block.name, args: block.input }] : [],
    ),
  results: (body) =>
    blocks(body, "user").flatMap((block) =>
      block.type === "tool_result" ? [{ id: block.tool_use_id, name: null, text: textOf(block.content) }] : [],
    ),
  images: (body) =>
    blocks(body, "user").flatMap((block) => (block.type === "image" ? [dataUrl(block.source.media_type, block.source.data)] : [])),
  schema: (body) => body.output_config?.format?.schema,
  thoughts: (body) =>
    blocks(body, "assistant").flatMap((block) =>
      block.type === "thinking"
        ? [{ text: block.thinking, proof: block.signature }]
        : block.type === "redacted_thinking"
          ? [{ text: null, proof: block.data }]
          : [],
    ),
  forced: (body) => (body.tool_choice?.type === "any" ? onlyName(list(body.tools)) : body.tool_choice?.name),
};

const geminiParts = (body: Json, role: string): readonly Json[] =>
  list(body.contents)
    .filter((content) => content.role === role)
    .flatMap((content) => list(content.parts));

// https://ai.google.dev/api/generate-content
const gemini: RequestReader = {
  system: (body) => textOf(body.systemInstruction?.parts),
  calls: (body) =>
    geminiParts(body, "model").flatMap(({ functionCall: call }) =>
      call === undefined ? [] : [{ id: call.id ?? null, name: call.name, args: call.args ?? {} }],
    ),
  results: (body) =>
    geminiParts(body, "user").flatMap(({ functionResponse: result }) =>
      result === undefined ? [] : [{ id: result.id ?? null, name: result.name, text: JSON.stringify(result.response) }],
    ),
  images: (body) =>
    geminiParts(body, "user").flatMap(({ inlineData: data }) => (data === undefined ? [] : [dataUrl(data.mimeType, data.data)])),
  schema: (body) => body.generationConfig?.responseJsonSchema,
  thoughts: (body) =>
    geminiParts(body, "model").flatMap((part) =>
      part.thought === true || part.thoughtSignature !== undefined
        ? [{ text: part.thought === true ? part.text : null, proof: part.thoughtSignature ?? null }]
        : [],
    ),
  forced: (body) => {
    const choice = body.toolConfig?.functionCallingConfig;
    return choice?.mode === "ANY" ? (choice.allowedFunctionNames?.[0] ?? onlyName(body.tools[0].functionDeclarations)) : undefined;
  },
};

// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
const bedrock: RequestReader = {
  system: (body) => textOf(body.system),
  calls: (body) =>
    blocks(body, "assistant").flatMap(({ toolUse: call }) =>
      call === undefined ? [] : [{ id: call.toolUseId, name: call.name, args: call.input }],
    ),
  results: (body) =>
    blocks(body, "user").flatMap(({ toolResult: result }) =>
      result === undefined
        ? []
        : [
            {
              id: result.toolUseId,
              name: null,
              text: list(result.content)
                .map((part) => part.text ?? JSON.stringify(part.json))
                .join(""),
            },
          ],
    ),
  images: (body) =>
    blocks(body, "user").flatMap(({ image }) => (image === undefined ? [] : [dataUrl(`image/${image.format}`, image.source.bytes)])),
  schema: (body) => {
    const schema = body.outputConfig?.textFormat?.structure?.jsonSchema?.schema;
    return schema === undefined ? undefined : JSON.parse(schema);
  },
  thoughts: (body) =>
    blocks(body, "assistant").flatMap(({ reasoningContent: thought }) =>
      thought === undefined
        ? []
        : thought.reasoningText === undefined
          ? [{ text: null, proof: thought.redactedContent }]
          : [{ text: thought.reasoningText.text, proof: thought.reasoningText.signature ?? null }],
    ),
  forced: ({ toolConfig: config }) => (config?.toolChoice?.any === undefined ? config?.toolChoice?.tool?.name : onlyName(config.tools)),
};

// https://docs.cohere.com/reference/chat
const cohere: RequestReader = {
  system: chat.system,
  calls: chat.calls,
  results: (body) =>
    messagesOf(body, "tool").map(({ tool_call_id: id, content }) => ({
      id,
      name: null,
      text:
        typeof content === "string"
          ? content
          : list(content)
              .map((part) => part.text ?? part.document?.data?.content ?? JSON.stringify(part.document?.data))
              .join(""),
    })),
  images: chat.images,
  schema: ({ response_format: format }) => format?.json_schema ?? format?.schema,
  thoughts: (body) => blocks(body, "assistant").flatMap((part) => (part.type === "thinking" ? [{ text: part.thinking, proof: null }] : [])),
  // Cohere can be told that some tool must be called, not which: https://docs.cohere.com/docs/tool-use-overview
  forced: (body) => (body.tool_choice === "REQUIRED" ? onlyName(list(body.tools)) : undefined),
};

const openAiTypes: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  429: "rate_limit_error",
};
const anthropicTypes: Readonly<Record<number, string>> = { ...openAiTypes, 529: "overloaded_error" };
const googleStatuses: Readonly<Record<number, string>> = { 400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 429: "RESOURCE_EXHAUSTED" };
const awsExceptions: Readonly<Record<number, string>> = {
  400: "ValidationException",
  401: "UnrecognizedClientException",
  429: "ThrottlingException",
};

/** https://platform.openai.com/docs/guides/error-codes */
function refuseAsOpenAi(status: number, message: string, headers?: Readonly<Record<string, string>>): Script {
  return json(status, { error: { message, type: openAiTypes[status] ?? "server_error", param: null, code: null } }, headers);
}

/** One provider of each dialect, by what it speaks. */
export const foreignProviders: Readonly<Record<DialectId, ForeignProvider>> = {
  "openai-chat": {
    dialect: "openai-chat",
    // A row that offers neither Responses nor Messages, for which those clients would be relayed; it wants thoughts back.
    row: "moonshot",
    model: "kimi-k2.5",
    environment: { MOONSHOT_API_KEY: "sk-scripted-moonshot-0123456789abcdef" },
    basePath: "/moonshot/v1",
    auth: ["authorization", "Bearer sk-scripted-moonshot-0123456789abcdef"],
    read: chat,
    refuse: refuseAsOpenAi,
    streamError: (message) => sseText({ data: { error: { message, type: "server_error", param: null, code: null } } }),
  },
  "openai-responses": {
    dialect: "openai-responses",
    row: "perplexity-ai",
    model: "openai/gpt-5.2",
    environment: { PERPLEXITY_API_KEY: "pplx-scripted-0123456789abcdef" },
    basePath: "/perplexity/v1",
    auth: ["authorization", "Bearer pplx-scripted-0123456789abcdef"],
    read: responses,
    refuse: refuseAsOpenAi,
    // https://platform.openai.com/docs/api-reference/responses-streaming/response/failed
    streamError: (message) =>
      sseText({
        event: "response.failed",
        data: {
          type: "response.failed",
          sequence_number: 9,
          response: { id: "resp_scripted", object: "response", status: "failed", error: { code: "server_error", message }, output: [] },
        },
      }),
  },
  "anthropic-messages": {
    dialect: "anthropic-messages",
    row: "anthropic",
    model: "claude-sonnet-4-5-20250929",
    environment: { ANTHROPIC_API_KEY: "sk-ant-scripted-0123456789abcdef" },
    basePath: "/anthropic/v1",
    auth: ["x-api-key", "sk-ant-scripted-0123456789abcdef"],
    read: messages,
    // https://platform.claude.com/docs/en/api/errors
    refuse: (status, message, headers) =>
      json(status, { type: "error", error: { type: anthropicTypes[status] ?? "api_error", message }, request_id: "req_scripted" }, headers),
    streamError: (message) => sseText({ event: "error", data: { type: "error", error: { type: "overloaded_error", message } } }),
  },
  "gemini-generate": {
    dialect: "gemini-generate",
    row: "google-ai",
    model: "gemini-3-pro-preview",
    environment: { GEMINI_API_KEY: "AIzaScripted0123456789abcdef" },
    basePath: "/google/v1beta",
    auth: ["x-goog-api-key", "AIzaScripted0123456789abcdef"],
    read: gemini,
    // https://google.aip.dev/193
    refuse: (status, message, headers) =>
      json(status, { error: { code: status, message, status: googleStatuses[status] ?? "UNAVAILABLE" } }, headers),
    streamError: (message) => sseText({ data: { error: { code: 503, message, status: "UNAVAILABLE" } } }, "\r\n"),
  },
  "bedrock-converse": {
    dialect: "bedrock-converse",
    row: "bedrock",
    model: "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    environment: { AWS_BEARER_TOKEN_BEDROCK: "ABSKScripted0123456789abcdef" },
    basePath: "/bedrock",
    auth: ["authorization", "Bearer ABSKScripted0123456789abcdef"],
    read: bedrock,
    // https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html
    refuse: (status, message, headers) =>
      json(status, { message }, { "x-amzn-errortype": awsExceptions[status] ?? "ServiceUnavailableException", ...headers }),
    streamError: (message) => encodeAwsEventStream({ event: "serviceUnavailableException", data: JSON.stringify({ message }) }),
  },
  "cohere-chat": {
    dialect: "cohere-chat",
    row: "cohere",
    model: "command-a-reasoning-08-2025",
    environment: { COHERE_API_KEY: "co-scripted-0123456789abcdef" },
    basePath: "/cohere/v2",
    auth: ["authorization", "Bearer co-scripted-0123456789abcdef"],
    read: cohere,
    // https://docs.cohere.com/reference/errors
    refuse: (status, message, headers) => json(status, { id: "c14c80c3-18eb-4519-9460-6c92edd8cfb4", message }, headers),
    // https://docs.cohere.com/docs/streaming
    streamError: (message) =>
      sseText({ event: "message-end", data: { type: "message-end", delta: { error: message, finish_reason: "ERROR" } } }),
  },
};
