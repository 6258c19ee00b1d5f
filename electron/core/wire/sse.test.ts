import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Frame } from "./frame.ts";
import { encodeSse, SseDecoder } from "./sse.ts";

function decode(text: string, sizes: readonly number[] = []): Frame[] {
  const decoder = new SseDecoder();
  const frames: Frame[] = [];
  const bytes = Buffer.from(text);
  let at = 0;
  for (const size of [...sizes, bytes.length]) {
    if (at < bytes.length) decoder.feed(bytes.subarray(at, at + size), (frame) => frames.push(frame));
    at += size;
  }
  decoder.end((frame) => frames.push(frame));
  return frames;
}

describe("SseDecoder", () => {
  it.each([
    ["a line feed", "data: a\n\ndata: b\n\n", ["a", "b"]],
    ["both", "data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"]],
    ["a carriage return", "data: a\r\rdata: b\r\r", ["a", "b"]],
    ["no blank line at the end", "data: a\n\ndata: b", ["a", "b"]],
    ["several data lines", "data: a\ndata:b\n\n", ["a\nb"]],
    ["comments and unknown fields", ": ping\n\nid: 7\nretry: 9\ndata: a\n\n", ["a"]],
    ["a byte order mark", "\uFEFFdata: a\n\n", ["a"]],
    ["an event without data", "event: ping\n\ndata: a\n\n", ["a"]],
    ["an empty data line", "data\n\ndata:\n\n", ["", ""]],
    ["only one space taken off", "data:  a\n\n", [" a"]],
  ])("reads events whose lines end in %s", (_name, text, data) => {
    expect(decode(text).map((frame) => frame.data)).toEqual(data);
  });

  it("names the event, for one event only", () => {
    expect(decode("event: message_start\ndata: {}\n\ndata: 1\n\n")).toEqual([
      { event: "message_start", data: "{}" },
      { event: null, data: "1" },
    ]);
  });

  it("reads the same events however the bytes are split, also within a character", () => {
    const frames: Frame[] = [
      { event: "a", data: '{"text":"Hällo 世界 🌍"}' },
      { event: null, data: '{"n":1}' },
      { event: "end", data: "" },
    ];
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 80 }), fc.constantFrom("\n", "\r\n", "\r"), (sizes, lineEnd) => {
        const text = frames.map((frame) => `: note\n${encodeSse(frame)}`).join("");
        expect(decode(text.replaceAll("\n", lineEnd), sizes)).toEqual(frames);
      }),
    );
  });

  it("says when an event outgrows 16 MiB, in one line or in many", () => {
    const oneLine = new SseDecoder();
    for (let sent = 0; sent <= 16; sent++) oneLine.feed(Buffer.alloc(1_048_576, 0x61), () => {});
    expect(oneLine.overflowed).toBe(true);
    const manyLines = new SseDecoder();
    for (let sent = 0; sent <= 17; sent++) manyLines.feed(Buffer.from(`data: ${"a".repeat(1_048_576)}\n`), () => {});
    expect(manyLines.overflowed).toBe(true);
  });
});
