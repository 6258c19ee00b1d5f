import type { Failure, Usage } from "#core/dialects/chat.ts";
import type { Ending } from "#core/dialects/conductor.ts";
import type { Dialect, ReplyMeta } from "#core/dialects/dialect.ts";
import { parseJsonObject } from "#core/dialects/json.ts";
import { openaiChat } from "#core/dialects/openai-chat/index.ts";
import type { Translation } from "#core/dialects/translation.ts";
import { AlikeReader } from "#core/wire/alike-reader.ts";
import { beginsLikeJson, findMember, readReplyEnding } from "./peek-reply.ts";
import type { ReplyStream } from "./reply-stream.ts";
import { type ClientFraming, CollectedStream, ReplyCollector, TranslatedStream } from "./translate-stream.ts";
import { WatchedChatStream } from "./watch-chat-stream.ts";
import { ArrayStream, WatchedStream } from "./watch-stream.ts";

/** What became of a whole answer that was held. */
export type WholeReply =
  | { readonly body: Buffer; readonly usage: Usage | null }
  /** It was an error, whatever its status said. */
  | { readonly failure: Failure }
  | { readonly problem: string; readonly isTruncated?: boolean };

/** How a provider's good answer becomes the client's. */
export interface ReplyWay {
  /** Replaces the provider's Content-Type; null leaves it. */
  readonly contentType: string | null;
  /** Whether the body must be JSON (or a stream of it); else anything but a web page is passed on. */
  readonly expectsJson: boolean;
  /** So much of a whole answer is held before it is passed on, or refused. */
  readonly mostHeldBytes: number;
  /** Whether a longer one is passed on as it comes. */
  readonly mayFlow: boolean;
  /** Whether a provider's error in the middle of a stream has to be told to the client: a relay has passed it on. */
  readonly tellsFailures: boolean;
  /** Begins a stream, if the answer is one by its Content-Type (lower case); null for a whole answer. */
  openStream(contentType: string): ReplyStream | null;
  /** Reads a whole answer. */
  readWhole(body: Buffer): WholeReply;
  /** What is wrong with the first bytes of a long answer; null where nothing is. */
  judgeBeginning(bytes: Buffer): string | null;
  /** What the last bytes of a long answer say. */
  judgeTail(bytes: Buffer): { readonly ending: Ending; readonly usage: Usage | null };
}

const mebibyte = 1_048_576;
/** A provider's answers differ in the numbers of their usage, and not in its names. */
const usages = new AlikeReader();

/** What a relay has to know of the call. */
export interface RelayOptions {
  readonly dialect: Dialect;
  readonly expectsJson: boolean;
  readonly hidesUsage: boolean;
  /** Whether this is a chat, whose stream opens with frames that say nothing and has to say its end. */
  readonly isChat: boolean;
  /** Whether a stream that is not for chat has to say its end all the same. */
  readonly mustSayEnd: boolean;
  readonly framing: ClientFraming;
}

/** Passes the answer on byte for byte, and reads usage and ending beside it. */
export function relayWay(options: RelayOptions): ReplyWay {
  const { dialect, expectsJson } = options;
  const usageOf = (bytes: Buffer): Usage | null =>
    dialect.readUsage(findMember(bytes, dialect.id === "gemini-generate" ? "usageMetadata" : "usage", usages)) ?? null;
  return {
    contentType: options.framing === "json-array" ? "application/json" : null,
    expectsJson,
    mostHeldBytes: mebibyte,
    mayFlow: true,
    tellsFailures: false,
    openStream(contentType) {
      if (!contentType.startsWith("text/event-stream")) return null;
      if (options.framing === "json-array") return new ArrayStream(dialect);
      if (options.isChat && dialect !== openaiChat) return new WatchedStream(dialect);
      return new WatchedChatStream({
        hidesUsage: options.hidesUsage,
        mustSayEnd: options.isChat || options.mustSayEnd,
        hasOpening: options.isChat,
      });
    },
    readWhole(body) {
      if (!beginsLikeJson(body)) return { problem: body.length === 0 ? "it is empty" : "it is not JSON" };
      if (readReplyEnding(body) === "truncated") return { problem: "its JSON ends in the middle", isTruncated: true };
      return { body, usage: usageOf(body) };
    },
    judgeBeginning: (bytes) => (beginsLikeJson(bytes) ? null : "it is not JSON"),
    judgeTail(bytes) {
      if (!expectsJson || bytes.length === 0) return { ending: "finished", usage: null };
      return { ending: readReplyEnding(bytes), usage: usageOf(bytes) };
    },
  };
}

/** Turns the answer into the client's dialect. */
export function translationWay(translation: Translation, meta: ReplyMeta, framing: ClientFraming): ReplyWay {
  const { stream } = translation.request;
  return {
    ...heldWay,
    contentType: stream && framing === "sse" ? "text/event-stream" : "application/json",
    openStream(contentType) {
      const streams = contentType.startsWith("text/event-stream") || contentType.startsWith("application/vnd.amazon.eventstream");
      if (!streams) return null;
      return stream ? new TranslatedStream(translation, meta, framing) : new CollectedStream(translation, meta);
    },
    readWhole(body) {
      const parsed = parseJsonObject(body.toString("utf8"));
      if (parsed === null) return notJson(body);
      const collector = new ReplyCollector(translation, meta);
      const events = translation.provider.readReply(parsed);
      if (stream) return streamOf(translation, meta, framing, events);
      for (const event of events) collector.take(event);
      const { body: written } = collector.finish();
      if (collector.failure !== null) return { failure: collector.failure };
      if (written === null) return { problem: "it is no whole answer" };
      return { body: written, usage: collector.usage };
    },
  };
}

/** Turns a whole JSON answer into another: for embeddings, reranking and counted tokens. */
export function jsonWay(
  translate: (reply: NonNullable<ReturnType<typeof parseJsonObject>>) => { readonly body: unknown; readonly usage: Usage | null },
): ReplyWay {
  return {
    ...heldWay,
    contentType: "application/json",
    openStream: () => null,
    readWhole(body) {
      const parsed = parseJsonObject(body.toString("utf8"));
      if (parsed === null) return notJson(body);
      const translated = translate(parsed);
      return { body: Buffer.from(JSON.stringify(translated.body)), usage: translated.usage };
    },
  };
}

const heldWay = {
  expectsJson: true,
  mostHeldBytes: 64 * mebibyte,
  mayFlow: false,
  tellsFailures: true,
  judgeBeginning: () => null,
  judgeTail: () => ({ ending: "finished", usage: null }),
} as const satisfies Partial<ReplyWay>;

function notJson(body: Buffer): WholeReply {
  if (!beginsLikeJson(body)) return { problem: body.length === 0 ? "it is empty" : "it is not JSON" };
  return readReplyEnding(body) === "truncated"
    ? { problem: "its JSON ends in the middle", isTruncated: true }
    : { problem: "it is not a JSON object" };
}

/** A client that asked for a stream gets one, though the provider gave its answer in one piece. */
function streamOf(translation: Translation, meta: ReplyMeta, framing: ClientFraming, events: ReturnType<Dialect["readReply"]>): WholeReply {
  const stream = new TranslatedStream(translation, meta, framing);
  const body = stream.play(events);
  if (stream.failure !== null) return { failure: stream.failure };
  return body === null ? { problem: "it is no whole answer" } : { body, usage: stream.usage };
}
