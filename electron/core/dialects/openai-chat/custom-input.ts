import { parseJsonObject } from "../json.ts";

/**
 * Unpacks the free text of a `custom` tool's call, which travels as the one string `input` of an object. What a model
 * wrote otherwise is handed on as it is: the tool will say what it makes of it.
 */
export function readCustomInput(json: string): string {
  const input = parseJsonObject(json)?.["input"];
  if (typeof input === "string") return input;
  return json === "{}" ? "" : json;
}
