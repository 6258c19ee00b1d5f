import type { Failure, ReadEvent, ReplyBlock, Usage, WriteEvent } from "#core/dialects/chat.ts";
import { Conductor, type Ending } from "#core/dialects/conductor.ts";
import type { ReplyMeta, ReplyReader, ReplyWriter } from "#core/dialects/dialect.ts";
import { foldReply } from "#core/dialects/fold-reply.ts";
import type { Translation } from "#core/dialects/translation.ts";
import { AwsEventStreamDecoder } from "#core/wire/aws-event-stream.ts";
import type { Frame } from "#core/wire/frame.ts";
import { encodeSse, SseDecoder } from "#core/wire/sse.ts";
import type { ReplyStream } from "./reply-stream.ts";

/** How the client's frames are joined: as server-sent events, or as one JSON array (Gemini without `alt=sse`). */
export type ClientFraming = "sse" | "json-array";

/** So much may come without a frame for the client, held back or left out. */
const mostUntoldBytes = 33_554_432;
/** A whole answer that came as a stream may be as long as one that did not. */
const mostCollectedBytes = 67_108_864;

/**
 * Turns a provider's stream into the client's dialect, frame by frame: bytes, frames, events, frames, bytes. Nothing is
 * kept of the answer but what the dialects hold of the block that is open.
 */
export class TranslatedStream implements ReplyStream {
  readonly #decoder: SseDecoder | AwsEventStreamDecoder;
  readonly #reader: ReplyReader;
  readonly #writer: ReplyWriter;
  readonly #conductor: Conductor;
  readonly #encode: (frame: Frame) => string;
  readonly #closing: string;
  readonly heartbeat: string;
  #out = "";
  #untoldBytes = 0;
  readonly #onFrame: (frame: Frame) => void;
  readonly #onRead: (event: ReadEvent) => void;
  readonly #onWritten: (frame: Frame) => void;

