import { describe, expect, it } from "vitest";
import { translateFailure } from "./openai-chat-error.ts";

describe("translateFailure()", () => {
  it("leaves an OpenAI error as it came, byte for byte", () => {
    const body = Buffer.from('{ "error": {"message":"bad", "type":"x","param":"temperature","code":null} }');
    expect(translateFailure("openai", 400, body)).toEqual(body);
  });

  it.each([
    [401, "Upstream authentication error: groq says: no"],
    [403, "Upstream authentication error: groq says: no"],
    [429, "Upstream rate limit: groq says: no"],
  ])("says in front of a %i whose refusal it is, and keeps type, code and what stands beside", (status, message) => {
    const body = JSON.parse(
      translateFailure("groq", status, Buffer.from('{"error":{"message":"no","type":"t","code":"c","extra":1},"id":2}')).toString(),
    );
    expect(body).toEqual({ error: { message, type: "t", code: "c", extra: 1 }, id: 2 });
  });

  it.each([
    ["a list, as Google's", '[{"error":{"code":400,"message":"m","status":"INVALID_ARGUMENT"}}]', "m"],
    ["a bare message", '{"message":"m"}', "x answered 500: m"],
    ["a text as error", '{"error":"m"}', "x answered 500: m"],
    ["a list of details, as FastAPI's", '{"detail":[{"loc":["body"],"msg":"m"}]}', 'x answered 500: [{"loc":["body"],"msg":"m"}]'],
    ["a web page", "<html><script>evil()</script><h1>Bad</h1>\n<p>gateway</p></html>", "x answered 500: Bad gateway"],
    ["nothing", "", "x answered 500"],
  ])("makes words of %s", (_name, body, message) => {
    const written = JSON.parse(translateFailure("x", 500, Buffer.from(body)).toString()) as unknown;
    expect(JSON.stringify(written)).toContain(JSON.stringify(message).slice(1, -1));
  });
});
