import type { Failure, ReadEvent, Usage } from "#core/dialects/chat.ts";
import { Conductor, type Ending } from "#core/dialects/conductor.ts";
import type { Dialect, ReplyReader } from "#core/dialects/dialect.ts";
import { writeStreamFailure } from "#core/dialects/stream-failure.ts";
import type { Frame } from "#core/wire/frame.ts";
import { encodeSse, SseDecoder } from "#core/wire/sse.ts";
import { endsFrame } from "./ends-frame.ts";
import type { ReplyStream } from "./reply-stream.ts";

/**
 * Relays a stream between a client and a provider of one dialect, byte for byte, and reads beside it what the call's
 * record needs: usage, and whether it ended, broke or failed. Bytes are held until their line has ended, so that an
 * error can always be written between two frames.
 */
export class WatchedStream implements ReplyStream {
  readonly #dialect: Dialect;
  readonly #decoder = new SseDecoder();
  readonly #reader: ReplyReader;
  /** The last bytes that were passed on before the answer began. */
  #tail: Buffer = Buffer.alloc(0);
  readonly #conductor = new Conductor(() => {});
  #held: Buffer[] = [];
  readonly #onRead = (event: ReadEvent): void => this.#conductor.take(event);
  readonly #onFrame = (frame: Frame): void => {
    if (frame.event === null || !this.#isPlain(frame.event)) this.#reader.read(frame, this.#onRead);
  };

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
    this.#reader = dialect.openReader();
  }

  get heartbeat(): string {
    if (!endsFrame(this.#tail)) return "";
    return this.#dialect.id === "anthropic-messages" ? 'event: ping\ndata: {"type":"ping"}\n\n' : ": ping\n\n";
  }

  get hasBegun(): boolean {
    return this.#conductor.hasContent;
  }

  get failure(): Failure | null {
    return this.#conductor.failure;
  }

  get isWhole(): boolean {
    return this.#conductor.isClosed;
  }

  get overflowed(): boolean {
    return this.#decoder.overflowed;
  }

  get usage(): Usage | null {
    return this.#conductor.usage;
  }

  feed(chunk: Buffer): Buffer | null {
    this.#decoder.feed(chunk, this.#onFrame);
    const lines = this.#takeLines(chunk);
    if (lines === null) return null;
    if (this.failure !== null) return upToFailure(lines, this.#dialect);
    if (!this.hasBegun) this.#tail = Buffer.concat([this.#tail, lines]).subarray(-4);
    return lines;
  }

  end(): { readonly rest: Buffer | null; readonly ending: Ending } {
    this.#decoder.end(this.#onFrame);
    this.#reader.end(this.#onRead);
    return { rest: this.#held.length === 0 ? null : Buffer.concat(this.#held), ending: this.#conductor.finish() };
  }

  fail(failure: Failure): Buffer {
    return Buffer.from(`\n\n${encodeSse(writeStreamFailure(this.#dialect, failure))}`);
  }

  #takeLines(chunk: Buffer): Buffer | null {
    const end = Math.max(chunk.lastIndexOf(0x0a), chunk.lastIndexOf(0x0d)) + 1;
    if (end === 0) {
      this.#held.push(chunk);
      return null;
    }
    if (end === chunk.length && this.#held.length === 0) return chunk;
    const lines = Buffer.concat([...this.#held, chunk.subarray(0, end)]);
    this.#held = end === chunk.length ? [] : [chunk.subarray(end)];
    return lines;
  }

  /** Frames that hold a piece of the answer and nothing else, once it has begun: most of a stream need not be parsed. */
  #isPlain(event: string): boolean {
    return (event === "content_block_delta" || event.endsWith(".delta")) && this.#conductor.hasContent;
  }
}

/** What came up to and with the frame that says that the answer failed: an end behind it would read as success. */
function upToFailure(lines: Buffer, dialect: Dialect): Buffer {
  const text = lines.toString("latin1");
  let from = 0;
  for (const { index, 0: blank } of text.matchAll(/\r\n\r\n|\n\n|\r\r/g)) {
    const to = index + blank.length;
    if (tellsFailure(lines.subarray(from, to), dialect)) return lines.subarray(0, to);
    from = to;
  }
  return lines;
}

/** Whether one frame tells a failure. It needs nothing of what stood before it. */
function tellsFailure(bytes: Buffer, dialect: Dialect): boolean {
  const reader = dialect.openReader();
  let failed = false;
  new SseDecoder().feed(bytes, (frame) => reader.read(frame, (event) => (failed ||= event.type === "failure")));
  return failed;
}

/** Relays a Gemini stream to a client that did not ask for server-sent events: the same objects, as one JSON array. */
export class ArrayStream implements ReplyStream {
  readonly heartbeat = "\n";
  readonly #decoder = new SseDecoder();
  readonly #watched: WatchedStream;
  readonly #dialect: Dialect;
  #out = "";
  #isFirst = true;
  readonly #onFrame = ({ data }: Frame): void => {
    this.#out += (this.#isFirst ? "[" : ",\r\n") + data;
    this.#isFirst = false;
  };

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
    this.#watched = new WatchedStream(dialect);
  }

  get hasBegun(): boolean {
    return this.#watched.hasBegun;
  }

  get failure(): Failure | null {
    return this.#watched.failure;
  }

  get isWhole(): boolean {
    return this.#watched.isWhole;
  }

  get overflowed(): boolean {
    return this.#watched.overflowed;
  }

  get usage(): Usage | null {
    return this.#watched.usage;
  }

  feed(chunk: Buffer): Buffer | null {
    const passed = this.#watched.feed(chunk);
    if (passed !== null) this.#decoder.feed(passed, this.#onFrame);
    return this.#take();
  }

  end(): { readonly rest: Buffer | null; readonly ending: Ending } {
    const { ending, rest } = this.#watched.end();
    if (rest !== null) this.#decoder.feed(rest, this.#onFrame);
    this.#decoder.end(this.#onFrame);
    if (ending === "finished") this.#out += "]";
    return { rest: this.#take(), ending };
  }

  fail(failure: Failure): Buffer | null {
    this.#onFrame(writeStreamFailure(this.#dialect, failure));
    return this.#take();
  }

  #take(): Buffer | null {
    if (this.#out === "") return null;
    const bytes = Buffer.from(this.#out);
    this.#out = "";
    return bytes;
  }
}
