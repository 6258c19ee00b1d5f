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

  it("takes no key for the one that stood in its place before", () => {
    // "Ã©" has the codes of the bytes of "é"; the escapes mean what was written out before.
    const texts = [
      '{"model":1}',
      '{"Ã©":1}',
      '{"é":1}',
      '{"model":1}',
      '{"mod\\u0065l":1}',
      '{"modes":1}',
      '{"mode":1}',
      '{"a\\\\b":1}',
      '{"a\\b":1}',
    ];
    expect(texts.map((text) => scan(text).members[0]?.key)).toEqual(texts.map((text) => Object.keys(JSON.parse(text) as object)[0]));
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
    ["", "malformed"],
    ["nope", "not-an-object"],
    ["\u00a0{}", "malformed"],
    [`{"a":${"[".repeat(128)}${"]".repeat(128)}}`, "too-deep"],
    [`{"a":[${"{},".repeat(100_000)}{}]}`, "too-many"],
    ['{"a":"\\ud83d"}', "lone-surrogate"],
    ['{"a":"\\ude00\\ud83d"}', "lone-surrogate"],
    ['{"a":"\\ud83dx"}', "lone-surrogate"],
  ])("refuses %.20s as %s", (text, reason) => {
    expect(scanObject(Buffer.from(text), limits)).toMatchObject({ ok: false, reason });
  });

  it.each([
    ['{"a":1 "b":2}', 7],
    ['{"a":01}', 6],
    ['{"a":"x\ty"}', 7],
    ['{"a":1} {}', 8],
    ['{"a":"', 6],
  ])("tells where %s goes wrong", (text, at) => {
    expect(scanObject(Buffer.from(text), limits)).toEqual({ ok: false, reason: "malformed", at });
  });

  it("agrees with JSON.parse about what is JSON, over objects with a few bytes changed, doubled or lost", () => {
    const change = fc.record({
      at: fc.nat(),
      kind: fc.constantFrom("set", "insert", "remove"),
      to: fc.constantFrom(...'{}[]",:\\/ \n\t\u0000utrfn-+.eE019'.split("")),
    });
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(change, { maxLength: 3 }), (value, changes) => {
        let text = JSON.stringify(value);
        for (const { at, kind, to } of changes) {
          const place = at % (text.length + 1);
          text = text.slice(0, place) + (kind === "remove" ? "" : to) + text.slice(kind === "insert" ? place : place + 1);
        }
        let parsed: unknown;
        try {
          parsed = JSON.parse(text);
        } catch {
          parsed = undefined;
        }
        const isObject = typeof parsed === "object" && parsed !== null && !Array.isArray(parsed);
        const result = scanObject(Buffer.from(text), limits);
        // Half a surrogate is JSON to the parser and refused here; everything else must be the same.
        if (!result.ok && result.reason === "lone-surrogate") return;
        expect({ text, ok: result.ok }).toEqual({ text, ok: isObject });
      }),
      { numRuns: 3_000 },
    );
  });

  it.each(["x", "!", "#", "[", "]", " ", "~", "\u007f", "é", "\u0800", "🦊"])(
    "sees what ends a string behind any number of %j, wherever its bytes stand",
    (character) => {
      for (let shift = 0; shift < 4; shift++) {
        for (let count = 0; count < 10; count++) {
          const run = character.repeat(count);
          const at = 6 + Buffer.byteLength(run);
          const check = (rest: string): ObjectScan => {
            // Neighbours that would end the string, were they looked at.
            const bytes = Buffer.from(`${'"'.repeat(shift)}{"a":"${run}${rest}"`);
            return scanObject(bytes.subarray(shift, bytes.length - 1), limits);
          };
          expect(check('"}')).toMatchObject({ ok: true, members: [{ valueStart: 5, end: at + 1 }] });
          expect(check(String.raw`\\"}`)).toMatchObject({ ok: true, members: [{ valueStart: 5, end: at + 3 }] });
          for (const control of ["\0", "\u001f", "\n"]) expect(check(`${control}"}`)).toEqual({ ok: false, reason: "malformed", at });
          expect(check("")).toEqual({ ok: false, reason: "malformed", at });
        }
      }
    },
  );

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
