import fc from "fast-check";
import { parse, stripComments } from "jsonc-parser";
import { expect, it } from "vitest";
import { editJson } from "./edit-json.ts";

it("editJson() adds behind the last member's comment, and leaves every other byte as it was", () => {
  const text = '{\n  // mine\n  "aliases": {\n    "fast": { "model": "a" } // keep me\n  }\n}\n';
  expect(editJson(text, ["aliases", "slow"], { model: "b" })).toBe(
    '{\n  // mine\n  "aliases": {\n    "fast": { "model": "a" }, // keep me\n    "slow": {\n      "model": "b"\n    }\n  }\n}\n',
  );
});

it.each([
  ["", ["gateway", "port"], 1, '{\n  "gateway": {\n    "port": 1\n  }\n}\n'],
  ['{ "a": 1 }', ["b"], 2, '{ "a": 1, "b": 2 }'],
  ['{\n\t"a": 1, // one\n}', ["b"], 2, '{\n\t"a": 1, // one\n\t"b": 2\n}'],
  ["{\n  /* none yet */\n}", ["b"], 2, '{\n  "b": 2\n  /* none yet */\n}'],
  ['{ "a": { } }', ["a", "b"], true, '{ "a": {\n  "b": true\n} }'],
  ['{ "a": 1 /* x */ }', ["a"], 2, '{ "a": 2 /* x */ }'],
  ['{\n  "a": 1, // about a\n  // about b\n  "b": 2\n}', ["a"], undefined, '{\n  // about b\n  "b": 2\n}'],
  ['{\n  "a": 1, // about a\n  "b": 2\n}', ["b"], undefined, '{\n  "a": 1 // about a\n}'],
  ['{ "a": 1, "b": 2 }', ["a"], undefined, '{ "b": 2 }'],
  ['{ "a": 1 }', ["none"], undefined, '{ "a": 1 }'],
  ['{\n  "a": 1,\n  // about b\n  "b": 2\n}', ["a"], undefined, '{\n  // about b\n  "b": 2\n}'],
] as const)("editJson(%j, %j, %j)", (text, path, value, after) => {
  expect(editJson(text, path, value)).toBe(after);
});

it("editJson() sets exactly what it is asked to set, and loses no comment", () => {
  const key = fc.constantFrom("a", "b", "__x", "with space", 'quo"te');
  const comment = fc.constantFrom("", " // c1", " /* c2 */", "\n// c3\n");
  const leaf = fc.oneof(fc.integer(), fc.constantFrom('"s"', "[]", "{}", "[1, 2]").map(String));
  const object = fc.uniqueArray(fc.tuple(key, leaf, comment), { selector: ([name]) => name, maxLength: 4 }).chain((members) =>
    fc.tuple(fc.constant(members), fc.boolean(), fc.constantFrom("\n  ", " ", "\n\t"), comment).map(([list, trailing, gap, first]) => {
      const lines = list.map(([name, value, words], index) => {
        const comma = index < list.length - 1 || trailing ? "," : "";
        return `${gap}${JSON.stringify(name)}: ${value}${comma}${words}${words.includes("//") ? "\n" : ""}`;
      });
      return `{${first}${first.includes("//") ? "\n" : ""}${lines.join("")}\n}`;
    }),
  );
  const comments = (text: string): number => (text.match(/c\d/g) ?? []).length;
  fc.assert(
    fc.property(object, key, fc.constantFrom(1, "text", { deep: { er: [1] } }), fc.boolean(), (text, name, value, isNested) => {
      const before = parse(text) as Record<string, unknown>;
      const held = before[name];
      if (isNested && name in before && (typeof held !== "object" || Array.isArray(held))) return;
      const path = isNested ? [name, "inner"] : [name];
      const after = editJson(text, path, value);
      const expected = { ...before, [name]: isNested ? { ...(held as object), inner: value } : value };
      expect(parse(after)).toEqual(expected);
      expect(comments(after)).toBe(comments(text));
      expect(JSON.parse(stripComments(after).replace(/,(\s*\})/g, "$1"))).toEqual(expected);
    }),
  );
});

it("editJson() takes out exactly one member", () => {
  const member = fc.tuple(
    fc.constantFrom("a", "b", "c", "d"),
    fc.constantFrom("1", "{}", '{ "x": [1] }'),
    fc.constantFrom("", " // c1", " /* c2 */"),
  );
  const object = fc.uniqueArray(member, { selector: ([name]) => name, minLength: 1 }).chain((members) =>
    fc.tuple(fc.constantFrom("\n  ", " "), fc.boolean()).map(([gap, trailing]) => {
      const lines = members.map(([name, value, words], index) => {
        const comma = index < members.length - 1 || trailing ? "," : "";
        return `${gap}"${name}": ${value}${comma}${words}${words.includes("//") ? "\n" : ""}`;
      });
      return `{${lines.join("")}\n}`;
    }),
  );
  fc.assert(
    fc.property(object, fc.constantFrom("a", "b", "c", "d"), (text, name) => {
      const { [name]: _gone, ...left } = parse(text) as Record<string, unknown>;
      expect(parse(editJson(text, [name], undefined))).toEqual(left);
    }),
  );
});
