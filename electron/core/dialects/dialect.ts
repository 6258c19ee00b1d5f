import type { DialectId, Quirks } from "#shared/schema/provider.ts";
import type { Frame, Framing } from "#core/wire/frame.ts";
import type { ChatReply, ChatRequest, Failure, ReadEvent, Usage, WriteEvent } from "./chat.ts";
import type { JsonObject } from "./json.ts";

/**
 * A wire format, on both sides: as a client's face and as a provider's. Every function is pure; codecs are synchronous
 * objects that are fed one frame after the other.
 */
export interface Dialect {
  readonly id: DialectId;
  readonly framing: Framing;
  /** Which tool names a provider of this dialect takes; others are renamed before the call and named back after it. */
  readonly toolNames: NameRule;
  /** Which tool call ids it takes. */
  readonly callIds: NameRule;
  /** The path of a chat call under the base URL, with its query. */
  path(target: { readonly model: string; readonly stream: boolean }): string;

  /**
   * Reads a client's request.
   *
   * @param drop names a field that the canonical request cannot hold, by its full path in the client's body
   * @throws {PosternError} `invalid_value` with the field's path, or `cannot_translate` where leaving something out
   *   would change what is asked for
   */
  readRequest(body: JsonObject, call: ReadCall): ChatRequest;
  /**
   * Writes a provider's request.
   *
   * @throws {PosternError} `cannot_translate` where this dialect cannot say what is asked for
   */
  writeRequest(request: ChatRequest, target: WriteTarget): JsonObject;

  /** Begins to read a provider's stream. */
  openReader(): ReplyReader;
  /** Begins to write a client's stream. */
  openWriter(meta: ReplyMeta): ReplyWriter;
  /** Reads a provider's whole answer. Throws nothing: what is no answer is a `failure` event. */
  readReply(body: JsonObject): readonly ReadEvent[];
  /** Writes a client's whole answer. */
  writeReply(reply: ChatReply, meta: ReplyMeta): JsonObject;

  /** Reads a provider's error. `body` is parsed JSON, or text where it was none. */
  readFailure(status: number, body: unknown): Failure;
  /** Writes an error for a client of this dialect. */
  writeFailure(failure: Failure): JsonObject;

  /** Reads this dialect's own usage object; undefined where it is none. */
  readUsage(usage: unknown): Usage | undefined;
}

/** What names a provider takes. */
export interface NameRule {
  readonly pattern: RegExp;
  readonly maxLength: number;
}

/** What a request's reader knows beside the body. */
export interface ReadCall {
  /** From the path, where the dialect has it there (Gemini, Bedrock), else from the body: the planner's choice. */
  readonly model: string;
  readonly stream: boolean;
  readonly drop: (field: string) => void;
  /** Gives back an item of an answer that went out before, by its id (Responses' `item_reference`); undefined where it is not known any more. */
  readonly recall?: ((itemId: string) => JsonObject | undefined) | undefined;
}

/** What a request's writer knows of the provider. */
export interface WriteTarget {
  readonly quirks: Quirks;
  /** Names a part of the request that this dialect cannot say, as `ChatRequest` or the client would call it. */
  readonly drop: (field: string) => void;
}

/** Reads a provider's stream, frame by frame. */
export interface ReplyReader {
  /** Takes a frame and tells what is in it. Malformed JSON is a `failure`; an event that nobody documented is passed over. */
  read(frame: Frame, emit: (event: ReadEvent) => void): void;
  /** The bytes have ended: tells what was held back, such as a buffered block. Says no `end` and no `failure` of its own. */
  end(emit: (event: ReadEvent) => void): void;
}

/** What a writer knows of the call that it answers. */
export interface ReplyMeta {
  /** As the client asked for it, before anything was renamed for the provider. */
  readonly request: ChatRequest;
  /** The client's own body, for what an answer repeats. */
  readonly body: JsonObject;
  /**
   * Whether a chat client gets nothing that OpenAI's API does not have; where a Portkey client switches that off, it gets
   * `content_blocks` as well. Undefined is strict.
   */
  readonly isStrict?: boolean | undefined;
  readonly nowSeconds: number;
  /** A new id, such as `msg_...`, unlike any other. */
  readonly newId: (prefix: string) => string;
  /** Keeps an item of an answer for {@link ReadCall.recall}: clients may refer to it in the next turn instead of sending it. */
  readonly remember?: ((itemId: string, item: JsonObject) => void) | undefined;
}

/** Writes a client's stream, event by event. */
export interface ReplyWriter {
  /** Writes one event as no, one or several frames. */
  write(event: WriteEvent, emit: (frame: Frame) => void): void;
  /** The answer broke: writes what tells so, and nothing that reads as an end. */
  fail(failure: Failure, emit: (frame: Frame) => void): void;
}
