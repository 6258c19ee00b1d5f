import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AlikeReader } from "./alike-reader.ts";

const json = fc.jsonValue({ maxDepth: 3, noUnicodeString: false }).map((value) => JSON.stringify({ usage: value }));
const numbers = fc.oneof(
  fc.nat(),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.maxSafeNat(),
  fc.constantFrom(0, 1e15, 1e16, 1e21),
);

function learned(...texts: readonly string[]): AlikeReader {
  const reader = new AlikeReader();
  for (const text of texts) reader.learn(text, JSON.parse(text));
  return reader;
}

const read = (reader: AlikeReader, text: string, open = 0): unknown => reader.read(Buffer.from(text), open);

describe("AlikeReader", () => {
  it("reads a text that has nothing but other numbers, wherever it begins and whatever follows", () => {
    const reader = learned('{"prompt_tokens": 12,"details":{"cached":[1,2],"none":null,"tier":"t1"},"ok":true}');
    const text = 'xx{"prompt_tokens": 900,"details":{"cached":[0,77],"none":null,"tier":"t1"},"ok":true}, "more": 1';
    expect(read(reader, text, 2)).toEqual({ prompt_tokens: 900, details: { cached: [0, 77], none: null, tier: "t1" }, ok: true });
  });

  it.each([
    ["another name", '{"a":1,"c":2}'],
    ["one more", '{"a":1,"b":2,"c":3}'],
    ["one less", '{"a":1}'],
    ["a fraction", '{"a":1.5,"b":2}'],
    ["an exponent", '{"a":1e3,"b":2}'],
    ["less than nothing", '{"a":-1,"b":2}'],
    ["a zero before it", '{"a":01,"b":2}'],
    ["more digits than are exact", '{"a":1234567890123456,"b":2}'],
    ["no number", '{"a":null,"b":2}'],
    ["no end", '{"a":1,"b":'],
  ])("leaves a text with %s to others", (_what, text) => {
    expect(read(learned('{"a":1,"b":2}'), text)).toBeUndefined();
  });

  it("knows several kinds of text at a time", () => {
    const reader = learned('{"a":1}', '{"b":{"c":2}}', '{"d":[]}');
    expect(read(reader, '{"a":5}')).toEqual({ a: 5 });
    expect(read(reader, '{"d":[]}')).toEqual({ d: [] });
    expect(read(reader, '{"b":{"c":6}}')).toEqual({ b: { c: 6 } });
  });

  it("says what JSON.parse says, or nothing, whatever it has learnt and is asked", () => {
    fc.assert(
      fc.property(json, fc.array(numbers), (text, others) => {
        const reader = learned(text);
        let index = 0;
        const asked = text.replaceAll(/(?<![\w".-])\d+(?![\w".])/g, (digits) => String(others[index++] ?? digits));
        const found = read(reader, asked);
        expect(found === undefined || JSON.stringify(found) === JSON.stringify(JSON.parse(asked))).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it("puts no number into another's place where names are numbers, stand twice, or are no names of their own", () => {
    for (const text of [
      '{"b":1,"1":1}',
      '{"a":1,"a":1}',
      '{"a":2,"b":1,"a":1}',
      '{"a":null,"b":1,"a":1}',
      '{"__proto__":1}',
      '{"a":{"5":1},"b":1}',
    ])
      expect(read(learned(text), text)).toBeUndefined();
  });
});
