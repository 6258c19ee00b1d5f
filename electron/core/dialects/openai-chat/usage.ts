import type { Usage } from "../chat.ts";
import { isJsonObject, type JsonObject } from "../json.ts";

/**
 * Reads the `usage` of a chat completion. OpenAI counts cached input inside `prompt_tokens` and reasoning inside
 * `completion_tokens`; what its followers do otherwise:
 * - DeepSeek calls the cached part `prompt_cache_hit_tokens` (https://api-docs.deepseek.com/guides/kv_cache), Moonshot
 *   `cached_tokens` on the outside, proxies of Anthropic `cache_read_input_tokens` and `cache_creation_input_tokens`
 * - Perplexity keeps `reasoning_tokens` on the outside
 * - xAI counts reasoning beside `completion_tokens`: there the three add up to the total
 *
 * @see https://platform.openai.com/docs/api-reference/chat/object
 */
export function readUsage(usage: unknown): Usage | undefined {
  if (!isJsonObject(usage)) return undefined;
  const inputDetails = detailsOf(usage, "prompt_tokens_details");
  const outputDetails = detailsOf(usage, "completion_tokens_details");
  const inputTokens = count(usage["prompt_tokens"]);
  const completion = count(usage["completion_tokens"]);
  const reasoningTokens = count(outputDetails?.["reasoning_tokens"]) ?? count(usage["reasoning_tokens"]);
  const total = count(usage["total_tokens"]);
  if (inputTokens === undefined && completion === undefined) return undefined;
  const isBeside =
    inputTokens !== undefined &&
    completion !== undefined &&
    reasoningTokens !== undefined &&
    reasoningTokens > 0 &&
    total === inputTokens + completion + reasoningTokens;
  return {
    inputTokens,
    cachedInputTokens:
      count(inputDetails?.["cached_tokens"]) ??
      count(usage["prompt_cache_hit_tokens"]) ??
      count(usage["cached_tokens"]) ??
      count(usage["cache_read_input_tokens"]),
    cacheWriteTokens: count(inputDetails?.["cache_write_tokens"]) ?? count(usage["cache_creation_input_tokens"]),
    outputTokens: isBeside ? completion + reasoningTokens : completion,
    reasoningTokens,
    ...costOf(usage),
  };
}

/**
 * What OpenRouter says that a call cost: for a key of one's own at a provider its fee, and beside it what that provider
 * takes. Nothing where it is not said.
 *
 * @see https://openrouter.ai/docs/use-cases/usage-accounting
 */
function costOf(usage: JsonObject): Pick<Usage, "costUsd"> {
  const cost = count(usage["cost"]);
  if (cost === undefined) return {};
  const upstream = usage["is_byok"] === true ? count(detailsOf(usage, "cost_details")?.["upstream_inference_cost"]) : undefined;
  return { costUsd: cost + (upstream ?? 0) };
}

/** Writes OpenAI's `usage`; undefined where nobody counted anything. */
export function writeUsage(usage: Usage): JsonObject | undefined {
  const { inputTokens, outputTokens } = usage;
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  return {
    prompt_tokens: inputTokens ?? 0,
    completion_tokens: outputTokens ?? 0,
    total_tokens: (inputTokens ?? 0) + (outputTokens ?? 0),
    prompt_tokens_details: {
      cached_tokens: usage.cachedInputTokens ?? 0,
      cache_write_tokens: usage.cacheWriteTokens,
    },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens ?? 0 },
  };
}

function detailsOf(usage: JsonObject, key: string): JsonObject | undefined {
  const details = usage[key];
  return isJsonObject(details) ? details : undefined;
}

function count(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 ? value : undefined;
}
