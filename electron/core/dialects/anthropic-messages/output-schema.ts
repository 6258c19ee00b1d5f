import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";

const formats = new Set(["date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"]);
/** What may stand in a schema as it is. */
const plain = new Set(["type", "title", "description", "enum", "const", "required", "default", "$ref"]);

/**
 * Fits a JSON schema to what Anthropic enforces: every object lists all of its members, and limits that it does not
 * know (`minimum`, `maxLength`, `pattern`, ...) go into the description, where the model at least reads them.
 *
 * @returns null for a schema that would mean something else afterwards: a map of any keys, one that refers to itself
 * @see https://platform.claude.com/docs/en/build-with-claude/structured-outputs
 */
export function fitSchema(schema: JsonObject): JsonObject | null {
  return isRecursive(schema) ? null : fit(schema);
}

function fit(schema: JsonValue | undefined): JsonObject | null {
  if (!isJsonObject(schema)) return null;
  const fitted: Record<string, JsonValue> = {};
  const unknown: string[] = [];
  for (const [key, value] of Object.entries(schema)) {
    if (value === undefined || key === "$schema" || key === "$id") continue;
    const known = fitKeyword(key, value);
    if (known === null) return null;
    if (known === undefined) unknown.push(`${key}: ${JSON.stringify(value)}`);
    else fitted[known.key] = known.value;
  }
  if (isJsonObject(fitted["properties"]) || fitted["type"] === "object") {
    fitted["type"] ??= "object";
    fitted["properties"] ??= {};
    fitted["additionalProperties"] = false;
  }
  if (unknown.length > 0) {
    const described = typeof schema["description"] === "string" ? `${schema["description"]}\n\n` : "";
    fitted["description"] = `${described}{${unknown.join(", ")}}`;
  }
  return fitted;
}

/** A keyword as Anthropic takes it; undefined where it does not, null where the schema cannot do without. */
function fitKeyword(key: string, value: JsonValue): { readonly key: string; readonly value: JsonValue } | undefined | null {
  switch (key) {
    case "properties":
    case "$defs":
    case "definitions":
      return inPlace(key, fitMembers(value));
    case "items":
      return inPlace(key, fit(value));
    case "anyOf":
    case "allOf":
      return inPlace(key, fitList(value));
    case "oneOf":
      return inPlace("anyOf", fitList(value));
    case "additionalProperties":
      // Left open is what most people mean by leaving it out; a schema for it makes a map.
      return isJsonObject(value) && Object.keys(value).length > 0 ? null : { key, value: false };
    case "patternProperties":
    case "propertyNames":
      return null;
    case "format":
      return typeof value === "string" && formats.has(value) ? { key, value } : undefined;
    case "minItems":
      return value === 0 || value === 1 ? { key, value } : undefined;
    default:
      return plain.has(key) ? { key, value } : undefined;
  }
}

function inPlace(key: string, value: JsonValue | null): { readonly key: string; readonly value: JsonValue } | null {
  return value === null ? null : { key, value };
}

function fitMembers(members: JsonValue): JsonObject | null {
  if (!isJsonObject(members)) return null;
  const fitted: Record<string, JsonValue> = {};
  for (const [name, member] of Object.entries(members)) {
    const one = fit(member);
    if (one === null) return null;
    fitted[name] = one;
  }
  return fitted;
}

function fitList(schemas: JsonValue): readonly JsonObject[] | null {
  if (!Array.isArray(schemas)) return null;
  const fitted: JsonObject[] = [];
  for (const schema of schemas as readonly JsonValue[]) {
    const one = fit(schema);
    if (one === null) return null;
    fitted.push(one);
  }
  return fitted;
}

/** Whether a definition leads back to itself, or a reference leads nowhere. Each definition is looked at once. */
function isRecursive(schema: JsonObject): boolean {
  const done = new Set<string>();
  const visit = (value: JsonValue | undefined, trail: ReadonlySet<string>): boolean => {
    if (Array.isArray(value)) return (value as readonly JsonValue[]).some((item) => visit(item, trail));
    if (!isJsonObject(value)) return false;
    const reference = value["$ref"];
    if (typeof reference === "string" && !done.has(reference)) {
      const target = resolve(schema, reference);
      if (target === undefined || trail.has(reference) || visit(target, new Set([...trail, reference]))) return true;
      done.add(reference);
    }
    return Object.entries(value).some(([key, member]) => key !== "$defs" && key !== "definitions" && visit(member, trail));
  };
  return visit(schema, new Set());
}

/** What a reference such as `#/$defs/node` stands for. */
function resolve(root: JsonObject, reference: string): JsonValue | undefined {
  if (!reference.startsWith("#/")) return undefined;
  let value: JsonValue | undefined = root;
  for (const part of reference.slice(2).split("/")) value = isJsonObject(value) ? value[part] : undefined;
  return value;
}
