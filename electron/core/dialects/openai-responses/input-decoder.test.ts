import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openInputDecoder } from "./input-decoder.ts";

function decode(pieces: readonly string[]): { readonly told: string; readonly whole: string } {
  const decoder = openInputDecoder();
  const told = pieces.map((piece) => decoder.push(piece)).join("");
  return { told, whole: decoder.end() };
}

function cut(json: string, lengths: readonly number[]): readonly string[] {
  const pieces: string[] = [];
  let at = 0;
  for (const length of lengths) {
    pieces.push(json.slice(at, at + length));
    at += length;
  }
  return [...pieces, json.slice(at)];
}

describe("openInputDecoder()", () => {
  it("gives back any input, however its JSON is cut and escaped", () => {
    const property = fc.property(
      fc.string({ unit: "grapheme" }),
      fc.array(fc.integer({ min: 1, max: 5 })),
      fc.boolean(),
      (input, lengths, escapesAll) => {
        const json = JSON.stringify({ input });
        const written = escapesAll
          ? json.replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
          : json;
        expect(decode(cut(written, lengths))).toEqual({ told: input, whole: input });
      },
    );
    fc.assert(property);
  });

  it("never tells half a character", () => {
    const decoder = openInputDecoder();
    expect(decoder.push('{"input":"a\\ud83d')).toBe("a");
    expect(decoder.push("\\ude00b")).toBe("😀b");
    expect(decoder.push("\ud83d")).toBe("");
    expect(decoder.push('\ude00"}')).toBe("😀");
  });

  it("takes text that is no JSON, or JSON of another form, for the input itself", () => {
    expect(decode(["*** Begin", " Patch"])).toEqual({ told: "", whole: "*** Begin Patch" });
    expect(decode(['{"patch":"x"}'])).toEqual({ told: "", whole: '{"patch":"x"}' });
    expect(decode(['{"why":"w","input":"x"}'])).toEqual({ told: "", whole: "x" });
  });

  it("keeps line ends that a model did not escape", () => {
    expect(decode(['{"input":"a\nb', '\\tc"}'])).toEqual({ told: "a\nb\tc", whole: "a\nb\tc" });
  });
});
