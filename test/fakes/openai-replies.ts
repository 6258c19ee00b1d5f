import { json, sse, type SseFrame, type StreamOptions } from "./replies.ts";
import type { RecordedRequest, Script } from "./scripted-provider.ts";

/** OpenAI's `usage`, as far as every reply has it. */
export interface OpenAiUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details?: { readonly cached_tokens?: number; readonly audio_tokens?: number };
  readonly completion_tokens_details?: { readonly reasoning_tokens?: number; readonly audio_tokens?: number };
}

/** One part of an answer: what goes into `message`, or piece by piece into `delta`. */
interface AnswerOptions {
  /** By default the one that was asked for. */
  readonly model?: string;
  readonly id?: string;
  readonly created?: number;
  readonly finishReason?: "stop" | "length" | "tool_calls" | "content_filter";
  readonly usage?: OpenAiUsage;
}

/** A plain answer. */
export interface OpenAiChatOptions extends AnswerOptions {
  readonly content?: string | null;
  readonly toolCalls?: readonly { readonly id: string; readonly name: string; readonly arguments: string }[];
}

/** A streamed answer. */
export interface OpenAiStreamOptions extends AnswerOptions, Omit<StreamOptions, "headers"> {
  /** A string is a piece of `content`; an object is a whole `delta`. */
  readonly deltas?: readonly (string | Readonly<Record<string, unknown>>)[];
  /** Whether usage is sent: by default where the request's `stream_options.include_usage` asks for it. */
  readonly includeUsage?: boolean;
  /** Sent after the deltas as a frame of its own; nothing follows but what `noDone` leaves. */
  readonly error?: Readonly<Record<string, unknown>>;
}

const plainUsage: OpenAiUsage = {
  prompt_tokens: 19,
  completion_tokens: 10,
  total_tokens: 29,
  prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
};

/**
 * The body of a chat completion.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/object
 */
export function openAiChatBody(options: OpenAiChatOptions = {}): Readonly<Record<string, unknown>> {
  const toolCalls = options.toolCalls?.map(({ id, name, arguments: json }) => ({
    id,
    type: "function",
    function: { name, arguments: json },
  }));
  return {
    id: options.id ?? "chatcmpl-scripted",
    object: "chat.completion",
    created: options.created ?? 1_741_569_952,
    model: options.model ?? "gpt-4o",
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: options.content ?? (toolCalls === undefined ? "Hello! How can I assist you today?" : null),
          ...(toolCalls === undefined ? {} : { tool_calls: toolCalls }),
          refusal: null,
          annotations: [],
        },
        logprobs: null,
        finish_reason: options.finishReason ?? (toolCalls === undefined ? "stop" : "tool_calls"),
      },
    ],
    usage: options.usage ?? plainUsage,
    service_tier: "default",
    system_fingerprint: "fp_scripted",
  };
}

/** Answers with {@link openAiChatBody}. */
export function openAiChat(options: OpenAiChatOptions = {}): Script {
  return (exchange) => json(200, openAiChatBody({ model: askedFor(exchange.request).model, ...options }))(exchange);
}

/**
 * The frames of a streamed chat completion, without the final `[DONE]`.
 *
 * @see https://platform.openai.com/docs/api-reference/chat-streaming
 */
export function openAiStreamFrames(options: OpenAiStreamOptions = {}): SseFrame[] {
  const includeUsage = options.includeUsage === true;
  function chunk(choices: readonly unknown[], usage: OpenAiUsage | null): SseFrame {
    return {
      data: {
        id: options.id ?? "chatcmpl-scripted",
        object: "chat.completion.chunk",
        created: options.created ?? 1_741_569_952,
        model: options.model ?? "gpt-4o",
        service_tier: "default",
        system_fingerprint: "fp_scripted",
        choices,
        // With include_usage, every chunk has the field, and only the last one has a value in it.
        ...(includeUsage ? { usage } : {}),
      },
    };
  }
  const choice = (delta: unknown, finishReason: string | null): SseFrame =>
    chunk([{ index: 0, delta, logprobs: null, finish_reason: finishReason }], null);
  const deltas = (options.deltas ?? ["Hel", "lo", "!"]).map((delta) =>
    choice(typeof delta === "string" ? { content: delta } : delta, null),
  );
  const begun = [choice({ role: "assistant", content: "", refusal: null }, null), ...deltas];
  if (options.error !== undefined) return [...begun, { data: { error: options.error } }];
  const ended = [...begun, choice({}, options.finishReason ?? "stop")];
  return includeUsage ? [...ended, chunk([], options.usage ?? plainUsage)] : ended;
}

/** Answers with {@link openAiStreamFrames} and `[DONE]`. */
export function openAiStream(options: OpenAiStreamOptions = {}): Script {
  return (exchange) => {
    const asked = askedFor(exchange.request);
    return sse(openAiStreamFrames({ model: asked.model, includeUsage: asked.includeUsage, ...options }), options)(exchange);
  };
}

/** Streams where the request asks for it, else answers plainly, with the same words. */
export function openAi(content = "Hello!"): Script {
  return (exchange) => {
    const pieces = content.match(/.{1,4}/gsu) ?? [];
    return (askedFor(exchange.request).stream ? openAiStream({ deltas: pieces }) : openAiChat({ content }))(exchange);
  };
}

/**
 * Answers with an error.
 *
 * @see https://platform.openai.com/docs/guides/error-codes
 */
export function openAiError(
  status: number,
  error: { readonly message: string; readonly type?: string; readonly param?: string | null; readonly code?: string | null },
  headers: Readonly<Record<string, string>> = {},
): Script {
  return json(status, { error: { type: "invalid_request_error", param: null, code: null, ...error } }, headers);
}

/**
 * Answers with a list of models.
 *
 * @see https://platform.openai.com/docs/api-reference/models/list
 */
export function openAiModels(ids: readonly string[]): Script {
  return json(200, { object: "list", data: ids.map((id) => ({ id, object: "model", created: 1_686_935_002, owned_by: "openai" })) });
}

interface Asked {
  readonly model?: unknown;
  readonly stream?: unknown;
  readonly stream_options?: { readonly include_usage?: unknown } | null;
}

function askedFor(request: RecordedRequest): { model: string; stream: boolean; includeUsage: boolean } {
  const body = readAsked(request);
  return {
    model: typeof body?.model === "string" ? body.model : "gpt-4o",
    stream: body?.stream === true,
    includeUsage: body?.stream_options?.include_usage === true,
  };
}

function readAsked(request: RecordedRequest): Asked | null {
  try {
    return request.json() as Asked | null;
  } catch {
    // A body that is no JSON is for the test to notice; the answer comes all the same.
    return null;
  }
}
