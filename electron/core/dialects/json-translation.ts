import type { Usage } from "./chat.ts";
import type { JsonObject } from "./json.ts";

/** How a call that is one JSON object each way is put to a provider of another shape. Every function is pure. */
export interface JsonTranslation {
  /** The path under the provider's base URL. */
  path(model: string): string;
  /**
   * Writes the provider's request.
   *
   * @param drop names a field that the provider cannot be told
   * @throws {PosternError} `invalid_value` with the field's path, or `cannot_translate` where leaving something out would
   *   change what is asked for
   */
  writeRequest(body: JsonObject, model: string, drop: (field: string) => void): JsonObject;
  /**
   * Reads the provider's answer as the client's API has it.
   *
   * @param request the client's own
   * @throws {PosternError} `upstream_invalid` for what is no answer
   */
  readReply(body: JsonObject, request: JsonObject): { readonly reply: JsonObject; readonly usage: Usage };
}
