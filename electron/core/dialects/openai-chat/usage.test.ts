import { describe, expect, test } from "vitest";
import { readUsage } from "./usage.ts";

const counts = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };

describe("readUsage() of a reported cost", () => {
  test("takes OpenRouter's dollars", () => expect(readUsage({ ...counts, cost: 0.00095 })?.costUsd).toBe(0.00095));

  test("adds what the provider takes where the key is the caller's own: the cost is OpenRouter's fee alone then", () => {
    const usage = { ...counts, cost: 0.05, is_byok: true, cost_details: { upstream_inference_cost: 1 } };
    expect(readUsage(usage)?.costUsd).toBe(1.05);
    expect(readUsage({ ...usage, is_byok: false })?.costUsd).toBe(0.05);
  });

  test.each([[{}], [{ cost: "0.1" }], [{ cost: -1 }], [{ cost: { total_cost: 1 } }], [{ cost: null }]])("leaves %j unknown", (said) => {
    expect(readUsage({ ...counts, ...said })).not.toHaveProperty("costUsd");
  });
});
