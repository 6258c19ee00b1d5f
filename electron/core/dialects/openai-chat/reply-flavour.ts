import { isJsonObject, type JsonObject } from "../json.ts";

/** How a client wants what Chat Completions says in more than one way; its own request tells. */
export interface ReplyFlavour {
  /** It speaks OpenRouter's variant (it sent a `reasoning` object), so it reads and returns `reasoning_details`. */
  readonly hasDetails: boolean;
  /** It offered `functions`, as before there were `tools`, so it reads `function_call`. */
  readonly isLegacy: boolean;
}

/** Reads the flavour from the client's body. */
export function readFlavour(body: JsonObject): ReplyFlavour {
  return {
    hasDetails: isJsonObject(body["reasoning"]),
    isLegacy: Array.isArray(body["functions"]) && !Array.isArray(body["tools"]),
  };
}
