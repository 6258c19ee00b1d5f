import type { Usage } from "../chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";

/** Reads `usage`: input counts what the cache gave and took, output what was thought. Undefined for anything else. */
export function readUsage(usage: unknown): Usage | undefined {
  if (!isJsonObject(usage)) return undefined;
  const inputDetails = usage["input_tokens_details"];
  const outputDetails = usage["output_tokens_details"];
  const read: Usage = {
    inputTokens: count(usage["input_tokens"]),
    cachedInputTokens: isJsonObject(inputDetails) ? count(inputDetails["cached_tokens"]) : undefined,
    cacheWriteTokens: isJsonObject(inputDetails) ? count(inputDetails["cache_write_tokens"]) : undefined,
    outputTokens: count(usage["output_tokens"]),
    reasoningTokens: isJsonObject(outputDetails) ? count(outputDetails["reasoning_tokens"]) : undefined,
  };
  return Object.values(read).some((value) => value !== undefined) ? read : undefined;
}

/** Writes `usage`, with every detail, as Codex gives up on an answer that lacks one; null where nothing is known. */
export function writeUsage(usage: Usage): JsonObject | null {
  const { inputTokens, outputTokens } = usage;
  if (inputTokens === undefined && outputTokens === undefined) return null;
  return {
    input_tokens: inputTokens ?? 0,
    input_tokens_details: { cached_tokens: usage.cachedInputTokens ?? 0, cache_write_tokens: usage.cacheWriteTokens ?? 0 },
    output_tokens: outputTokens ?? 0,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens ?? 0 },
    total_tokens: (inputTokens ?? 0) + (outputTokens ?? 0),
  };
}

function count(value: JsonValue | undefined): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}
