import { describe, expect, it } from "vitest";
import { readFixture } from "../../../../test/fakes/fixture.ts";
import { quirksSchema } from "#shared/schema/provider.ts";
import type { Failure } from "../chat.ts";
import type { JsonObject } from "../json.ts";
import { readCountTokensReply, readCountTokensRequest, writeCountTokensReply, writeCountTokensRequest } from "./count-tokens.ts";
import { readFailure, writeFailure } from "./failure.ts";
import { geminiGenerate } from "./index.ts";
import { chatPath, countTokensPath } from "./path.ts";
import { readUsage } from "./usage.ts";

describe("chatPath", () => {
  it.each<[string, boolean, string]>([
    ["gemini-2.5-pro", false, "/models/gemini-2.5-pro:generateContent"],
    ["gemini-2.5-pro", true, "/models/gemini-2.5-pro:streamGenerateContent?alt=sse"],
    ["models/gemini-2.5-pro", false, "/models/gemini-2.5-pro:generateContent"],
    ["publishers/google/models/gemini-2.5-pro", false, "/models/gemini-2.5-pro:generateContent"],
    ["tunedModels/mine-1", false, "/tunedModels/mine-1:generateContent"],
    ["a?b#c:d", false, "/models/a%3Fb%23c%3Ad:generateContent"],
    ["../../v1/secrets", false, "/models/..%2F..%2Fv1%2Fsecrets:generateContent"],
    ["a//b", false, "/models/a%2F%2Fb:generateContent"],
  ])("of %s", (model, stream, wanted) => {
    expect(chatPath({ model, stream })).toBe(wanted);
  });

  it("counts tokens beside it", () => {
    expect(countTokensPath("gemini-2.5-pro")).toBe("/models/gemini-2.5-pro:countTokens");
  });
});

describe("names", () => {
  it.each([
    ["get_weather", true],
    ["mcp.server:tool-1", true],
    ["1st", false],
    ["a b", false],
  ])("takes %s: %s", (name, wanted) => {
    expect(geminiGenerate.toolNames.pattern.test(name)).toBe(wanted);
  });
});

describe("readFailure", () => {
  it.each<[string, Failure]>([
    ["error-key", { status: 401, code: "API_KEY_INVALID", message: "API key not valid. Please pass a valid API key." }],
    [
      "error-rate-limit",
      { status: 429, code: "RESOURCE_EXHAUSTED", message: "You exceeded your current quota, please check your plan and billing details." },
    ],
    ["error-overloaded", { status: 503, code: "UNAVAILABLE", message: "The model is overloaded. Please try again later." }],
    [
      "error-invalid",
      { status: 400, code: "INVALID_ARGUMENT", param: "generation_config", message: expect.stringContaining("topQ") as string },
    ],
    ["error-context-length", { status: 400, code: "context_length_exceeded", message: expect.stringContaining("1300000") as string }],
    ["error-model", { status: 404, code: "NOT_FOUND", message: expect.stringContaining("gemini-none") as string }],
  ])("reads %s, alone and as the list that a stream sends", (name, wanted) => {
    const { status, body } = readFixture(`gemini-generate/${name}.json`);
    expect(readFailure(status, body)).toEqual(wanted);
    expect(readFailure(status, [body])).toEqual(wanted);
  });

  it.each<[unknown, string]>([
    ["upstream connect error", "upstream connect error"],
    ["<html><body>502</body></html>", ""],
    [null, ""],
    [{ message: "no error" }, ""],
    [{ error: "words" }, "words"],
    [{ error: { message: 5, details: [null, { fieldViolations: {} }] } }, ""],
  ])("reads what is no error of Google's: %j", (body, message) => {
    expect(readFailure(502, body)).toMatchObject({ status: 502, message });
  });
});

describe("writeFailure", () => {
  it.each([
    [400, "INVALID_ARGUMENT"],
    [401, "UNAUTHENTICATED"],
    [403, "PERMISSION_DENIED"],
    [404, "NOT_FOUND"],
    [408, "DEADLINE_EXCEEDED"],
    [413, "INVALID_ARGUMENT"],
    [429, "RESOURCE_EXHAUSTED"],
    [499, "CANCELLED"],
    [500, "INTERNAL"],
    [502, "UNAVAILABLE"],
    [504, "DEADLINE_EXCEEDED"],
    [529, "UNAVAILABLE"],
  ])("names %i %s", (status, name) => {
    expect(JSON.parse(JSON.stringify(writeFailure({ status, message: "m" })))).toEqual({
      error: { code: status, message: "m", status: name },
    });
  });

  it("tells the field and the code, and reads them back", () => {
    const failure: Failure = { status: 400, message: "wrong", code: "INVALID_ARGUMENT", param: "contents[0].role" };
    expect(readFailure(400, writeFailure(failure))).toEqual(failure);
  });

  it("has words where the provider had none", () => {
    expect(writeFailure({ status: 500, message: "" })).toMatchObject({ error: { message: "The provider answered 500" } });
  });
});

describe("readUsage", () => {
  it("is undefined for what is none, and says nothing of what nobody counted", () => {
    expect(readUsage(null)).toBeUndefined();
    expect(readUsage({ promptTokenCount: 1 })).toEqual({ inputTokens: 1 });
  });
});

describe("counting tokens", () => {
  const body: JsonObject = { contents: [{ role: "user", parts: [{ text: "Hi" }] }], generationConfig: { maxOutputTokens: 5 } };
  const read = (request: JsonObject): ReturnType<typeof readCountTokensRequest> =>
    readCountTokensRequest(request, { model: "gemini-2.5-pro", stream: false, drop: () => {} });
  const target = { quirks: quirksSchema.parse({}), drop: () => {} };

  it("reads contents alone and a whole request", () => {
    expect(read({ generateContentRequest: { model: "models/x", ...body } })).toEqual(read(body));
    expect(read({ generate_content_request: body })).toEqual(read(body));
  });

  it("names a wrong field inside the whole request", () => {
    expect(() => read({ generateContentRequest: { contents: 5 } })).toThrow(
      expect.objectContaining({ param: "generateContentRequest.contents" }) as Error,
    );
  });

  it("asks Google's two APIs as each wants it", () => {
    expect(writeCountTokensRequest(read(body), target, "gemini")).toMatchObject({
      generateContentRequest: { model: "models/gemini-2.5-pro", ...body },
    });
    expect(writeCountTokensRequest(read(body), target, "vertex")).toMatchObject(body);
  });

  it("reads and writes the count", () => {
    expect(readCountTokensReply(writeCountTokensReply(7))).toBe(7);
    expect(readCountTokensReply({ totalTokens: "7" })).toBeUndefined();
  });
});
