import { describe, expect, it } from "vitest";
import { readFixtures } from "../../../../test/fakes/fixture.ts";
import { openaiResponses } from "./index.ts";

describe("readFailure()", () => {
  it("reads the documented errors", () => {
    const read = readFixtures("openai-responses")
      .filter(({ status }) => status !== 200)
      .map(({ name, status, body }) => {
        const { code, param } = openaiResponses.readFailure(status, body);
        return [name.replace("openai-responses/error-", ""), status, code, param];
      });
    expect(read).toEqual([
      ["context-length.json", 400, "context_length_exceeded", "input"],
      ["invalid.json", 400, "unknown_parameter", "stop"],
      ["key.json", 401, "invalid_api_key", undefined],
      ["overloaded.json", 503, "server_is_overloaded", undefined],
      ["rate-limit.json", 429, "rate_limit_exceeded", undefined],
    ]);
  });

  it.each([
    ["a text", "Bad gateway", "Bad gateway"],
    ["a page", "<html><h1>Bad gateway</h1></html>", ""],
    ["a list of faults", { detail: "Not Found" }, "Not Found"],
    ["a bare message", { message: "no" }, "no"],
    ["an error that is a text", { error: "no" }, "no"],
    ["nothing", null, ""],
    ["a number", 3, ""],
  ])("makes words of %s", (_what, body, message) => {
    expect(openaiResponses.readFailure(502, body)).toMatchObject({ status: 502, message });
  });
});

describe("writeFailure()", () => {
  it.each([
    [400, "invalid_request_error"],
    [401, "authentication_error"],
    [403, "permission_error"],
    [404, "invalid_request_error"],
    [429, "rate_limit_error"],
    [529, "server_error"],
  ])("writes a %i as OpenAI's clients know it", (status, type) => {
    const failure = { status, message: "m", code: "c", param: "input" };
    expect(openaiResponses.writeFailure(failure)).toEqual({ error: { message: "m", type, param: "input", code: "c" } });
  });

  it.each([
    "prompt is too long: 210000 tokens > 200000 maximum",
    "This model's maximum context length is 128000 tokens.",
    "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
    "Input is too long for requested model.",
  ])("says in OpenAI's words that there is too much input: %s", (message) => {
    expect(openaiResponses.writeFailure({ status: 400, message })).toMatchObject({ error: { code: "context_length_exceeded", message } });
  });
});

describe("readUsage()", () => {
  it("leaves out what was not said, and takes nothing else for usage", () => {
    expect(openaiResponses.readUsage({ input_tokens: 3, output_tokens: 2 })).toEqual({ inputTokens: 3, outputTokens: 2 });
    for (const none of [null, 3, "usage", [], {}, { input_tokens: "3" }, { input_tokens: -1 }])
      expect(openaiResponses.readUsage(none)).toBeUndefined();
  });
});
