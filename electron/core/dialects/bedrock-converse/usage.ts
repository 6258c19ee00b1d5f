import type { Usage } from "../chat.ts";
import { isJsonObject, type JsonObject } from "../json.ts";

/**
 * Reads `TokenUsage`: its `inputTokens` leave out what was read from or written to a cache.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
 */
export function readUsage(usage: unknown): Usage | undefined {
  if (!isJsonObject(usage)) return undefined;
  const input = count(usage["inputTokens"]);
  const cached = count(usage["cacheReadInputTokens"]);
  const written = count(usage["cacheWriteInputTokens"]);
  return {
    inputTokens: input === undefined ? undefined : input + (cached ?? 0) + (written ?? 0),
    cachedInputTokens: cached,
    cacheWriteTokens: written,
    outputTokens: count(usage["outputTokens"]),
  };
}

/** Writes `TokenUsage`, whose three counts have to be there. */
export function writeUsage(usage: Usage): JsonObject {
  const input = usage.inputTokens ?? 0;
  const output = usage.outputTokens ?? 0;
  return {
    inputTokens: Math.max(0, input - (usage.cachedInputTokens ?? 0) - (usage.cacheWriteTokens ?? 0)),
    outputTokens: output,
    totalTokens: input + output,
    cacheReadInputTokens: usage.cachedInputTokens,
    cacheWriteInputTokens: usage.cacheWriteTokens,
  };
}

function count(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
