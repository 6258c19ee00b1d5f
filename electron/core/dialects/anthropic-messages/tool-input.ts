import { type JsonObject, parseJsonObject } from "../json.ts";

/**
 * A tool call's arguments as the object that this API wants. Text that is none (a call that was cut off, a model's slip)
 * goes under a name that no tool has: an empty object would be a call in its own right.
 */
export function toolInput(text: string): JsonObject {
  return parseJsonObject(text) ?? (text.trim() === "" ? {} : { malformed_arguments: text });
}
