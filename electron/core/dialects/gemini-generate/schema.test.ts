import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../json.ts";
import { readSchema } from "./read-schema.ts";
import { hasNoParameters, writeSchema } from "./write-schema.ts";

const plain = (schema: JsonObject): unknown => JSON.parse(JSON.stringify(schema));

describe("readSchema", () => {
  it("makes JSON Schema of Google's", () => {
    expect(
      readSchema({
        type: "OBJECT",
        property_ordering: ["b", "a"],
        properties: {
          a: { type: "STRING", nullable: true, format: "enum", enum: ["x", "y"] },
          b: {
            type: "ARRAY",
            minItems: "2",
            items: { anyOf: [{ type: "INTEGER", enum: ["1", "2"] }, { type: "NUMBER" }], nullable: true },
          },
          type: { type: "TYPE_UNSPECIFIED", description: "any" },
        },
        required: ["a"],
      }),
    ).toEqual({
      type: "object",
      properties: {
        b: { type: "array", minItems: 2, items: { anyOf: [{ type: "integer", enum: [1, 2] }, { type: "number" }, { type: "null" }] } },
        a: { type: ["string", "null"], enum: ["x", "y", null] },
        type: { description: "any" },
      },
      required: ["a"],
    });
    expect(Object.keys(readSchema({ propertyOrdering: ["b", "a"], properties: { a: {}, b: {} } })["properties"] as JsonObject)).toEqual([
      "b",
      "a",
    ]);
  });
});

describe("writeSchema", () => {
  it.each<[string, JsonObject, JsonObject]>([
    ["takes marks of the standard away", { $schema: "s", $id: "i", $comment: "c", type: "string" }, { type: "string" }],
    ["makes const an enum", { const: "a" }, { enum: ["a"], type: "string" }],
    ["leaves a boolean const, which enums do not take", { const: true }, { const: true }],
    ["keeps null in the type and not in the enum", { type: "string", enum: ["a", null] }, { type: ["string", "null"], enum: ["a"] }],
    ["knows an enum of null alone", { enum: [null] }, { type: "null" }],
    [
      "merges allOf",
      {
        allOf: [
          { type: "object", properties: { a: {} }, required: ["a"] },
          { properties: { b: {} }, required: ["b"] },
        ],
      },
      { type: "object", properties: { a: {}, b: {} }, required: ["a", "b"] },
    ],
    [
      "makes a tuple of a list of items",
      { type: "array", items: [{ const: 1 }] },
      { type: "array", prefixItems: [{ enum: [1], type: "number" }] },
    ],
    [
      "keeps what is understood",
      { type: ["string", "null"], format: "uri", pattern: "^a" },
      { type: ["string", "null"], format: "uri", pattern: "^a" },
    ],
    [
      "keeps properties that are called like keywords",
      { properties: { $ref: { type: "string" }, definitions: { type: "string" }, not: {} } },
      { properties: { $ref: { type: "string" }, definitions: { type: "string" }, not: {} } },
    ],
    [
      "puts references in place",
      { $defs: { "a/b": { type: "string" } }, properties: { x: { $ref: "#/$defs/a~1b", description: "X" } } },
      { properties: { x: { type: "string", description: "X" } } },
    ],
    [
      "finds definitions of draft 7",
      { definitions: { A: { const: 1 } }, items: { $ref: "#/definitions/A" } },
      { items: { enum: [1], type: "number" } },
    ],
    [
      "lets go of a reference to nothing",
      { properties: { x: { $ref: "#/$defs/none", title: "X" }, y: { $ref: "https://x.example" } } },
      { properties: { x: { title: "X" }, y: {} } },
    ],
  ])("%s", (_name, schema, wanted) => {
    expect(plain(writeSchema(schema))).toEqual(wanted);
  });

  it("ends a schema that contains itself after one round", () => {
    const node = { type: "object", description: "a node", properties: { next: { $ref: "#/$defs/Node" } } };
    expect(plain(writeSchema({ $defs: { Node: node }, $ref: "#/$defs/Node" }))).toEqual({
      type: "object",
      description: "a node",
      properties: { next: { type: "object", description: "a node" } },
    });
    expect(plain(writeSchema({ type: "object", properties: { self: { $ref: "#" } } }))).toMatchObject({
      properties: { self: { properties: { self: { type: "object" } } } },
    });
    expect(plain(writeSchema({ $defs: { A: { $ref: "#/$defs/B" }, B: { $ref: "#/$defs/A" } }, $ref: "#/$defs/A" }))).toEqual({});
  });

  it("stays small where references fan out", () => {
    const $defs: Record<string, JsonObject> = { d0: { type: "string" } };
    for (let depth = 1; depth < 30; depth++)
      $defs[`d${depth}`] = { type: "object", properties: { a: { $ref: `#/$defs/d${depth - 1}` }, b: { $ref: `#/$defs/d${depth - 1}` } } };
    expect(JSON.stringify(writeSchema({ $defs, $ref: "#/$defs/d29" })).length).toBeLessThan(1_000_000);
  });

  it("takes any JSON without a throw, and leaves no reference behind", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom("$ref", "$defs", "properties", "items", "allOf", "enum", "const", "type", "anyOf"), fc.jsonValue()),
        (schema) => {
          expect(writeSchema(schema as JsonObject)).not.toHaveProperty("$defs");
        },
      ),
    );
  });
});

describe("hasNoParameters", () => {
  it.each<[JsonObject, boolean]>([
    [{}, true],
    [{ type: "object", properties: {}, required: [], additionalProperties: false, $schema: "s" }, true],
    [{ type: "object", additionalProperties: true }, false],
    [{ type: "object", properties: { a: {} } }, false],
    [{ anyOf: [] }, false],
  ])("of %j is %s", (schema, wanted) => {
    expect(hasNoParameters(schema)).toBe(wanted);
  });
});
