import type { JsonObject } from "./json.ts";

/**
 * The conversation as Postern knows it, between one dialect and another: what a client asks for and what a provider
 * answers, in terms that no single API owns. A dialect reads into it and writes from it; nothing else does.
 */

/** What a client asks a model for. */
export interface ChatRequest {
  /** The name that the provider knows the model by. */
  readonly model: string;
  readonly stream: boolean;
  /** In the order of the conversation. A system message may stand anywhere. */
  readonly messages: readonly Message[];
  readonly tools: readonly Tool[];
  readonly toolChoice?: ToolChoice | undefined;
  readonly parallelToolCalls?: boolean | undefined;
  readonly maxTokens?: number | undefined;
  readonly temperature?: number | undefined;
  readonly topP?: number | undefined;
  readonly topK?: number | undefined;
  readonly seed?: number | undefined;
  readonly frequencyPenalty?: number | undefined;
  readonly presencePenalty?: number | undefined;
  readonly stop?: readonly string[] | undefined;
  /** How many likeliest tokens to tell beside each; 0 asks for the chosen token's alone. */
  readonly logprobs?: number | undefined;
  readonly outputFormat?: OutputFormat | undefined;
  readonly verbosity?: "low" | "medium" | "high" | undefined;
  readonly reasoning?: Reasoning | undefined;
  /** What the client wants to find again on the provider's side. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Who is behind the call, as the client names them to the provider: OpenAI's `safety_identifier` or `user`, Anthropic's `metadata.user_id`. */
  readonly endUser?: string | undefined;
  readonly serviceTier?: string | undefined;
  /** OpenAI's `prompt_cache_key`. */
  readonly cacheKey?: string | undefined;
}

/** One turn. Tool results belong to the user's turn; consecutive turns of one role are allowed. */
export type Message =
  | { readonly role: "system"; readonly authority: "system" | "developer"; readonly content: readonly TextPart[] }
  | { readonly role: "user"; readonly content: readonly UserPart[] }
  | { readonly role: "assistant"; readonly content: readonly AssistantPart[] };

/** What a user's turn holds. */
export type UserPart = TextPart | ImagePart | DocumentPart | AudioPart | VideoPart | ToolResultPart;

/** What an assistant's turn holds, in the order in which it was said. */
export type AssistantPart = TextPart | ReasoningPart | RefusalPart | ToolCallPart | ImagePart;

/** Where a prompt cache may end: everything up to and with this part. Anthropic's `cache_control`, Bedrock's `cachePoint`. */
export interface CacheMark {
  readonly ttl?: "5m" | "1h" | undefined;
}

/** Text. Empty text is allowed here; a dialect that rejects it leaves it out when it writes. */
export interface TextPart {
  readonly type: "text";
  readonly text: string;
  readonly cache?: CacheMark | undefined;
}

/** Where a file's bytes are. Postern fetches none: a provider that needs the bytes refuses a `url`. */
export type FileSource =
  /** base64 without a `data:` prefix */
  | { readonly kind: "data"; readonly mediaType: string; readonly data: string }
  | { readonly kind: "url"; readonly url: string; readonly mediaType?: string | undefined }
  /** uploaded to one provider before: means nothing to another */
  | { readonly kind: "file"; readonly id: string; readonly mediaType?: string | undefined };

/** An image. */
export interface ImagePart {
  readonly type: "image";
  readonly source: FileSource;
  /** OpenAI's `detail`. */
  readonly detail?: "low" | "high" | "auto" | undefined;
  readonly cache?: CacheMark | undefined;
}

/** A PDF or another document. `text` is for a plain-text document that was given as such. */
export interface DocumentPart {
  readonly type: "document";
  readonly source: FileSource | { readonly kind: "text"; readonly text: string };
  readonly name?: string | undefined;
  /** Whether the answer should cite it. */
  readonly citations?: boolean | undefined;
  readonly cache?: CacheMark | undefined;
}

/** Spoken input; `mediaType` such as `audio/wav`. */
export interface AudioPart {
  readonly type: "audio";
  readonly source: FileSource;
}

/** Moving pictures, which few can say. */
export interface VideoPart {
  readonly type: "video";
  readonly source: FileSource;
}

/** What a tool gave back. */
export interface ToolResultPart {
  readonly type: "tool-result";
  readonly callId: string;
  /** The tool's name where the client's dialect says it; else found by `callId` in the turns before. */
  readonly name?: string | undefined;
  readonly content: readonly (TextPart | ImagePart | DocumentPart)[];
  readonly isError: boolean;
  readonly cache?: CacheMark | undefined;
}

