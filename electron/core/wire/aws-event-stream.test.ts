import { EventStreamCodec } from "@smithy/eventstream-codec";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AwsEventStreamDecoder, encodeAwsEventStream, loadAwsEventStream } from "./aws-event-stream.ts";
import type { Frame } from "./frame.ts";

await loadAwsEventStream();

const frames: readonly Frame[] = [
  { event: "messageStart", data: '{"role":"assistant"}' },
  { event: "contentBlockDelta", data: '{"contentBlockIndex":0,"delta":{"text":"Grüße, 世界 🌍"}}' },
  { event: "contentBlockStop", data: '{"contentBlockIndex":0}' },
  { event: "messageStop", data: '{"stopReason":"end_turn"}' },
  { event: "throttlingException", data: '{"message":"Too many requests"}' },
];

function decode(chunks: readonly Buffer[]): { readonly frames: readonly Frame[]; readonly decoder: AwsEventStreamDecoder } {
  const decoder = new AwsEventStreamDecoder();
  const found: Frame[] = [];
  const emit = (frame: Frame): void => void found.push(frame);
  for (const chunk of chunks) decoder.feed(chunk, emit);
  decoder.end(emit);
  return { frames: found, decoder };
}

function splitAt(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const ends = [...new Set(cuts.map((cut) => cut % bytes.length))].sort((one, other) => one - other);
  return [...ends, bytes.length].map((end, index) => bytes.subarray(index === 0 ? 0 : ends[index - 1], end));
}

const stream = Buffer.concat(frames.map(encodeAwsEventStream));

describe("AwsEventStreamDecoder", () => {
  it("gives the same frames however the bytes are cut", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: stream.length }), { maxLength: 12 }), (cuts) => {
        const { frames: found, decoder } = decode(splitAt(stream, cuts));
        expect(found).toEqual(frames);
        expect(decoder.failed).toBeNull();
      }),
    );
  });

  it("reads a stream that comes byte by byte", () => {
    expect(decode([...stream].map((byte) => Buffer.from([byte]))).frames).toEqual(frames);
  });

  it("never gives a wrong frame for a byte that was changed on the way, and reads nothing behind it", () => {
    fc.assert(
      fc.property(fc.nat({ max: stream.length - 1 }), fc.integer({ min: 1, max: 255 }), fc.nat({ max: stream.length }), (at, flip, cut) => {
        const bytes = Buffer.from(stream);
        bytes[at] = (bytes[at] as number) ^ flip;
        const { frames: found, decoder } = decode(splitAt(bytes, [cut]));
        expect(found).toEqual(frames.slice(0, found.length));
        expect(found.length).toBeLessThan(frames.length);
        expect(decoder.failed).not.toBeNull();
      }),
    );
  });

  it("does not wait for a message of 4 GB", () => {
    const bytes = Buffer.from(stream);
    bytes.writeUInt32BE(0xff_ff_ff_ff, 0);
    expect(decode([bytes]).decoder.failed).toBe("holds a message whose prelude does not fit its checksum");
  });

  it("stops at a message of more than 16 MiB, whose length is honest", () => {
    const long = encodeAwsEventStream({ event: "contentBlockDelta", data: "x".repeat(16_777_216) });
    const { frames: found, decoder } = decode([long.subarray(0, 64), long.subarray(64)]);
    expect(found).toEqual([]);
    expect(decoder.overflowed).toBe(true);
  });

  it("says nothing of half a message at the end", () => {
    const { frames: found, decoder } = decode([stream.subarray(0, stream.length - 5)]);
    expect(found).toEqual(frames.slice(0, -1));
    expect(decoder.failed).toBeNull();
  });

  it("reads an unmodelled error, which has no payload", () => {
    const text = (value: string): { type: "string"; value: string } => ({ type: "string", value });
    const headers = { ":message-type": text("error"), ":error-code": text("InternalFailure"), ":error-message": text("It broke") };
    const bytes = new EventStreamCodec(String, (value) => Buffer.from(value)).encode({ headers, body: Buffer.alloc(0) });
    expect(decode([Buffer.from(bytes)]).frames).toEqual([{ event: "InternalFailure", data: '{"message":"It broke"}' }]);
  });
});
