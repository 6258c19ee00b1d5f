import { describe, expect, it } from "vitest";
import { readFixtures } from "../../../../test/fakes/fixture.ts";
import { readFailure, writeFailure } from "./failure.ts";

const errors = readFixtures("anthropic-messages").filter(({ status }) => status !== 200);

describe("readFailure()", () => {
  it.each(errors.map(({ name, status, body }) => [name, status, body] as const))(
    "reads %s and writes it as it came",
    (_name, status, body) => {
      const failure = readFailure(status, body);
      expect(failure).toMatchObject({ status });
      expect(writeFailure(failure)).toEqual(body);
    },
  );

  it.each([
    ["an error that is a text", { error: "no" }, "no", undefined],
    ["a bare message", { message: "no" }, "no", undefined],
    ["a detail", { detail: "no" }, "no", undefined],
    ["OpenAI's envelope", { error: { message: "no", code: "c" } }, "no", "c"],
    ["text", "no", "no", undefined],
    ["nothing", null, "", undefined],
    ["a message that is none", { error: { message: { a: 1 } } }, "", undefined],
  ])("makes words of %s", (_name, body, message, code) => {
    expect(readFailure(503, body)).toMatchObject({ status: 503, message, code });
  });

  it("gives a prompt that is too long the code that OpenAI's clients know, and Claude Code the words that it knows", () => {
    const said = readFailure(400, {
      type: "error",
      error: { type: "invalid_request_error", message: "prompt is too long: 9 tokens > 8 maximum" },
    });
    expect(said.code).toBe("context_length_exceeded");
    const other = writeFailure({ status: 400, message: "maximum context length is 8 tokens", code: "context_length_exceeded" });
    expect(other).toMatchObject({ error: { message: "prompt is too long: maximum context length is 8 tokens" } });
  });

  it("takes an error of an unknown type inside of an answer for a bad gateway", () => {
    expect(readFailure(200, { type: "error", error: { type: "strange_error", message: "?" } }).status).toBe(502);
  });
});

describe("writeFailure()", () => {
  it.each([
    [400, "invalid_request_error"],
    [401, "authentication_error"],
    [402, "billing_error"],
    [403, "permission_error"],
    [404, "not_found_error"],
    [408, "timeout_error"],
    [413, "request_too_large"],
    [415, "invalid_request_error"],
    [422, "invalid_request_error"],
    [429, "rate_limit_error"],
    [500, "api_error"],
    [502, "api_error"],
    [503, "api_error"],
    [504, "timeout_error"],
    [529, "overloaded_error"],
  ])("writes %i as %s", (status, type) => {
    expect(writeFailure({ status, message: "m", requestId: "req_1" })).toEqual({
      type: "error",
      error: { type, message: "m" },
      request_id: "req_1",
    });
  });
});