  constructor(translation: Translation, meta: ReplyMeta, framing: ClientFraming) {
    const { client, provider } = translation;
    this.#decoder = provider.framing === "sse" ? new SseDecoder() : new AwsEventStreamDecoder();
    this.#reader = provider.openReader();
    this.#writer = client.openWriter(meta);
    const array = framing === "json-array" ? jsonArrayEncoder() : null;
    this.#encode = array ?? encodeSse;
    this.#closing = array === null ? "" : "]";
    this.heartbeat = array !== null ? "\n" : client.id === "anthropic-messages" ? 'event: ping\ndata: {"type":"ping"}\n\n' : ": ping\n\n";
    this.#onWritten = (frame) => {
      this.#out += this.#encode(frame);
    };
    this.#conductor = new Conductor((event) => this.#writer.write(translation.adapt(event), this.#onWritten));
    this.#onRead = (event) => {
      if (translation.concerns(event)) this.#conductor.take(event);
    };
    this.#onFrame = (frame) => this.#reader.read(frame, this.#onRead);
  }

  get hasBegun(): boolean {
    return this.#conductor.hasContent;
  }

  get failure(): Failure | null {
    return this.#conductor.failure ?? corruption(this.#decoder);
  }

  get isWhole(): boolean {
    return this.#conductor.isClosed;
  }

  get overflowed(): boolean {
    return this.#decoder.overflowed || this.#untoldBytes > mostUntoldBytes;
  }

  get usage(): Usage | null {
    return this.#conductor.usage;
  }

  feed(chunk: Buffer): Buffer | null {
    this.#decoder.feed(chunk, this.#onFrame);
    const bytes = this.#take();
    this.#untoldBytes = bytes === null ? this.#untoldBytes + chunk.length : 0;
    return bytes;
  }

  end(): { readonly rest: Buffer | null; readonly ending: Ending } {
    this.#decoder.end(this.#onFrame);
    this.#reader.end(this.#onRead);
    const ending = this.#conductor.finish();
    if (ending === "finished") this.#out += this.#closing;
    return { rest: this.#take(), ending };
  }

  fail(failure: Failure): Buffer | null {
    this.#writer.fail(failure, this.#onWritten);
    return this.#take();
  }

  /** Streams an answer that came in one piece; null where it is not whole. */
  play(events: readonly ReadEvent[]): Buffer | null {
    for (const event of events) this.#onRead(event);
    if (this.#conductor.finish() !== "finished") return null;
    this.#out += this.#closing;
    return this.#take();
  }

  #take(): Buffer | null {
    if (this.#out === "") return null;
    const bytes = Buffer.from(this.#out);
    this.#out = "";
    return bytes;
  }
}

/** Turns a stream into a whole answer, for a client that asked for one and a provider that streamed all the same. */
export class CollectedStream implements ReplyStream {
  readonly hasBegun = false;
  readonly heartbeat = null;
  #fedBytes = 0;
  readonly #decoder: SseDecoder | AwsEventStreamDecoder;
  readonly #reader: ReplyReader;
  readonly #reply: ReplyCollector;
  readonly #onRead = (event: ReadEvent): void => this.#reply.take(event);
  readonly #onFrame = (frame: Frame): void => this.#reader.read(frame, this.#onRead);

  constructor(translation: Translation, meta: ReplyMeta) {
    this.#decoder = translation.provider.framing === "sse" ? new SseDecoder() : new AwsEventStreamDecoder();
    this.#reader = translation.provider.openReader();
    this.#reply = new ReplyCollector(translation, meta);
  }

  get failure(): Failure | null {
    return this.#reply.failure ?? corruption(this.#decoder);
  }

  get isWhole(): boolean {
    return false;
  }

  get overflowed(): boolean {
    return this.#decoder.overflowed || this.#fedBytes > mostCollectedBytes;
  }

  get usage(): Usage | null {
    return this.#reply.usage;
  }

  feed(chunk: Buffer): null {
    this.#fedBytes += chunk.length;
    this.#decoder.feed(chunk, this.#onFrame);
    return null;
  }

  end(): { readonly rest: Buffer | null; readonly ending: Ending } {
    this.#decoder.end(this.#onFrame);
    this.#reader.end(this.#onRead);
    const { ending, body } = this.#reply.finish();
    return { rest: body, ending };
  }

  fail(): null {
    return null;
  }
}

/** Gathers a whole answer's events and writes it in the client's dialect. */
export class ReplyCollector {
  readonly #translation: Translation;
  readonly #meta: ReplyMeta;
  readonly #events: WriteEvent[] = [];
  readonly #conductor: Conductor;

  constructor(translation: Translation, meta: ReplyMeta) {
    this.#translation = translation;
    this.#meta = meta;
    this.#conductor = new Conductor((event) => this.#events.push(translation.adapt(event)));
  }

  get failure(): Failure | null {
    return this.#conductor.failure;
  }

  get usage(): Usage {
    return this.#conductor.usage;
  }

  take(event: ReadEvent): void {
    if (this.#translation.concerns(event)) this.#conductor.take(event);
  }

  /** Writes the answer; a body only where it is whole. */
  finish(): { readonly ending: Ending; readonly body: Buffer | null } {
    const ending = this.#conductor.finish();
    const reply = ending === "finished" ? foldReply(this.#events) : null;
    if (reply === null) return { ending: ending === "finished" ? "truncated" : ending, body: null };
    // A client of OpenAI's APIs gets the text of the arguments and judges it; the others get a value, which this is not.
    const wantsValues = !this.#translation.client.id.startsWith("openai-");
    if (wantsValues && reply.reason !== "length" && reply.blocks.some(isBroken)) return { ending: "truncated", body: null };
    return { ending, body: Buffer.from(JSON.stringify(this.#translation.client.writeReply(reply, this.#meta))) };
  }
}

/** A call whose arguments are no JSON object was cut off, or never meant anything: a client would run it. */
function isBroken(block: ReplyBlock): boolean {
  if (block.type !== "tool-call") return false;
  try {
    const value: unknown = JSON.parse(block.arguments);
    return typeof value !== "object" || value === null;
  } catch {
    return true;
  }
}

/** Bytes whose checksum does not fit: what follows them cannot be trusted. */
function corruption(decoder: SseDecoder | AwsEventStreamDecoder): Failure | null {
  if (!("failed" in decoder) || decoder.failed === null) return null;
  return { status: 502, message: `the stream ${decoder.failed}` };
}

function jsonArrayEncoder(): (frame: Frame) => string {
  let isFirst = true;
  return (frame) => {
    const lead = isFirst ? "[" : ",\r\n";
    isFirst = false;
    return lead + frame.data;
  };
}
