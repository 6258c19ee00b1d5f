import { brotliCompressSync, constants, gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { gzipOfSpaces } from "../fakes/misbehaviour.ts";
import { chatCall, goodBody, type Observation, observeCall, startWorld, survived, wentThrough, type World } from "../fakes/observe-call.ts";
import { startScriptedProvider } from "../fakes/scripted-provider.ts";

const maxBodyBytes = 67_108_864;
const mebibyte = 1_048_576;

let world: World;

beforeAll(async () => {
  world = await startWorld({
    config: {
      aliases: { "to-nothing": { provider: "groq", model: "llama-3.3-70b-versatile" } },
    },
  });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const send = (body: string | Uint8Array, headers: readonly string[] = []): Promise<Observation> =>
  observeCall(world, chatCall(world.postern, body, headers), { timeoutMs: 20_000 });

/** The good body with one more member, given as JSON text, right or wrong. */
const withMember = (text: string): string => goodBody.replace(/\}$/, `,"metadata":${text}}`);

/** What the provider got from the observed call; the good call after it is the last one. */
const relayed = (): string => world.provider.requests.at(-2)?.body.toString() ?? "";

// Own cases of the classes that JSON parsers are known to differ in (RFC 8259).
const noJson: readonly (readonly [string, string])[] = [
  ["a trailing comma in an object", '{"a":1,}'],
  ["a trailing comma in an array", "[1,]"],
  ["a leading comma", "[,1]"],
  ["two commas", "[1,,2]"],
  ["no comma", "[1 2]"],
  ["no colon", '{"a" 1}'],
  ["two colons", '{"a"::1}'],
  ["no value", '{"a":}'],
  ["a comma for a colon", '{"a","b"}'],
  ["a bare key", "{a:1}"],
  ["a number as key", "{1:1}"],
  ["single quotes", "{'a':1}"],
  ["a comment", '{"a":/* */1}'],
  ["a line comment", '{"a":1}//'],
  ["an open array", "[1"],
  ["an open object", '{"a":1'],
  ["an open string", '"a'],
  ["crossed brackets", '[{"a":1]}'],
  ["a bracket too many", "[1]]"],
  ["NaN", "NaN"],
  ["Infinity", "-Infinity"],
  ["undefined", "undefined"],
  ["True", "True"],
  ["half of null", "nul"],
  ["a plus sign", "+1"],
  ["a leading zero", "01"],
  ["a negative leading zero", "-01"],
  ["hexadecimal", "0x1F"],
  ["no digit before the point", ".5"],
  ["no digit behind the point", "1."],
  ["no digit in the exponent", "1e"],
  ["two signs", "--1"],
  ["a minus alone", "-"],
  ["two points", "1.2.3"],
  ["full-width digits", "１"],
  ["a raw tab in a string", '"a\tb"'],
  ["a raw line end in a string", '"a\nb"'],
  ["a raw NUL in a string", '"a\0b"'],
  ["an unknown escape", String.raw`"\x41"`],
  ["an escaped line end", '"\\\n"'],
  ["half of an escape", String.raw`"\u00"`],
  ["an escape that is no hex", String.raw`"\u00zz"`],
  ["a backslash at the end", String.raw`"\"`],
  ["a no-break space", "[\u00A01]"],
  ["a form feed", "[\f1]"],
  ["a vertical tab", "[\v1]"],
  ["a template string", "`a`"],
];

const realJson: readonly (readonly [string, string])[] = [
  ["nothing in containers", '{"a":{},"b":[[]],"":""}'],
  ["white space of all four kinds", " \t\r\n[ 1 ,\t2 ]\r\n"],
  ["numbers of every form", "[0,-0,1e2,1E+2,1.5e-3,-1.25]"],
  ["all escapes", String.raw`"\"\\\/\b\f\n\r\t\u0041\u00e9"`],
  ["an escaped pair", String.raw`"\ud83e\udd8a"`],
  ["an escaped NUL", String.raw`"\u0000"`],
  ["letters of two to four bytes", '"é日🦊"'],
  ["line separators", '"\u2028\u2029"'],
  ["a byte order mark within a string", '"\uFEFF"'],
  ["DEL", '"\x7f"'],
  ["brackets and quotes in a string", String.raw`"{[\"}]"`],
  ["a number beyond doubles' precision", "9007199254740993"],
  ["many digits", "3.14159265358979323846264338327950288"],
  ["a slash at a string's end", String.raw`"\\"`],
  ["the names of the prototype", '{"__proto__":1,"constructor":{"prototype":1},"toString":null}'],
];

describe("a JSON parser", () => {
  test.each(noJson)("refuses %s: 400", async (_title, text) => {
    expect(await send(withMember(text))).toMatchObject({ ...survived, status: 400, code: "invalid_json" });
  });

  test.each(realJson)("lets %s through, byte for byte", async (_title, text) => {
    expect(await send(withMember(text))).toMatchObject(wentThrough);
    expect(relayed()).toContain(`"metadata":${text}}`);
  });

  test.each(["1e999", "-1e999", "1e-999"])("refuses %s or leaves it as it is", async (text) => {
    const seen = await send(withMember(text));
    const verdict = seen.status === 200 && relayed().includes(`"metadata":${text}}`) ? "left as it is" : seen.code;
    expect({ ...seen, verdict }).toMatchObject({
      isAlive: true,
      nextStatus: 200,
      verdict: expect.toBeOneOf(["left as it is", "invalid_json"]) as unknown,
    });
  });
});

describe("a body", () => {
  test.each<readonly [string, string | Uint8Array, readonly string[]]>([
    ["that is empty", "", ["invalid_json"]],
    ["that is white space", " \n", ["invalid_json"]],
    ["that is text", "Hello", ["invalid_json"]],
    ["that is an array", `[${goodBody}]`, ["invalid_json", "invalid_body"]],
    ["that is a string", '"Hello"', ["invalid_json", "invalid_body"]],
    ["that is null", "null", ["invalid_json", "invalid_body"]],
    ["that is a number", "1", ["invalid_json", "invalid_body"]],
    ["with text behind it", `${goodBody}x`, ["invalid_json"]],
    ["with a second object behind it", `${goodBody}${goodBody}`, ["invalid_json"]],
    ["that ends too early", goodBody.slice(0, -1), ["invalid_json"]],
    ["with model twice", goodBody.replace("{", '{"model":"@openai/gpt-4o-mini",'), ["invalid_json"]],
    ["with model twice, once in escapes", goodBody.replace("{", String.raw`{"mod\u0065l":"@openai/gpt-4o-mini",`), ["invalid_json"]],
    ["with stream twice", goodBody.replace("{", '{"stream":false,"stream":true,'), ["invalid_json"]],
    ["with a byte order mark", `\uFEFF${goodBody}`, ["invalid_json"]],
    ["in UTF-16", Buffer.from(goodBody, "utf16le"), ["invalid_json"]],
    ["in Latin-1", Buffer.from(goodBody.replace("Hi", "Grüezi"), "latin1"), ["invalid_json"]],
    ["with an overlong sequence", Buffer.from(goodBody.replace("Hi", "\xC0\xAF"), "latin1"), ["invalid_json"]],
    ["with a surrogate as three bytes", Buffer.from(goodBody.replace("Hi", "\xED\xA0\x80"), "latin1"), ["invalid_json"]],
    ["with a sequence cut off", Buffer.from(goodBody.replace("Hi", "\xE6\x97"), "latin1"), ["invalid_json"]],
    ["with a lone high surrogate", goodBody.replace("Hi", String.raw`\ud800`), ["invalid_json"]],
    ["with a lone low surrogate", goodBody.replace("Hi", String.raw`\udc00x`), ["invalid_json"]],
    ["with a pair the wrong way round", goodBody.replace("Hi", String.raw`\udd8a\ud83e`), ["invalid_json"]],
    ["with a lone surrogate in a key", withMember(String.raw`{"\uDBFF":1}`), ["invalid_json"]],
    ["nested 129 deep", withMember("[".repeat(128) + "]".repeat(128)), ["invalid_json"]],
    ["nested 10 000 deep", withMember("[".repeat(10_000) + "]".repeat(10_000)), ["invalid_json"]],
    ["nested 5 000 000 deep", withMember('{"a":'.repeat(5_000_000)), ["invalid_json"]],
    ["that is 5 000 000 open brackets", "[".repeat(5_000_000), ["invalid_json", "invalid_body"]],
    ['with stream: "yes"', goodBody.replace("{", '{"stream":"yes",'), ["invalid_value"]],
    ["with stream: 1", goodBody.replace("{", '{"stream":1,'), ["invalid_value"]],
    ["with a list as model", goodBody.replace('"@openai/gpt-4o"', '["@openai/gpt-4o"]'), ["invalid_value"]],
    ["with an object as model", goodBody.replace('"@openai/gpt-4o"', '{"a":1}'), ["invalid_value"]],
    ["with a number as model", goodBody.replace('"@openai/gpt-4o"', "4"), ["invalid_value"]],
    ["with null as model", goodBody.replace('"@openai/gpt-4o"', "null"), ["invalid_value", "model_missing"]],
    ["with an empty model", goodBody.replace("@openai/gpt-4o", ""), ["invalid_value", "model_missing"]],
    ["with NUL in the model", goodBody.replace("gpt-4o", String.raw`gpt-4o\u0000`), ["invalid_value", "model_missing"]],
    ["without a model", goodBody.replace('"model":"@openai/gpt-4o",', ""), ["model_missing"]],
    ["with a number as provider", goodBody.replace("{", '{"portkey_provider":4,'), ["invalid_value"]],
    ["that names an unknown provider", goodBody.replace("{", '{"portkey_provider":"nonesuch",'), ["unknown_provider"]],
    ["that names an unknown provider in OpenRouter's field", goodBody.replace("{", '{"provider":"nonesuch",'), ["unknown_provider"]],
    ["with an unknown provider before the model", goodBody.replace("@openai", "@nonesuch"), ["unknown_provider"]],
    ["with an unknown stored key", goodBody.replace("{", '{"portkey_virtual_key":"nonesuch",'), ["unknown_key_name"]],
  ])("%s: 400", async (_title, body, codes) => {
    const seen = await send(body);
    expect(seen).toMatchObject({ ...survived, status: 400, code: expect.toBeOneOf([...codes]) as unknown });
    expect(seen.message).toMatch(/^Cannot .+/);
  });

  test("nested 128 deep goes through", async () => {
    expect(await send(withMember("[".repeat(127) + "]".repeat(127)))).toMatchObject(wentThrough);
  });

  test.each([
    ["an unknown config", ["x-portkey-config: nonesuch"], 400, "unknown_alias"],
    ["a config that is no JSON", ["x-portkey-config: {"], 400, "invalid_config"],
    ["a config with a field that does not exist", ['x-portkey-config: {"provider":"openai","retries":1}'], 400, "invalid_config"],
    ["an unknown provider", ["x-portkey-provider: nonesuch"], 400, "unknown_provider"],
    ["a provider without a key", ["x-portkey-provider: groq"], 401, "provider_key_missing"],
  ])("beside headers that name %s", async (_title, headers, status, code) => {
    expect(await send(goodBody, headers)).toMatchObject({ ...survived, status, code });
  });

  test("for an alias whose only target has no key: 401 that names the provider", async () => {
    const seen = await send(goodBody.replace("@openai/gpt-4o", "to-nothing"));
    expect(seen).toMatchObject({ ...survived, status: 401, code: "provider_key_missing" });
    expect(seen.message).toContain("Provider API key not configured for groq");
  });

  test.each([
    ["text", "text/plain"],
    ["a form", "application/x-www-form-urlencoded"],
    ["a form of parts", "multipart/form-data; boundary=x"],
    ["something like JSON", "application/jsonx"],
  ])("declared as %s: 415", async (_title, contentType) => {
    expect(await send(goodBody, [`Content-Type: ${contentType}`])).toMatchObject({
      ...survived,
      status: 415,
      code: "unsupported_media_type",
    });
  });

  test.each(["application/json; charset=utf-8", "Application/JSON"])("declared as %s goes through", async (contentType) => {
    expect(await send(goodBody, [`Content-Type: ${contentType}`])).toMatchObject(wentThrough);
  });
});

describe("a body's size", () => {
  test("is refused from the announcement on, before it is sent", async () => {
    const head = chatCall(world.postern, goodBody, [`Content-Length: ${maxBodyBytes + 1}`]);
    expect(await observeCall(world, head)).toMatchObject({ ...survived, status: 413, code: "body_too_large", connection: "closed" });
  });

  test("is counted where it is not announced", async () => {
    // One byte more than what is allowed, and nothing after it: the answer cannot wait for an end.
    const chunk = Buffer.concat([Buffer.from("100000\r\n"), Buffer.alloc(mebibyte, " "), Buffer.from("\r\n")]);
    const pieces = [
      chatCall(world.postern, "", ["Transfer-Encoding: chunked"]),
      ...Array<Buffer>(64).fill(chunk),
      Buffer.from("1\r\n \r\n"),
    ];
    expect(await observeCall(world, pieces, { timeoutMs: 20_000 })).toMatchObject({ ...survived, status: 413, code: "body_too_large" });
  });

  test("may be all of 64 MiB", { timeout: 60_000 }, async () => {
    const padded = goodBody + " ".repeat(maxBodyBytes - goodBody.length);
    expect(await observeCall(world, chatCall(world.postern, padded), { timeoutMs: 50_000 })).toMatchObject(wentThrough);
  });

  test.each([
    ["100 001 messages", `{"model":"@openai/gpt-4o","messages":[${Array(100_001).fill('{"role":"user","content":""}').join()}]}`],
    ["a million tools", withMember(`[${"{},".repeat(1_000_000)}{}]`)],
  ])("of %s: 413", async (_title, body) => {
    expect(await send(body)).toMatchObject({ ...survived, status: 413, code: "body_too_large" });
  });

  test("of 90 000 messages goes through", async () => {
    const body = `{"model":"@openai/gpt-4o","messages":[${Array(90_000).fill('{"role":"user","content":""}').join()}]}`;
    expect(await send(body)).toMatchObject(wentThrough);
  });
});

describe("a compressed body", () => {
  const codings = [
    ["gzip", gzipSync(goodBody)],
    ["br", brotliCompressSync(goodBody)],
    ["zstd", zstdCompressSync(goodBody)],
    ["identity", Buffer.from(goodBody)],
    ["GZIP", gzipSync(goodBody)],
  ] as const;

  test.each(codings)("in %s is inflated on the way", async (coding, body) => {
    expect(await send(body, [`Content-Encoding: ${coding}`])).toMatchObject(wentThrough);
    expect(relayed()).toBe(goodBody.replace("@openai/", ""));
    expect(world.provider.requests.at(-2)?.headers).not.toHaveProperty("content-encoding");
  });

  test.each([
    ["gzip", () => gzipOfSpaces(1_000 * mebibyte)],
    ["br", () => brotliCompressSync(Buffer.alloc(65 * mebibyte, " "), { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })],
    ["zstd", () => zstdCompressSync(Buffer.alloc(65 * mebibyte, " "))],
  ] as const)("in %s that inflates beyond 64 MiB: 413", async (coding, makeBomb) => {
    const seen = await send(makeBomb(), [`Content-Encoding: ${coding}`]);
    expect(seen).toMatchObject({ ...survived, status: 413, code: "body_too_large" });
  });

  test.each([
    ["an unknown coding", "compress", 415, "unsupported_encoding"],
    ["a coding that is no name", "gzip;q=1", 415, "unsupported_encoding"],
    ["bytes that are not what they are said to be", "gzip", 400, "invalid_body"],
    ["bytes that are not what they are said to be", "br", 400, "invalid_body"],
    ["bytes that are not what they are said to be", "zstd", 400, "invalid_body"],
  ])("with %s (%s): %i", async (_title, coding, status, code) => {
    expect(await send(goodBody, [`Content-Encoding: ${coding}`])).toMatchObject({ ...survived, status, code });
  });

  test.each(codings.slice(0, 3))("in %s that is cut off: 400", async (coding, body) => {
    const seen = await send(body.subarray(0, -4), [`Content-Encoding: ${coding}`]);
    expect(seen).toMatchObject({ ...survived, status: 400, code: "invalid_body" });
  });
});

test("members named like the prototype change nothing for anyone else", async () => {
  const before = await send(goodBody);
  const polluting =
    '{"__proto__":{"stream":true,"model":"polluted"},"constructor":{"prototype":{"stream":true}},"model":"@openai/gpt-4o","messages":[]}';
  expect(await send(polluting)).toMatchObject({ isAlive: true, nextStatus: 200, status: expect.toBeOneOf([200, 400]) as unknown });
  const after = await send(goodBody);
  expect(after.result.body).toEqual(before.result.body);
  expect(relayed()).toBe(goodBody.replace("@openai/", ""));
});

test.each(["http://127.0.0.1:PORT/x.png", "http://169.254.169.254/latest/meta-data/", "file:///etc/passwd"])(
  "an image at %s is never fetched",
  async (url) => {
    await using canary = await startScriptedProvider();
    const image = url.replace("PORT", String(canary.port));
    const body = goodBody.replace('"Hi"', JSON.stringify([{ type: "image_url", image_url: { url: image } }]));
    expect(await send(body)).toMatchObject(wentThrough);
    expect(relayed()).toContain(JSON.stringify(image));
    expect(canary.connectionCount).toBe(0);
  },
);

test.runIf(process.platform === "linux")("memory stays within a few bodies' size after all of this", () => {
  // A full 64 MiB body peaks near 490 MB for the whole process; inflating the 1000 MiB bomb would go beyond 1.1 GB.
  expect(world.postern.peakMemoryBytes()).toBeLessThan(800 * mebibyte);
});