/** What a model thought, as far as it may be seen, and what proves it to its maker. */
export interface ReasoningPart {
  readonly type: "reasoning";
  readonly text: string;
  readonly signature?: Signature | undefined;
}

/** A refusal in the model's words. */
export interface RefusalPart {
  readonly type: "refusal";
  readonly text: string;
}

/** A model's call of a tool. */
export interface ToolCallPart {
  readonly type: "tool-call";
  readonly id: string;
  readonly name: string;
  /** JSON text of an object; the raw input for a call of a `custom` tool. Never empty: no arguments are `{}`. */
  readonly arguments: string;
  readonly isCustom?: boolean | undefined;
  readonly signature?: Signature | undefined;
  readonly cache?: CacheMark | undefined;
}

/**
 * Opaque proof of a model's thinking, which only its maker can read and which must come back unchanged in the next turn:
 * Anthropic's `signature` and redacted thinking, Gemini's `thoughtSignature`, Responses' `encrypted_content`.
 */
export interface Signature {
  /** Whose it is; to anybody else it is not sent. Bedrock passes Anthropic's on. */
  readonly maker: "anthropic" | "google" | "openai";
  readonly value: string;
  /** The whole thought is in `value`: Anthropic's `redacted_thinking`. */
  readonly isRedacted?: boolean | undefined;
  /** The provider's id of the thought, where it has one (Responses' `rs_...`). */
  readonly id?: string | undefined;
}

/** A tool that the model may call. */
export type Tool = FunctionTool | CustomTool | HostedTool;

/** A tool that the client runs, with JSON arguments. */
export interface FunctionTool {
  readonly kind: "function";
  /** As it goes over the wire: with its namespace before it, where it has one. */
  readonly name: string;
  readonly description?: string | undefined;
  /** JSON Schema of an object; undefined for a tool without arguments. */
  readonly parameters?: JsonObject | undefined;
  readonly strict?: boolean | undefined;
  readonly cache?: CacheMark | undefined;
  /** The Responses namespace that it stands in, and its name there. */
  readonly namespace?: { readonly name: string; readonly toolName: string } | undefined;
}

/** A tool that the client runs, with free text as its input (OpenAI's `custom`). Written as a function of one string elsewhere. */
export interface CustomTool {
  readonly kind: "custom";
  readonly name: string;
  readonly description?: string | undefined;
  /** The grammar that the input follows. */
  readonly grammar?: { readonly syntax: string; readonly definition: string } | undefined;
  readonly namespace?: { readonly name: string; readonly toolName: string } | undefined;
}

/** A tool that one provider runs itself, such as web search. Nobody else can. */
export interface HostedTool {
  readonly kind: "hosted";
  /** How the client named it, such as `web_search_20250305`. */
  readonly name: string;
}

/** Which tools the model may or must call. */
export type ToolChoice =
  | { readonly kind: "auto" }
  | { readonly kind: "none" }
  /** any one of them */
  | { readonly kind: "required" }
  | { readonly kind: "tool"; readonly name: string }
  /** only these, of which one must (`required`) or may be called */
  | { readonly kind: "allowed"; readonly names: readonly string[]; readonly required: boolean };

/** What form the answer must have. */
export type OutputFormat =
  | { readonly kind: "json" }
  | {
      readonly kind: "schema";
      readonly schema: JsonObject;
      readonly name?: string | undefined;
      readonly description?: string | undefined;
      readonly strict?: boolean | undefined;
    };

/** How much a model may think. Where a client gives an effort and a provider wants a budget, or the other way round, `reasoning.ts` converts. */
export interface Reasoning {
  readonly effort?: "none" | "minimal" | "low" | "medium" | "high" | "xhigh" | "max" | undefined;
  /** In tokens. */
  readonly budget?: number | undefined;
  /** The model decides how much: Anthropic's adaptive thinking, Gemini's budget of -1. */
  readonly isAdaptive?: boolean | undefined;
  /** Whether the client wants to read the thoughts or their summary; undefined where it says nothing. */
  readonly visible?: boolean | undefined;
}

/** Tokens of one call. What nobody said is undefined, never 0. */
export interface Usage {
  /** All input tokens, those read from and written to a cache among them. */
  readonly inputTokens?: number | undefined;
  readonly cachedInputTokens?: number | undefined;
  /** Input tokens that were written to a cache. */
  readonly cacheWriteTokens?: number | undefined;
  /** All output tokens, those of reasoning among them. */
  readonly outputTokens?: number | undefined;
  readonly reasoningTokens?: number | undefined;
  /** What the provider says that it cost, in US dollars. */
  readonly costUsd?: number | undefined;
}

