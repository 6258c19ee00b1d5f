import type { TokenLogprob } from "../chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";

/**
 * Reads how likely a piece of the text was. A piece may be several tokens, whose ids say nothing to others: then the
 * likelihood is that of all together. null where nothing is told.
 */
export function readLogprob(item: JsonValue | undefined): TokenLogprob | null {
  if (!isJsonObject(item) || typeof item["text"] !== "string" || !Array.isArray(item["logprobs"])) return null;
  let logprob = 0;
  for (const value of item["logprobs"] as readonly JsonValue[]) if (typeof value === "number") logprob += value;
  return { token: item["text"], logprob, top: [] };
}

/** Writes how likely a token was. Cohere's ids of it are not known. */
export function writeLogprob({ token, logprob }: TokenLogprob): JsonObject {
  return { text: token, token_ids: [], logprobs: [logprob] };
}
