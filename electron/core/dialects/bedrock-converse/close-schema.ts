import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";

/**
 * Closes the objects of a JSON schema that name their properties, as Bedrock demands of a structured answer's schema:
 * `additionalProperties` has to be false. An object without named properties is a map, and stays open.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html
 */
export function closeSchema(schema: JsonObject): JsonObject {
  const closed: Record<string, JsonValue | undefined> = {};
  for (const key in schema) closed[key] = closeUnder(key, schema[key]);
  if (isJsonObject(schema["properties"]) && schema["additionalProperties"] === undefined) closed["additionalProperties"] = false;
  return closed;
}

const holdsSchema = new Set(["items", "not", "if", "then", "else", "contains", "additionalProperties"]);
const holdsNamedSchemas = new Set(["properties", "$defs", "definitions", "patternProperties"]);
const holdsSchemas = new Set(["anyOf", "oneOf", "allOf", "prefixItems"]);

function closeUnder(key: string, value: JsonValue | undefined): JsonValue | undefined {
  if (isJsonObject(value)) {
    if (holdsSchema.has(key)) return closeSchema(value);
    if (!holdsNamedSchemas.has(key)) return value;
    const closed: Record<string, JsonValue | undefined> = {};
    for (const name in value) closed[name] = isJsonObject(value[name]) ? closeSchema(value[name]) : value[name];
    return closed;
  }
  if (holdsSchemas.has(key) && Array.isArray(value))
    return (value as readonly JsonValue[]).map((item) => (isJsonObject(item) ? closeSchema(item) : item));
  return value;
}
