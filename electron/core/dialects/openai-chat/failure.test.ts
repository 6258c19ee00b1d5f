import { describe, expect, it } from "vitest";
import { readFixtures } from "../../../../test/fakes/fixture.ts";
import { readFailure, readLateFailure, writeFailure } from "./failure.ts";
import { readUsage } from "./usage.ts";

const errors = readFixtures("openai-chat").filter(({ name, status }) => name.endsWith(".json") && status >= 400);

describe("readFailure()", () => {
  it.each(errors.map(({ name, status, body }) => [name, status, body] as const))("reads %s", (_name, status, body) => {
    const failure = readFailure(status, body);
    expect(failure.status).toBe(status);
    expect(failure.message).not.toBe("");
  });

  it.each([
    [
      { error: { message: "No key", type: "invalid_request_error", param: "messages", code: "invalid_api_key" } },
      { message: "No key", param: "messages", code: "invalid_api_key" },
    ],
    [{ error: { message: "Busy", type: "overloaded_error" } }, { message: "Busy", code: "overloaded_error" }],
    [{ error: "model not found" }, { message: "model not found" }],
    [{ message: "Unauthorized" }, { message: "Unauthorized" }],
    [
      { object: "error", message: "Bad id", type: "invalid_function_call", code: "3280" },
      { message: "Bad id", code: "3280" },
    ],
    [{ detail: "Not Found" }, { message: "Not Found" }],
    [
      { detail: [{ loc: ["body", "user"], msg: "Extra inputs are not permitted" }] },
      { message: '[{"loc":["body","user"],"msg":"Extra inputs are not permitted"}]' },
    ],
    [
      [{ error: { code: 400, message: "API key not valid.", status: "INVALID_ARGUMENT" } }],
      { message: "API key not valid.", code: "INVALID_ARGUMENT" },
    ],
    [
      { error: { code: 429, message: "Provider returned error", metadata: { raw: '{"error":{"message":"Slow down"}}' } } },
      { message: "Provider returned error: Slow down" },
    ],
    [{ error: { code: 502, message: "Provider returned error", metadata: { raw: "gone" } } }, { message: "Provider returned error: gone" }],
    ["upstream connect error", { message: "upstream connect error" }],
    ["<html><body>Bad gateway</body></html>", { message: "" }],
    [{}, { message: "" }],
    [null, { message: "" }],
    [[], { message: "" }],
  ])("reads %j", (body, expected) => {
    expect(readFailure(400, body)).toMatchObject({ status: 400, ...expected });
  });
});

describe("readLateFailure()", () => {
  it.each([
    [{ error: { message: "x", code: 429 } }, 429],
    [{ error: { message: "x", code: "529" } }, 529],
    [{ error: { message: "x", code: "rate_limit_exceeded" } }, 429],
    [{ error: { message: "x", code: "odd", type: "overloaded_error" } }, 529],
    [{ error: { message: "x", type: "invalid_request_error" } }, 400],
    [{ error: { message: "x", code: 3 } }, 500],
  ])("finds the status that %j means", (body, status) => {
    expect(readLateFailure(body).status).toBe(status);
  });
});

describe("writeFailure()", () => {
  it.each([
    [400, undefined, "invalid_request_error"],
    [401, undefined, "authentication_error"],
    [403, undefined, "permission_error"],
    [404, undefined, "invalid_request_error"],
    [429, undefined, "rate_limit_error"],
    [429, "insufficient_quota", "insufficient_quota"],
    [503, undefined, "server_error"],
    [529, undefined, "server_error"],
  ])("writes %i %s as %s", (status, code, type) => {
    expect(writeFailure({ status, message: "x", ...(code === undefined ? {} : { code }) })).toEqual({
      error: { message: "x", type, param: null, code: code ?? null },
    });
  });
});

describe("readUsage()", () => {
  it.each([
    [
      { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
      { inputTokens: 10, outputTokens: 5 },
    ],
    [
      {
        prompt_tokens: 10,
        completion_tokens: 5,
        prompt_tokens_details: { cached_tokens: 4, cache_write_tokens: 3 },
        completion_tokens_details: { reasoning_tokens: 2 },
      },
      { inputTokens: 10, cachedInputTokens: 4, cacheWriteTokens: 3, outputTokens: 5, reasoningTokens: 2 },
    ],
    [
      { prompt_tokens: 10, completion_tokens: 5, prompt_cache_hit_tokens: 8 },
      { inputTokens: 10, cachedInputTokens: 8, outputTokens: 5 },
    ],
    [
      { prompt_tokens: 10, completion_tokens: 5, cached_tokens: 8 },
      { inputTokens: 10, cachedInputTokens: 8, outputTokens: 5 },
    ],
    // xAI counts reasoning beside the completion, OpenAI inside it: the total tells.
    [
      { prompt_tokens: 37, completion_tokens: 10, total_tokens: 148, completion_tokens_details: { reasoning_tokens: 101 } },
      { inputTokens: 37, outputTokens: 111, reasoningTokens: 101 },
    ],
    [
      { prompt_tokens: 37, completion_tokens: 111, total_tokens: 148, completion_tokens_details: { reasoning_tokens: 101 } },
      { inputTokens: 37, outputTokens: 111, reasoningTokens: 101 },
    ],
    [{ prompt_tokens: 10, completion_tokens: "5" }, { inputTokens: 10 }],
  ])("reads %j", (usage, expected) => {
    expect(JSON.parse(JSON.stringify(readUsage(usage)))).toEqual(expected);
  });

  it.each([[null], [5], ["usage"], [[]], [{}], [{ total_tokens: 5 }]])("finds none in %j", (usage) => {
    expect(readUsage(usage)).toBeUndefined();
  });
});
