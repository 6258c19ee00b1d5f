import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { editObject, type ObjectScan, scanObject } from "./scan-object.ts";

const limits = { depth: 128, containers: 100_000 };

function scan(text: string): Extract<ObjectScan, { ok: true }> {
  const result = scanObject(Buffer.from(text), limits);
  if (!result.ok) throw new Error(result.reason);
  return result;
}

describe("scanObject()", () => {
  it("finds the same top-level keys and values as JSON.parse, whatever the values hold", () => {
    const objects = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(objects, fc.constantFrom(undefined, 1, "\t"), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const bytes = Buffer.from(text);
        const found = scan(text).members.map((member) => [member.key, JSON.parse(bytes.toString("utf8", member.valueStart, member.end))]);
        expect(found).toEqual(Object.entries(JSON.parse(text) as object));
      }),
    );
  });

  it("crosses long strings with escaped quotes and runs of backslashes", () => {
    const long = `${"x".repeat(40)}\\"${"\\\\".repeat(30)}\\" ${"y".repeat(40)}`;
    expect(scan(`{"a":"${long}","b":1}`).members.map((member) => member.key)).toEqual(["a", "b"]);
  });

  it("reads escaped keys as what they mean", () => {
    expect(scan('{"mod\\u0065l":1}').members[0]?.key).toBe("model");
  });

  it.each([
    ["[1]", "not-an-object"],
    ['"x"', "not-an-object"],
    ["", "not-an-object"],
    ['{"a":"', "malformed"],
    ['{"a":1} {}', "malformed"],
    ['{"a":1', "malformed"],
    [`{"a":${"[".repeat(128)}${"]".repeat(128)}}`, "too-deep"],
    [`{"a":[${"{},".repeat(100_000)}{}]}`, "too-many"],
  ])("refuses %.20s as %s", (text, reason) => {
    expect(scanObject(Buffer.from(text), limits)).toEqual({ ok: false, reason });
  });

  it("takes exactly 128 levels", () => {
    expect(scanObject(Buffer.from(`{"a":${"[".repeat(127)}${"]".repeat(127)}}`), limits).ok).toBe(true);
  });

  it("ends on any bytes at all", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => typeof scanObject(Buffer.from(bytes), limits).ok === "boolean"));
  });
});

describe("editObject()", () => {
  it("replaces, adds and removes members like an edit of the parsed object, and leaves the rest byte for byte", () => {
    const key = fc.constantFrom("model", "stream", "provider", "messages", "n", "é");
    const edit = fc.option(fc.jsonValue(), { nil: null });
    fc.assert(
      fc.property(fc.dictionary(key, fc.jsonValue()), fc.dictionary(key, edit), fc.constantFrom(undefined, 2), (value, edits, indent) => {
        const text = JSON.stringify(value, null, indent);
        const changes = new Map(Object.entries(edits).map(([name, to]) => [name, to === null ? null : JSON.stringify(to)]));
        const result = JSON.parse(editObject(Buffer.from(text), scan(text), changes).toString()) as unknown;
        const expected: Record<string, unknown> = JSON.parse(text);
        for (const [name, to] of Object.entries(edits)) {
          if (to === null) delete expected[name];
          else expected[name] = JSON.parse(JSON.stringify(to));
        }
        expect(result).toEqual(expected);
      }),
    );
  });

  it("keeps numbers that JavaScript cannot hold, spaces and escapes as they came", () => {
    const text = '{ "model" : "a", "seed": 9007199254740993, "provider":"portkey", "x": "\\u00e9" , "n":1.0 }';
    const edits = new Map([
      ["model", '"b"'],
      ["provider", null],
    ]);
    expect(editObject(Buffer.from(text), scan(text), edits).toString()).toBe(
      '{ "model" : "b", "seed": 9007199254740993, "x": "\\u00e9" , "n":1.0 }',
    );
  });
});
