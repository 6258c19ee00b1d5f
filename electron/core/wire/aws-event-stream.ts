import { crc32 } from "node:zlib";
import type { EventStreamCodec, MessageHeaders } from "@smithy/eventstream-codec";
import type { Frame } from "./frame.ts";

const longestFrameBytes = 16_777_216;
/** Two lengths and their checksum stand first; with the last checksum they are all that an empty message has. */
const preludeBytes = 12;
const leastFrameBytes = preludeBytes + 4;

let loaded: EventStreamCodec | null = null;

/**
 * Loads the vendor's codec, which everything below needs. That takes 25 ms, and most people use no Bedrock: who reads or
 * writes such a stream awaits it first.
 */
export async function loadAwsEventStream(): Promise<void> {
  if (loaded !== null) return;
  const { EventStreamCodec } = await import("@smithy/eventstream-codec");
  // It lets any type in, and hands over bytes.
  const toText = (input: Uint8Array | string): string =>
    typeof input === "string" ? input : Buffer.from(input.buffer, input.byteOffset, input.byteLength).toString("utf8");
  loaded = new EventStreamCodec(toText, (input) => Buffer.from(input));
}

function codec(): EventStreamCodec {
  if (loaded === null)
    throw new Error("Cannot read or write an AWS event stream: its codec is not loaded; await loadAwsEventStream() first");
  return loaded;
}

/**
 * Reads AWS event-stream messages from bytes that come in any pieces. A message whose checksum does not fit ends the
 * reading: nothing behind it can be trusted.
 *
 * @see https://docs.aws.amazon.com/transcribe/latest/dg/event-stream.html
 */
export class AwsEventStreamDecoder {
  #held: Buffer[] = [];
  #heldBytes = 0;
  #overflowed = false;
  #failed: string | null = null;

  /** Whether a message is longer than 16 MiB: no provider sends such. */
  get overflowed(): boolean {
    return this.#overflowed;
  }

  /** What is wrong with the bytes, in words that go on after "the stream"; null while nothing is. */
  get failed(): string | null {
    return this.#failed;
  }

  /** Takes the next bytes and hands out the messages that they complete. */
  feed(chunk: Buffer, emit: (frame: Frame) => void): void {
    if (this.#failed !== null || this.#overflowed || chunk.length === 0) return;
    // Joined only when a message is whole: a large one in small pieces is copied once, not once a piece.
    if (this.#heldBytes >= preludeBytes && this.#heldBytes + chunk.length < this.#lengthHeld()) return this.#hold(chunk);
    let bytes = chunk;
    if (this.#heldBytes > 0) {
      this.#hold(chunk);
      bytes = Buffer.concat(this.#held, this.#heldBytes);
      this.#held = [];
      this.#heldBytes = 0;
    }
    const rest = this.#readMessages(bytes, emit);
    if (rest.length > 0) this.#hold(rest);
  }

  /** Takes the end of the bytes. Half a message says nothing: that the answer has no end is told by its last whole one. */
  end(_emit: (frame: Frame) => void): void {
    this.#held = [];
    this.#heldBytes = 0;
  }

  #hold(bytes: Buffer): void {
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
  }

  /** The length of the message whose beginning is held: its prelude is in the first piece, since less than one is joined with what follows. */
  #lengthHeld(): number {
    return (this.#held[0] as Buffer).readUInt32BE(0);
  }

  #readMessages(bytes: Buffer, emit: (frame: Frame) => void): Buffer {
    let at = 0;
    while (bytes.length - at >= preludeBytes) {
      const length = bytes.readUInt32BE(at);
      // Checked before anything is waited for: a wrong length would swallow the rest of the answer.
      if (crc32(bytes.subarray(at, at + 8)) !== bytes.readUInt32BE(at + 8))
        return this.#fail("holds a message whose prelude does not fit its checksum");
      if (length < leastFrameBytes || bytes.readUInt32BE(at + 4) > length - leastFrameBytes)
        return this.#fail("holds a message of an impossible length");
      if (length > longestFrameBytes) {
        this.#overflowed = true;
        return Buffer.alloc(0);
      }
      if (bytes.length - at < length) break;
      const frame = readMessage(bytes.subarray(at, at + length));
      if (frame === null) return this.#fail("holds a message that does not fit its checksum");
      at += length;
      emit(frame);
    }
    return bytes.subarray(at);
  }

  #fail(what: string): Buffer {
    this.#failed = what;
    return Buffer.alloc(0);
  }
}

function readMessage(bytes: Buffer): Frame | null {
  try {
    const { headers, body } = codec().decode(bytes);
    const kind = textOf(headers, ":message-type");
    // An "error" has its words in a header, and no payload.
    if (kind === "error")
      return { event: textOf(headers, ":error-code"), data: JSON.stringify({ message: textOf(headers, ":error-message") ?? "" }) };
    const event = textOf(headers, kind === "exception" ? ":exception-type" : ":event-type");
    return { event, data: Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8") };
  } catch {
    return null;
  }
}

function textOf(headers: MessageHeaders, name: string): string | null {
  const header = headers[name];
  return header?.type === "string" ? header.value : null;
}

/** Writes a message with a JSON payload. An event that is named `...Exception` is written as an exception. */
export function encodeAwsEventStream(frame: Frame): Buffer {
  const isException = frame.event?.endsWith("Exception") === true;
  const headers: MessageHeaders = {};
  if (frame.event !== null) headers[isException ? ":exception-type" : ":event-type"] = { type: "string", value: frame.event };
  headers[":content-type"] = { type: "string", value: "application/json" };
  headers[":message-type"] = { type: "string", value: isException ? "exception" : "event" };
  const bytes = codec().encode({ headers, body: Buffer.from(frame.data) });
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
