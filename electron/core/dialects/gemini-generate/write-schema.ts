import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";

/** A schema that refers to itself in many places could grow without end: from here on references are cut short. */
const mostNodes = 4_000;

interface Work {
  readonly root: JsonObject;
  readonly under: Set<string>;
  nodes: number;
}

/**
 * Makes a JSON Schema fit for `parametersJsonSchema` and `responseJsonSchema`. These take the whole of JSON Schema and
 * heed a part of it, so that little has to change, and less is lost than in `parameters`, which refuses what it does
 * not know: references are put in place (a sub-schema with `$ref` may hold nothing else, and only `$defs` is looked at;
 * a recursive one ends after one round), `const` becomes an enum, `null` leaves enums and stays in the type, `allOf` is
 * merged.
 *
 * @see https://ai.google.dev/api/generate-content#GenerationConfig (`responseJsonSchema`)
 */
export function writeSchema(schema: JsonObject): JsonObject {
  return clean(schema, { root: schema, under: new Set(), nodes: 0 });
}

/** Whether a function's schema asks for no arguments at all; such a function is declared without one. */
export function hasNoParameters(schema: JsonObject): boolean {
  const idle = new Set(["type", "properties", "required", "additionalProperties", "$schema", "title", "description", "$defs"]);
  const properties = schema["properties"];
  return (
    Object.keys(schema).every((key) => idle.has(key)) &&
    (!isJsonObject(properties) || Object.keys(properties).length === 0) &&
    (schema["additionalProperties"] === false || schema["additionalProperties"] === undefined)
  );
}

function clean(schema: JsonObject, work: Work): JsonObject {
  work.nodes++;
  const reference = schema["$ref"];
  if (typeof reference === "string") return follow(schema, reference, work);
  const written: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (value === undefined) continue;
    switch (key) {
      case "$schema":
      case "$id":
      case "$anchor":
      case "$comment":
      case "$defs":
      case "definitions":
      case "allOf":
      // Not heeded there, and what they refer to would be gone.
      case "not":
      case "if":
      case "then":
      case "else":
      case "contains":
      case "propertyNames":
      case "patternProperties":
      case "dependentSchemas":
      case "unevaluatedItems":
      case "unevaluatedProperties":
        continue;
      case "properties":
        written[key] = isJsonObject(value) ? cleanValues(value, work) : value;
        continue;
      case "items":
      case "additionalProperties":
        // Draft 7 wrote a tuple's items as a list.
        if (key === "items" && Array.isArray(value)) written["prefixItems"] = cleanList(value as readonly JsonValue[], work);
        else written[key] = isJsonObject(value) ? clean(value, work) : value;
        continue;
      case "anyOf":
      case "oneOf":
      case "prefixItems":
        written[key] = Array.isArray(value) ? cleanList(value as readonly JsonValue[], work) : value;
        continue;
      default:
        written[key] = value;
    }
  }
  if (Array.isArray(schema["allOf"])) mergeAll(written, cleanList(schema["allOf"] as readonly JsonValue[], work));
  constToEnum(written);
  nullOutOfEnum(written);
  return written;
}

function follow(schema: JsonObject, reference: string, work: Work): JsonObject {
  const { $ref: _reference, ...beside } = schema;
  const target = resolve(work.root, reference);
  if (target === undefined) return clean(beside, work);
  if (work.under.has(reference) || work.nodes > mostNodes) return shallow({ ...target, ...beside });
  work.under.add(reference);
  const written = clean({ ...target, ...beside }, work);
  work.under.delete(reference);
  return written;
}

function resolve(root: JsonObject, reference: string): JsonObject | undefined {
  if (!reference.startsWith("#")) return undefined;
  let at: JsonValue | undefined = root;
  for (const token of reference.slice(1).split("/").slice(1)) {
    const key = decode(token).replaceAll("~1", "/").replaceAll("~0", "~");
    if (Array.isArray(at)) at = (at as readonly JsonValue[])[Number(key)];
    else at = isJsonObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  }
  return isJsonObject(at) ? at : undefined;
}

function decode(token: string): string {
  try {
    return decodeURIComponent(token);
  } catch {
    return token;
  }
}

/** What is left of a schema where it would contain itself: what kind of value it is. */
function shallow(schema: JsonObject): JsonObject {
  return {
    type: schema["type"] ?? (isJsonObject(schema["properties"]) ? "object" : undefined),
    title: schema["title"],
    description: schema["description"],
  };
}

function cleanList(list: readonly JsonValue[], work: Work): readonly JsonValue[] {
  return list.map((item) => (isJsonObject(item) ? clean(item, work) : item));
}

function cleanValues(properties: JsonObject, work: Work): JsonObject {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, isJsonObject(value) ? clean(value, work) : value]));
}

function mergeAll(into: Record<string, JsonValue>, all: readonly JsonValue[]): void {
  for (const one of all) {
    if (!isJsonObject(one)) continue;
    for (const [key, value] of Object.entries(one)) {
      const there = into[key];
      if (value === undefined) continue;
      if (key === "properties" && isJsonObject(there) && isJsonObject(value)) into[key] = { ...there, ...value };
      else if (key === "required" && Array.isArray(there) && Array.isArray(value))
        into[key] = [...new Set([...(there as readonly JsonValue[]), ...(value as readonly JsonValue[])])];
      else into[key] = there ?? value;
    }
  }
}

function constToEnum(schema: Record<string, JsonValue>): void {
  const value = schema["const"];
  if (typeof value !== "string" && typeof value !== "number") return;
  delete schema["const"];
  schema["enum"] = [value];
  schema["type"] ??= typeof value;
}

function nullOutOfEnum(schema: Record<string, JsonValue>): void {
  const values = schema["enum"];
  if (!Array.isArray(values) || !(values as readonly JsonValue[]).includes(null)) return;
  const rest = (values as readonly JsonValue[]).filter((value) => value !== null);
  if (rest.length === 0) {
    delete schema["enum"];
    schema["type"] = "null";
    return;
  }
  schema["enum"] = rest;
  if (typeof schema["type"] === "string" && schema["type"] !== "null") schema["type"] = [schema["type"], "null"];
  else schema["type"] ??= [...new Set(rest.map((value) => typeof value)), "null"];
}
