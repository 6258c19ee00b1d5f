import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type MultipartPiece, MultipartReader, readBoundary } from "./multipart.ts";

const body = Buffer.from(
  [
    '--B0\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\n\r\n--B\r\n--B1 not a boundary\u0000\r\n',
    '--B0\r\nContent-Disposition: form-data; name="portkey_provider"\r\n\r\ngroq\r\n',
    '--B0\r\nContent-Disposition: form-data; name="model"\r\n\r\n@groq/whisper\r\n',
    '--B0\r\nContent-Disposition: form-data; name="language"\r\n\r\nde\r\n',
    "--B0--\r\n",
  ].join(""),
);

function treat(field: string): "pass" | "watch" | "drop" {
  return field === "model" ? "watch" : field.startsWith("portkey_") ? "drop" : "pass";
}

function write(pieces: readonly MultipartPiece[]): string {
  return Buffer.concat(pieces.map((piece) => (Buffer.isBuffer(piece) ? piece : Buffer.from(piece.value.replace("@groq/", "")))))
    .subarray(2)
    .toString();
}

describe("MultipartReader", () => {
  it("gives the same body with the model renamed and the routing field gone, however the bytes are split", () => {
    const expected = body
      .toString()
      .replace('--B0\r\nContent-Disposition: form-data; name="portkey_provider"\r\n\r\ngroq\r\n', "")
      .replace("@groq/", "");
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 })), (sizes) => {
        const reader = new MultipartReader("B0", treat);
        const pieces: MultipartPiece[] = [];
        let at = 0;
        for (const size of [...sizes, body.length]) {
          pieces.push(...reader.feed(body.subarray(at, at + size)));
          at += size;
        }
        expect(reader.ended).toBe(true);
        expect(write(pieces)).toBe(expected);
        expect(Object.fromEntries(reader.values)).toEqual({ model: "@groq/whisper", portkey_provider: "groq" });
      }),
    );
  });

  it("lets a file's bytes through before the file has ended", () => {
    const reader = new MultipartReader("B0", treat);
    reader.feed(body.subarray(0, 100));
    const through = reader.feed(Buffer.alloc(1_000_000, 0x61));
    expect(through.reduce((bytes, piece) => bytes + (Buffer.isBuffer(piece) ? piece.length : 0), 0)).toBeGreaterThan(999_000);
  });

  it("refuses a watched field that stands there twice, which would be checked once and sent twice", () => {
    const twice = `--B0\r\nContent-Disposition: form-data; name="model"\r\n\r\na\r\n`.repeat(2);
    expect(() => new MultipartReader("B0", treat).feed(Buffer.from(`${twice}--B0--\r\n`))).toThrow('"model" stands in it twice');
  });

  it("refuses a header that never ends", () => {
    expect(() => new MultipartReader("B0", treat).feed(Buffer.from(`--B0\r\n${"x".repeat(20_000)}`))).toThrow("header is longer");
  });
});

describe("readBoundary()", () => {
  it.each([
    ["multipart/form-data; boundary=abc", "abc"],
    ['multipart/form-data; charset=utf-8; boundary="a b"', "a b"],
    ["multipart/mixed; boundary=abc", null],
    ["multipart/form-data", null],
    [`multipart/form-data; boundary=${"x".repeat(71)}`, null],
  ])("reads %s as %s", (contentType, boundary) => {
    expect(readBoundary(contentType)).toBe(boundary);
  });
});
