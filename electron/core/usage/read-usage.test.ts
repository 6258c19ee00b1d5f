import { describe, expect, test } from "vitest";
import { readUsage } from "./read-usage.ts";

describe("readUsage()", () => {
  test("reads OpenAI's counts, with the cached and the reasoning tokens inside their totals", () => {
    const usage = {
      prompt_tokens: 2006,
      completion_tokens: 300,
      total_tokens: 2306,
      prompt_tokens_details: { cached_tokens: 1920, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
    };
    expect(readUsage(usage)).toStrictEqual({ inputTokens: 2006, cachedInputTokens: 1920, outputTokens: 300, reasoningTokens: 0 });
  });

  test("reads DeepSeek's cache hits, and prefers OpenAI's field where both stand", () => {
    expect(readUsage({ prompt_tokens: 100, prompt_cache_hit_tokens: 64, prompt_cache_miss_tokens: 36 })?.cachedInputTokens).toBe(64);
    expect(readUsage({ prompt_tokens_details: { cached_tokens: 0 }, prompt_cache_hit_tokens: 64 })?.cachedInputTokens).toBe(0);
  });

  test("leaves unknown what is not said, never 0", () => {
    expect(readUsage({ prompt_tokens: 7, prompt_tokens_details: null, completion_tokens: null })).toStrictEqual({
      inputTokens: 7,
      cachedInputTokens: null,
      outputTokens: null,
      reasoningTokens: null,
    });
  });

  test.each([-1, 1.5, 1_000_000_001, Number.NaN, Infinity, "12", true, [3], {}])(
    "takes %j for unknown and keeps the other fields",
    (absurd) => {
      expect(readUsage({ prompt_tokens: absurd, completion_tokens: 5 })).toMatchObject({ inputTokens: null, outputTokens: 5 });
    },
  );

  test.each([undefined, null, 0, "usage", [], [{ prompt_tokens: 1 }], {}, { prompt_tokens: -1 }])("answers null for %j", (usage) => {
    expect(readUsage(usage)).toBeNull();
  });
});
