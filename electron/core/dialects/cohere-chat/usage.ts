import type { Usage } from "../chat.ts";
import { isJsonObject, type JsonObject } from "../json.ts";

/**
 * Reads Cohere's usage: `tokens` are all that were read and written, `billed_units` the part that costs. Tokens from the
 * cache are among the input.
 *
 * @see https://docs.cohere.com/reference/chat
 */
export function readUsage(usage: unknown): Usage | undefined {
  if (!isJsonObject(usage)) return undefined;
  const counts = isJsonObject(usage["tokens"]) ? usage["tokens"] : usage["billed_units"];
  if (!isJsonObject(counts)) return undefined;
  return {
    inputTokens: count(counts["input_tokens"]),
    cachedInputTokens: count(usage["cached_tokens"]),
    outputTokens: count(counts["output_tokens"]),
  };
}

/** Writes usage. What another provider bills for is told in its tokens. */
export function writeUsage(usage: Usage): JsonObject {
  const tokens = { input_tokens: usage.inputTokens ?? 0, output_tokens: usage.outputTokens ?? 0 };
  return { billed_units: tokens, tokens, cached_tokens: usage.cachedInputTokens };
}

function count(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
