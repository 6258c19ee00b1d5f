import { describe, expect, it } from "vitest";
import { PosternError } from "#shared/errors.ts";
import { readJsonCall, writeJsonBody } from "./read-call.ts";

const nothing = { model: null, overrideParams: null, requestsUsage: false };

function refusal(body: Buffer | string): string {
  try {
    readJsonCall(Buffer.from(body as string));
  } catch (error) {
    if (error instanceof PosternError) return `${error.code} ${error.param ?? ""}`.trim();
    throw error;
  }
  return "no refusal";
}

describe("readJsonCall()", () => {
  it.each<[string, Buffer | string, string]>([
    ["nothing", "", "invalid_json"],
    ["no JSON", "{model:1}", "invalid_json"],
    ["a list", "[]", "invalid_json"],
    ["a byte order mark", '\uFEFF{"model":"m"}', "invalid_json"],
    ["bad UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), "invalid_json"],
    ["half a surrogate pair, deep inside", '{"messages":[{"content":"\\ud83d"}]}', "invalid_json"],
    ["a doubled model", '{"model":"a","model":"b"}', "invalid_json model"],
    ["a doubled model in disguise", '{"model":"a","mod\\u0065l":"b"}', "invalid_json model"],
    ["a model that is a list", '{"model":["a"]}', "invalid_value model"],
    ["a model with a NUL", '{"model":"a\\u0000"}', "invalid_value model"],
    ["a model with a space behind", '{"model":"a "}', "invalid_value model"],
    ["a stream that is a word", '{"model":"a","stream":"yes"}', "invalid_value stream"],
    ["a key name that is a number", '{"model":"a","portkey_virtual_key":1}', "invalid_value portkey_virtual_key"],
    ["128 levels below the first", `{"a":${"[".repeat(128)}${"]".repeat(128)}}`, "invalid_json"],
  ])("refuses %s", (_name, body, expected) => {
    expect(refusal(body)).toBe(expected);
  });

  it("does not quote a broken body, which may be a prompt", () => {
    expect(() => readJsonCall(Buffer.from('{"messages":"my secret prompt" oops}'))).toThrow(/^(?!.*secret).*byte 31$/);
  });

  it("takes a whole emoji and a prototype's name", () => {
    expect(readJsonCall(Buffer.from('{"model":"m","__proto__":{"x":1},"a":"\\ud83d\\ude00"}')).model).toBe("m");
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  it.each([
    ['{"portkey_provider":"deepinfra","provider":"portkey"}', "deepinfra"],
    ['{"provider":"groq"}', "groq"],
    ['{"provider":"portkey"}', null],
    ['{"provider":{"order":["x"]}}', null],
    ["{}", null],
  ])("reads the provider of %s", (body, provider) => {
    expect(readJsonCall(Buffer.from(body)).provider).toBe(provider);
  });
});

describe("writeJsonBody()", () => {
  function write(body: string, changes: Partial<Parameters<typeof writeJsonBody>[1]>): string {
    return writeJsonBody(readJsonCall(Buffer.from(body)), { ...nothing, ...changes }).toString();
  }

  it("gives the client's own buffer back where nothing changes", () => {
    const call = readJsonCall(Buffer.from('{"model":"m"}'));
    expect(writeJsonBody(call, { ...nothing, model: "m" })).toBe(call.bytes);
  });

  it("replaces the model, takes the routing fields out and leaves OpenRouter's provider object", () => {
    expect(
      write('{"model":"@groq/m","provider":"portkey","portkey_provider":"groq","portkey_x":1,"seed":9007199254740993}', { model: "m" }),
    ).toBe('{"model":"m","seed":9007199254740993}');
    expect(write('{"provider":{"order":["a"]},"model":"m"}', {})).toBe('{"provider":{"order":["a"]},"model":"m"}');
  });

  it("asks for usage beside the stream options that were there", () => {
    expect(JSON.parse(write('{"model":"m","stream_options":{"include_obfuscation":false}}', { requestsUsage: true }))).toEqual({
      model: "m",
      stream_options: { include_obfuscation: false, include_usage: true },
    });
  });

  it("merges a target's parameters over the client's", () => {
    expect(JSON.parse(write('{"model":"m","temperature":1}', { overrideParams: { temperature: 0, seed: 7 } }))).toEqual({
      model: "m",
      temperature: 0,
      seed: 7,
    });
  });
});
