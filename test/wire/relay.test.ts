import { randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { chatCall, readError, startWorld, type World } from "../fakes/observe-call.ts";
import { type RawResult, rawHttp, rawRequest } from "../fakes/raw-http.ts";
import { json, reply, stream } from "../fakes/replies.ts";
import type { RecordedRequest } from "../fakes/scripted-provider.ts";

// What goes through the gateway goes through unchanged: bodies both ways byte for byte, headers by a short list.

const providerKey = "sk-scripted-Tz5wG9nXe1";

let world: World;

beforeAll(async () => {
  world = await startWorld({ environment: { OPENAI_API_KEY: providerKey } });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

beforeEach(() => world.provider.forget());

afterEach(() => {
  const [problem] = world.provider.problems;
  if (problem !== undefined) throw problem;
});

const call = (body: string | Uint8Array, headers: readonly string[] = []): Promise<RawResult> =>
  rawHttp(world.postern.port, chatCall(world.postern, body, headers));

const lastRequest = (): RecordedRequest => {
  const request = world.provider.requests.at(-1);
  if (request === undefined) throw new Error("the provider got no request");
  return request;
};

describe("a request", () => {
  test.each([
    ["with nothing in it for Postern", '{"model":"gpt-4o","messages":[]}', '{"model":"gpt-4o","messages":[]}'],
    [
      "with odd spaces, line ends, escapes and numbers",
      '\r\n{ "seed" : 9007199254740993,\t"messages":[{"content":"\\u00e9\\/é","role":"user"}],\r\n"model":"gpt-4o","t":1.0e-2}\n \n',
      '\r\n{ "seed" : 9007199254740993,\t"messages":[{"content":"\\u00e9\\/é","role":"user"}],\r\n"model":"gpt-4o","t":1.0e-2}\n \n',
    ],
    ["with a prefix: only the model's name changes", '{ "model" : "@openai/gpt-4o" ,"a":1}', '{ "model" : "gpt-4o" ,"a":1}'],
    [
      "with routing fields: they go, and what has their names further down stays",
      '{"provider":"openai","model":"gpt-4o","portkey_provider":"openai","metadata":{"provider":"x","portkey_a":1}}',
      '{"model":"gpt-4o","metadata":{"provider":"x","portkey_a":1}}',
    ],
    [
      "with OpenRouter's own provider object: it stays",
      '{"model":"@openai/o3","provider":{"order":["x"]}}',
      '{"model":"o3","provider":{"order":["x"]}}',
    ],
  ])("%s", async (_title, sent, expected) => {
    expect((await call(sent)).status).toBe(200);
    expect(lastRequest().body.toString()).toBe(expected);
    expect(lastRequest().headers["content-length"]).toBe(String(Buffer.byteLength(expected)));
  });

  test("takes along the headers that change its answer, and no others", async () => {
    const kept = [
      "OpenAI-Organization: org-1",
      "OpenAI-Project: proj-1",
      "OpenAI-Beta: assistants=v2",
      "Idempotency-Key: abc",
      "X-Title: T",
    ];
    const dropped = [
      "Cookie: session=secret-cookie",
      "X-Forwarded-For: 192.0.2.1",
      "Forwarded: for=192.0.2.1",
      "X-Real-IP: 192.0.2.1",
      "User-Agent: my-tool/1.0",
      "X-Stainless-OS: Linux",
      "Proxy-Authorization: Basic c2VjcmV0",
      "Accept-Encoding: gzip, br",
      "TE: trailers",
      "X-Portkey-Metadata: {}",
      "X-Custom: 1",
      "Connection: keep-alive, OpenAI-Project-2",
    ];
    expect((await call('{"model":"gpt-4o"}', [...kept, ...dropped])).status).toBe(200);
    const { headers } = lastRequest();
    expect(headers).toMatchObject({
      host: `127.0.0.1:${world.provider.port}`,
      authorization: `Bearer ${providerKey}`,
      "accept-encoding": "identity",
      "openai-organization": "org-1",
      "openai-project": "proj-1",
      "openai-beta": "assistants=v2",
      "idempotency-key": "abc",
      "x-title": "T",
    });
    expect(Object.keys(headers).sort()).toEqual(
      expect.not.arrayContaining([
        "cookie",
        "x-forwarded-for",
        "forwarded",
        "x-real-ip",
        "x-stainless-os",
        "proxy-authorization",
        "te",
        "x-custom",
      ]),
    );
    expect(JSON.stringify(headers)).not.toMatch(/192\.0\.2\.1|secret-cookie|my-tool|x-portkey/);
  });
});

describe("a plain answer", () => {
  const large = JSON.stringify({ data: randomBytes(1_500_000).toString("base64"), usage: { total_tokens: 1 } });

  test.each<readonly [string, number, string]>([
    ["small", 200, '{"id":"x"}'],
    ["with odd spaces and line ends", 200, '\r\n { "b" : [ 1 ,2 ] ,\r\n\t"a":9007199254740993.10 , "a":1 }\r\n\r\n \n'],
    ["with text in every script", 200, '{"t":"Grüße 世界 \\ud83e\\udd8a 🦊 \u2028"}'],
    ["that is a list", 200, "[1, 2]\n"],
    ["created", 201, '{"id":"x"}'],
    ["accepted", 202, '{"id":"x"}'],
    ["just under the size that is held", 200, `{"d":"${"x".repeat(1_048_566)}"}`],
    ["of exactly the size that is held", 200, `{"d":"${"x".repeat(1_048_576 - 8)}"}`],
    ["larger than what is held", 200, large],
  ])("%s comes back byte for byte", async (_title, status, body) => {
    world.provider.next(reply(status, body, { "content-type": "application/json; charset=utf-8" }));
    const result = await call('{"model":"gpt-4o"}');
    expect([result.status, result.headers["content-type"]]).toEqual([status, "application/json; charset=utf-8"]);
    expect(result.body.equals(Buffer.from(body))).toBe(true);
  });

  test("in chunks of any size comes back byte for byte", async () => {
    const body = large.slice(0, 100_000) + '"}';
    world.provider.next(stream(body.match(/.{1,777}/g) ?? [], { headers: { "content-type": "application/json" } }));
    expect((await call('{"model":"gpt-4o"}')).body.toString()).toBe(body);
  });

  test("until the connection's end comes back too", async () => {
    world.provider.next(stream(['{"a":', "1}"], { untilClose: true, headers: { "content-type": "application/json" } }));
    expect((await call('{"model":"gpt-4o"}')).body.toString()).toBe('{"a":1}');
  });

  test("without a body, as 204 has none", async () => {
    world.provider.next(reply(204, ""));
    const result = await call('{"model":"gpt-4o"}');
    expect([result.status, result.body.length, result.connection]).toEqual([204, 0, "open"]);
  });
});

describe("an answer's headers", () => {
  const kept = {
    "x-request-id": "req_1",
    "openai-processing-ms": "12",
    "x-ratelimit-remaining-requests": "59",
    "openai-version": "2020-10-01",
    "retry-after": "3",
  };
  const dropped = {
    "set-cookie": ["a=1; Path=/", "b=2"],
    server: "cloudflare",
    "alt-svc": 'h3=":443"',
    "strict-transport-security": "max-age=1",
    "access-control-allow-origin": "*",
    "content-security-policy": "default-src *",
    "x-powered-by": "PHP",
    nel: "{}",
    "report-to": "{}",
    via: "1.1 proxy",
    connection: "keep-alive, x-hop",
    "x-hop": "1",
    "keep-alive": "timeout=5",
    refresh: "0; url=https://example.com",
    link: "</x>; rel=preload",
    "x-portkey-provider": "someone-else",
    "x-postern-cost-usd": "0",
  };

  test.each([
    ["plain", 200, '{"a":1}', "application/json", '{"model":"gpt-4o"}'],
    ["streamed", 200, "data: [DONE]\n\n", "text/event-stream", '{"model":"gpt-4o","stream":true}'],
    ["an error", 400, '{"error":{"message":"no"}}', "application/json", '{"model":"gpt-4o"}'],
  ])(
    "%s: what is for the client comes through, what is for a browser or one connection does not",
    async (_title, status, body, type, sent) => {
      world.provider.next(reply(status, body, { "content-type": type, ...kept, ...dropped }));
      const result = await call(sent);
      expect(result.status).toBe(status);
      expect(result.headers).toMatchObject({ ...kept, "content-type": type, "x-portkey-provider": "openai" });
      const foreign = Object.entries(dropped).filter(([name, value]) => {
        const seen = result.headers[name];
        return seen !== undefined && [value].flat().some((one) => seen.includes(one));
      });
      expect(foreign).toEqual([]);
      expect(result.headers["set-cookie"]).toBeUndefined();
      expect(result.headers["x-hop"]).toBeUndefined();
    },
  );
});

describe("any other /v1 path", () => {
  const named = ["X-Portkey-Provider: openai"];
  const send = (line: string, headers: readonly string[] = named, body?: string): Promise<RawResult> =>
    rawHttp(world.postern.port, rawRequest(world.postern, line, { headers, ...(body === undefined ? {} : { body }) }));

  test.each([
    ["GET /v1/files?limit=2&after=file%2F1", undefined],
    ["GET /v1/fine_tuning/jobs/job-1/events", undefined],
    ["DELETE /v1/files/file-1", undefined],
    ["POST /v1/batches", '{ "model":"@openai/x", "provider":"portkey" }'],
  ] as const)("%s is relayed as it is to the provider that is named", async (line, body) => {
    const answer = Buffer.concat([randomBytes(5_000), Buffer.from("\r\n")]);
    world.provider.next(reply(200, answer, { "content-type": "application/octet-stream" }));
    const result = await send(line, named, body);
    expect(result.status).toBe(200);
    expect(result.body.equals(answer)).toBe(true);
    const [method, url] = line.split(" ");
    expect(lastRequest()).toMatchObject({ method, url, headers: { authorization: `Bearer ${providerKey}` } });
    expect(lastRequest().body.toString()).toBe(body ?? "");
  });

  test("is made once, whatever the provider says", async () => {
    world.provider.next(json(503, { error: { message: "Overloaded." } }));
    expect((await send("POST /v1/batches", named, "{}")).status).toBe(503);
    expect(world.provider.requests).toHaveLength(1);
  });

  test("takes the caller's own key where there is no local one", async () => {
    world.provider.next(json(200, { data: [] }));
    const result = await send("GET /v1/files", [...named, "Authorization: Bearer sk-own-Rb4xU7"]);
    expect([result.status, lastRequest().headers["authorization"]]).toEqual([200, "Bearer sk-own-Rb4xU7"]);
  });

  test("models of a named provider are its own list", async () => {
    const result = await send("GET /v1/models");
    expect(JSON.parse(result.body.toString())).toMatchObject({ data: [{ id: "gpt-4o" }] });
  });

  test.each(["GET /v1/files", "POST /v1/batches", "DELETE /v1/files/file-1"])("%s without a provider is 404", async (line) => {
    const result = await send(line, [], line.startsWith("POST") ? "{}" : undefined);
    expect([result.status, readError(result)?.code]).toEqual([404, "not_found"]);
    expect(world.provider.requests).toHaveLength(0);
  });

  test("to a provider that is not there is refused by name", async () => {
    const result = await send("GET /v1/files", ["X-Portkey-Provider: nonesuch"]);
    expect([result.status, readError(result)?.code]).toEqual([400, "unknown_provider"]);
  });

  test.each([
    "/v1/../v1/files",
    "/v1/%2e%2e/admin",
    "/v1/..%2fadmin",
    "/v1//files",
    "/v1/files%00",
    "/v1/files\\x",
    "/admin/keys",
    "//evil/v1",
  ])("%s is found nowhere", async (path) => {
    const result = await send(`GET ${path}`);
    expect(result.status).toBeOneOf([400, 404]);
    expect(world.provider.requests).toHaveLength(0);
  });
});
