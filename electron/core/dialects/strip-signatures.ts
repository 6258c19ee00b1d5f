import { isJsonObject, type JsonObject, type JsonValue } from "./json.ts";
import { wrappedPrefix } from "./signature-wrapping.ts";

/** Where the dialects keep signatures. */
const places = ["signature", "data", "thoughtSignature", "thought_signature", "encrypted_content"] as const;

/** Whether a body may hold what {@link stripForeignSignatures} takes out: most hold none and are not parsed. */
export function mayHoldForeignSignatures(body: Buffer): boolean {
  return body.includes(wrappedPrefix) || body.includes('"signature":""') || body.includes('"signature": ""');
}

/**
 * Takes another maker's wrapped signatures out of a body that is to be relayed: a conversation that went on with another
 * model carries them, and its own maker's API would refuse them. A thought goes as a whole; text or a call that was
 * only signed stays. Everything else is left as it is.
 */
export function stripForeignSignatures(body: JsonObject): JsonObject {
  return strip(body) as JsonObject;
}

function strip(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).filter((item) => !isForeignThought(item)).map(strip);
  if (!isJsonObject(value)) return value;
  const kept: Record<string, JsonValue | undefined> = {};
  for (const [key, member] of Object.entries(value)) {
    if (!isWrapped(member) || !(places as readonly string[]).includes(key)) kept[key] = member === undefined ? member : strip(member);
  }
  return kept;
}

function isForeignThought(item: JsonValue): boolean {
  if (!isJsonObject(item)) return false;
  // What a provider without signatures thought was shown with an empty one, which nobody takes back.
  if (item["type"] === "thinking" && item["signature"] === "") return true;
  if (!places.some((place) => isWrapped(item[place]))) return false;
  const { type } = item;
  const isThought = item["thought"] === true || type === "thinking" || type === "redacted_thinking" || type === "reasoning";
  // Gemini may sign an empty text on its own.
  return isThought || item["text"] === "";
}

function isWrapped(value: unknown): boolean {
  return typeof value === "string" && value.startsWith(wrappedPrefix);
}
