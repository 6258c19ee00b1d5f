import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";

/** Members whose value counts something: proto JSON writes 64-bit integers as strings. */
const counts = new Set(["minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties"]);

/**
 * Reads Google's `Schema`, a piece of OpenAPI 3.0 with upper-case types, as JSON Schema: `nullable` becomes a second
 * type, enums of numbers become numbers again, `propertyOrdering` becomes the order of the properties.
 *
 * @see https://ai.google.dev/api/caching#Schema
 */
export function readSchema(schema: JsonObject): JsonObject {
  const read: Record<string, JsonValue> = {};
  let isNullable = false;
  let order: readonly JsonValue[] = [];
  for (const [given, value] of Object.entries(schema)) {
    if (value === undefined || value === null) continue;
    const key = given.replaceAll(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
    if (key === "type") {
      const type = readType(value);
      if (type !== undefined) read["type"] = type;
    } else if (key === "nullable") isNullable = value === true;
    else if (key === "propertyOrdering") order = Array.isArray(value) ? (value as readonly JsonValue[]) : [];
    else if (key === "properties" && isJsonObject(value)) read[key] = mapValues(value);
    else if (key === "items" || key === "additionalProperties") read[key] = isJsonObject(value) ? readSchema(value) : value;
    else if ((key === "anyOf" || key === "oneOf" || key === "prefixItems") && Array.isArray(value))
      read[key] = (value as readonly JsonValue[]).map((item) => (isJsonObject(item) ? readSchema(item) : item));
    else if (counts.has(key) && typeof value === "string") read[key] = Number(value);
    else if (key === "format" && value === "enum") continue;
    else read[key] = value;
  }
  if (Array.isArray(read["enum"])) read["enum"] = readEnum(read["enum"] as readonly JsonValue[], read["type"]);
  if (isNullable) allowNull(read);
  if (order.length > 0 && isJsonObject(read["properties"])) read["properties"] = reorder(read["properties"], order);
  return read;
}

function readType(value: JsonValue): JsonValue | undefined {
  if (typeof value !== "string")
    return Array.isArray(value) ? (value as readonly JsonValue[]).map((type) => readType(type) ?? type) : value;
  return value === "TYPE_UNSPECIFIED" ? undefined : value.toLowerCase();
}

function readEnum(values: readonly JsonValue[], type: JsonValue | undefined): readonly JsonValue[] {
  if (type !== "integer" && type !== "number") return values;
  return values.map((value) =>
    typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value)) ? Number(value) : value,
  );
}

function allowNull(schema: Record<string, JsonValue>): void {
  if (typeof schema["type"] === "string") schema["type"] = [schema["type"], "null"];
  else if (Array.isArray(schema["anyOf"])) schema["anyOf"] = [...(schema["anyOf"] as readonly JsonValue[]), { type: "null" }];
  if (Array.isArray(schema["enum"])) schema["enum"] = [...(schema["enum"] as readonly JsonValue[]), null];
}

function mapValues(properties: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, isJsonObject(value) ? readSchema(value) : value]));
}

function reorder(properties: JsonObject, order: readonly JsonValue[]): JsonObject {
  const first = order.filter((name): name is string => typeof name === "string" && Object.hasOwn(properties, name));
  return Object.fromEntries([...new Set([...first, ...Object.keys(properties)])].map((name) => [name, properties[name]]));
}