/** Why an answer ended. */
export type FinishReason = "stop" | "stop-sequence" | "length" | "tool-calls" | "content-filter";

/** Where a statement of the answer comes from. */
export interface Citation {
  readonly url?: string | undefined;
  readonly title?: string | undefined;
  /** The words of the source. */
  readonly citedText?: string | undefined;
  /** Which part of the text block's text it supports, in characters. */
  readonly start?: number | undefined;
  readonly end?: number | undefined;
}

/** How likely a token of the answer was. */
export interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
  readonly bytes?: readonly number[] | undefined;
  readonly top: readonly { readonly token: string; readonly logprob: number; readonly bytes?: readonly number[] | undefined }[];
}

/** What went wrong on a provider's side, in words that any dialect can say. */
export interface Failure {
  /** The HTTP status that says it best; for an error in the middle of a stream the one that it would have had. */
  readonly status: number;
  /** The provider's own words; empty where it had none. */
  readonly message: string;
  /** The provider's own name for it, such as `overloaded_error` or `context_length_exceeded`. */
  readonly code?: string | undefined;
  /** The request field at fault. */
  readonly param?: string | undefined;
  /** Under which the provider finds the call in its own log. */
  readonly requestId?: string | undefined;
}

/** The answer's first event. */
export interface StartEvent {
  readonly type: "start";
  readonly id?: string | undefined;
  readonly model?: string | undefined;
  /** What is known of the input at the start (Anthropic). */
  readonly usage?: Usage | undefined;
}

/**
 * What the answer consists of. One block is open at a time: a text, a thought, a refusal or a tool call. `text`,
 * `reasoning` and `refusal` go on with the open block of their kind or else open one; `tool-call` always opens one;
 * `block-end` closes the open one, so that two texts in a row stay two.
 */
export type ContentEvent =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "reasoning"; readonly text: string }
  | { readonly type: "refusal"; readonly text: string }
  /** Signs the open thought, or stands for a whole redacted one. */
  | { readonly type: "signature"; readonly signature: Signature }
  | { readonly type: "tool-call"; readonly id: string; readonly name: string; readonly signature?: Signature | undefined }
  /** The next piece of the open call's JSON. */
  | { readonly type: "arguments"; readonly json: string }
  | { readonly type: "citation"; readonly citation: Citation }
  | { readonly type: "logprobs"; readonly tokens: readonly TokenLogprob[] }
  /** An image or sound that the model made; base64. */
  | { readonly type: "media"; readonly mediaType: string; readonly data: string }
  | { readonly type: "block-end" };

/** What a dialect's reader finds in a provider's answer. */
export type ReadEvent =
  | StartEvent
  | ContentEvent
  /** Running totals: a field replaces what was said of it before. */
  | { readonly type: "usage"; readonly usage: Usage }
  | { readonly type: "finish"; readonly reason: FinishReason; readonly stopSequence?: string | undefined }
  /** The provider said that nothing follows: `[DONE]`, `message_stop`, `response.completed`. Not needed where the stream just ends. */
  | { readonly type: "end" }
  | { readonly type: "failure"; readonly failure: Failure };

/** The answer's last event: said once, and only for an answer that is whole. */
export interface CloseEvent {
  readonly type: "close";
  readonly reason: FinishReason;
  readonly stopSequence?: string | undefined;
  readonly usage: Usage;
}

/**
 * What a dialect's writer gets: `start` first and once, then content, then `close` once if the answer is whole. Every
 * tool call has arguments (`{}` at least), and every block is closed by `block-end`.
 */
export type WriteEvent = StartEvent | ContentEvent | CloseEvent;

/** A block of a whole answer. */
export type ReplyBlock =
  | {
      readonly type: "text";
      readonly text: string;
      readonly citations: readonly Citation[];
      readonly logprobs: readonly TokenLogprob[];
    }
  | { readonly type: "reasoning"; readonly text: string; readonly signature?: Signature | undefined }
  | { readonly type: "refusal"; readonly text: string }
  | {
      readonly type: "tool-call";
      readonly id: string;
      readonly name: string;
      readonly arguments: string;
      readonly signature?: Signature | undefined;
    }
  | { readonly type: "media"; readonly mediaType: string; readonly data: string };

/** A whole answer: the fold of its events, made by `foldReply`. */
export interface ChatReply {
  readonly id?: string | undefined;
  readonly model?: string | undefined;
  readonly blocks: readonly ReplyBlock[];
  readonly reason: FinishReason;
  readonly stopSequence?: string | undefined;
  readonly usage: Usage;
}
