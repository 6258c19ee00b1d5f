/** The tokens of one call. What the provider did not say is null, never 0. */
export interface TokenUsage {
  /** All input tokens, those from the cache among them. */
  readonly inputTokens: number | null;
  readonly cachedInputTokens: number | null;
  /** All output tokens, those of reasoning among them. */
  readonly outputTokens: number | null;
  readonly reasoningTokens: number | null;
}

/** More than any call can have. A larger number is a mistake, and would spoil every sum that it enters. */
const maxTokens = 1_000_000_000;

/**
 * Reads the `usage` object of an OpenAI chat answer, or of a stream's last chunk.
 *
 * @param usage whatever stands there: it comes from a provider and is not trusted. A count that is negative, no whole
 *   number, or above 1e9 is taken as unknown
 * @returns null where nothing in it is known
 * @see https://platform.openai.com/docs/api-reference/chat/object
 */
export function readUsage(usage: unknown): TokenUsage | null {
  if (!isObject(usage)) return null;
  const inputDetails = isObject(usage.prompt_tokens_details) ? usage.prompt_tokens_details : {};
  const outputDetails = isObject(usage.completion_tokens_details) ? usage.completion_tokens_details : {};
  const read: TokenUsage = {
    inputTokens: tokens(usage.prompt_tokens),
    // DeepSeek counts hits beside `prompt_tokens`, which is hits and misses: https://api-docs.deepseek.com/guides/kv_cache
    cachedInputTokens: tokens(inputDetails.cached_tokens) ?? tokens(usage.prompt_cache_hit_tokens),
    outputTokens: tokens(usage.completion_tokens),
    reasoningTokens: tokens(outputDetails.reasoning_tokens),
  };
  return Object.values(read).every((count) => count === null) ? null : read;
}

function tokens(value: unknown): number | null {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= maxTokens ? value : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
