import { Fields } from "../fields.ts";
import { isJsonObject } from "../json.ts";

/**
 * The spelling in which a client gave a member: proto JSON takes `systemInstruction` and `system_instruction` alike.
 *
 * @returns the camelCase name where neither is given
 * @see https://protobuf.dev/programming-guides/json/
 */
export function spelling(fields: Fields, name: string): string {
  if (fields.has(name)) return name;
  const snake = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return fields.has(snake) ? snake : name;
}

/** The objects of a repeated member; Google takes a single object for a list of one, and its own examples send it so. */
export function listOf(fields: Fields, name: string): readonly Fields[] {
  const key = spelling(fields, name);
  const value = fields.any(key);
  return isJsonObject(value) ? [new Fields(value, fields.at(key))] : fields.each(key);
}
