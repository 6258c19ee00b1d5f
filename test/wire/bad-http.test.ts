import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chatCall, goodBody, observeCall, readError, startWorld, survived, wentThrough, type World } from "../fakes/observe-call.ts";
import { openAiChat } from "../fakes/openai-replies.ts";
import { rawHttp, rawRequest } from "../fakes/raw-http.ts";

// What RFC 9112 says about messages that are no good, and what makes two programs read one message differently.

let world: World;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

interface Target {
  readonly port: number;
  readonly key: string;
}

interface Case {
  readonly title: string;
  readonly bytes: (target: Target) => string | Buffer | readonly (string | Buffer)[];
  readonly status: number | readonly number[];
  readonly code?: string;
  /** Whether the connection must end with the answer, since its framing cannot be trusted any more. */
  readonly closes?: boolean;
}

const oneOf = (statuses: number | readonly number[]): unknown => expect.toBeOneOf([statuses].flat());
const get = (target: Target, path: string, headers: readonly string[] = []): Buffer => rawRequest(target, `GET ${path}`, { headers });
const chunked = (target: Target, chunks: string, headers: readonly string[] = []): Buffer =>
  chatCall(target, chunks, ["Transfer-Encoding: chunked", ...headers]);
const inChunks = (body: string): string => `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n0\r\n\r\n`;

const hostCases: readonly Case[] = [
  { title: "two Hosts", bytes: (t) => get(t, "/v1/models", [`Host: 127.0.0.1:${t.port}`, "Host: evil.example"]), status: 400 },
  {
    title: "the same Host twice",
    bytes: (t) => get(t, "/v1/models", [`Host: 127.0.0.1:${t.port}`, `Host: 127.0.0.1:${t.port}`]),
    status: 400,
  },
  { title: "a Host that is no authority", bytes: (t) => get(t, "/v1/models", ["Host: a/b@c"]), status: [400, 403] },
  { title: "a Host with a user name", bytes: (t) => get(t, "/v1/models", [`Host: evil.example@127.0.0.1:${t.port}`]), status: [400, 403] },
  { title: "an empty Host", bytes: (t) => get(t, "/v1/models", ["Host: "]), status: [400, 403] },
  { title: "no Host", bytes: (t) => `GET /v1/models HTTP/1.1\r\nAuthorization: Bearer ${t.key}\r\n\r\n`, status: 400 },
  { title: "HTTP/1.0 without a Host", bytes: (t) => `GET /v1/models HTTP/1.0\r\nAuthorization: Bearer ${t.key}\r\n\r\n`, status: 400 },
  { title: "an absolute target of another authority", bytes: (t) => get(t, "http://evil.example/v1/models"), status: [400, 403] },
  { title: "an absolute target with another port", bytes: (t) => get(t, "http://127.0.0.1:1/v1/models"), status: [400, 403] },
];

const framingCases: readonly Case[] = [
  { title: "a length beside chunks", bytes: (t) => chunked(t, inChunks(goodBody), ["Content-Length: 5"]), status: 400, closes: true },
  {
    title: "two lengths that differ",
    bytes: (t) => chatCall(t, goodBody, [`Content-Length: ${goodBody.length}`, "Content-Length: 5"]),
    status: 400,
    closes: true,
  },
  {
    title: "the same length twice",
    bytes: (t) => chatCall(t, goodBody, Array(2).fill(`Content-Length: ${goodBody.length}`) as string[]),
    status: 400,
    closes: true,
  },
  ...["+5", "-1", "5, 5", "0x5", "5 5", "1e1", ""].map((length) => ({
    title: `the length ${JSON.stringify(length)}`,
    bytes: (t: Target) => chatCall(t, goodBody, [`Content-Length: ${length}`]),
    status: 400,
  })),
  ...["xchunked", "chunked, identity", "chunked, chunked", "identity", "gzip, chunked"].map((coding) => ({
    title: `the transfer coding ${JSON.stringify(coding)}`,
    bytes: (t: Target) => chatCall(t, inChunks(goodBody), [`Transfer-Encoding: ${coding}`]),
    status: [400, 501],
  })),
  {
    title: "chunks on HTTP/1.0",
    bytes: (t) => chunked(t, inChunks(goodBody)).toString("latin1").replace("HTTP/1.1", "HTTP/1.0"),
    status: 400,
  },
  { title: "a bare LF in the header", bytes: (t) => get(t, "/v1/models", [`Host: 127.0.0.1:${t.port}\nX-Split: 1`]), status: 400 },
  { title: "a bare LF behind a chunk's size", bytes: (t) => chunked(t, inChunks(goodBody).replace("\r\n", "\n")), status: 400 },
  { title: "a bare LF behind a chunk", bytes: (t) => chunked(t, inChunks(goodBody).replace("}\r\n", "}\n")), status: 400 },
  { title: "a folded header", bytes: (t) => get(t, "/v1/models", ["X-Folded: a\r\n b"]), status: 400 },
  { title: "NUL in a header", bytes: (t) => get(t, "/v1/models", ["X-Nul: a\0b"]), status: 400 },
  { title: "a bare CR in a header", bytes: (t) => get(t, "/v1/models", ["X-Cr: a\rb"]), status: 400 },
  { title: "a space before the colon", bytes: (t) => get(t, "/v1/models", ["X-Space : a"]), status: 400 },
  { title: "a header without a colon", bytes: (t) => get(t, "/v1/models", ["X-Nothing"]), status: 400 },
  ...["0x2", "-1", "+2", "g", "", " 2", "fffffffffffffffff"].map((size) => ({
    title: `the chunk size ${JSON.stringify(size)}`,
    bytes: (t: Target) => chunked(t, `${size}\r\n{}\r\n0\r\n\r\n`),
    status: 400,
  })),
  { title: "a chunk longer than its size", bytes: (t) => chunked(t, `2\r\n${goodBody}\r\n0\r\n\r\n`), status: 400 },
];

const sizeCases: readonly Case[] = [
  { title: "a chunk extension of 20 kB", bytes: (t) => chunked(t, `2;x=${"a".repeat(20_000)}\r\n{}\r\n0\r\n\r\n`), status: 413 },
  { title: "a header of more than 16 KiB", bytes: (t) => get(t, "/v1/models", [`X-Long: ${"a".repeat(17_000)}`]), status: 431 },
  {
    title: "more than 100 headers",
    bytes: (t) =>
      get(
        t,
        "/v1/models",
        Array.from({ length: 150 }, (_, index) => `X-Header-${index}: 1`),
      ),
    status: 431,
    code: "headers_too_large",
  },
  { title: "a URL of more than 8 KiB", bytes: (t) => get(t, `/v1/models?x=${"a".repeat(8_300)}`), status: [414, 431] },
];

const otherCases: readonly Case[] = [
  {
    title: "two Authorizations",
    bytes: (t) => get(t, "/v1/models", [`Authorization: Bearer ${t.key}`, `Authorization: Bearer ${t.key}x`]),
    status: 400,
    code: "conflicting_credentials",
  },
  {
    title: "two local keys that disagree",
    bytes: (t) => get(t, "/v1/models", [`Authorization: Bearer ${t.key}`, `x-api-key: postern_${"a".repeat(43)}`]),
    status: 400,
    code: "conflicting_credentials",
  },
  {
    title: "a key in a trailer",
    bytes: (t) =>
      chatCall({ port: t.port }, inChunks(goodBody).replace(/\r\n$/, `Authorization: Bearer ${t.key}\r\n\r\n`), [
        "Transfer-Encoding: chunked",
        "Trailer: Authorization",
      ]),
    status: 401,
    code: "invalid_api_key",
  },
  { title: "TRACE", bytes: (t) => rawRequest(t, "TRACE /"), status: 405, code: "method_not_allowed" },
  { title: "TRACE of a model list", bytes: (t) => rawRequest(t, "TRACE /v1/models"), status: 405, code: "method_not_allowed" },
  { title: "CONNECT", bytes: (t) => rawRequest(t, `CONNECT 127.0.0.1:${t.port}`), status: 405 },
  {
    title: "CONNECT to elsewhere",
    bytes: (t) => rawRequest(t, "CONNECT evil.example:443", { headers: ["Host: evil.example:443"] }),
    status: [403, 405],
  },
  { title: "an expectation that is unknown", bytes: (t) => chatCall(t, goodBody, ["Expect: foo"]), status: 417 },
  { title: "a TLS handshake", bytes: () => Buffer.from("160301020001000001fc0303", "hex"), status: 400, closes: true },
  { title: "HTTP/2's preface", bytes: () => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", status: 400, closes: true },
  { title: "a method that does not exist", bytes: (t) => rawRequest(t, "BREW /"), status: [400, 405] },
  { title: "HTTP/9.9", bytes: (t) => `GET / HTTP/9.9\r\nHost: 127.0.0.1:${t.port}\r\n\r\n`, status: [400, 505], closes: true },
  ...[
    "/v1/..%2fadmin",
    "//evil",
    "//evil/v1/models",
    "/%zz",
    "/v1/../api",
    "/v1/%2e%2e/healthz",
    "/v1/../healthz",
    "/v1//models",
    "/v1/models\\..",
    "/V1/Models",
  ].map((path) => ({ title: `the path ${path}`, bytes: (t: Target) => get(t, path), status: [400, 404] })),
  { title: "a target that is no path", bytes: (t) => get(t, "v1/models"), status: [400, 404] },
];

describe.each([
  { group: "Host", cases: hostCases },
  { group: "framing", cases: framingCases },
  { group: "sizes", cases: sizeCases },
  { group: "the rest", cases: otherCases },
])("the listener refuses, as to $group,", ({ cases }) => {
  test.each(cases)("$title: $status", async ({ bytes, status, code, closes }) => {
    const seen = await observeCall(world, bytes(world.postern));
    expect(seen).toMatchObject({
      ...survived,
      status: oneOf(status),
      ...(code === undefined ? {} : { code }),
      ...(closes === true ? { connection: "closed" } : {}),
    });
  });
});

describe("the listener accepts", () => {
  test.each(["__proto__: x", "constructor: x", "hasOwnProperty: x", "X-Empty:"])("the header %s", async (header) => {
    expect(await observeCall(world, chatCall(world.postern, goodBody, [header]))).toMatchObject(wentThrough);
  });

  test("chunks of one byte with trailers", async () => {
    const chunks = Array.from(goodBody, (letter) => `1\r\n${letter}\r\n`);
    const seen = await observeCall(world, [chunked(world.postern, ""), ...chunks, "0\r\nX-Trailer: 1\r\n\r\n"]);
    expect(seen).toMatchObject(wentThrough);
  });

  test("Connection naming Authorization: the key counts, what is named goes no further", async () => {
    const seen = await observeCall(world, chatCall(world.postern, goodBody, ["Connection: close, Authorization, X-Named", "X-Named: 1"]));
    expect(seen).toMatchObject({ ...wentThrough, connection: "closed" });
    expect(world.provider.requests.at(-2)?.headers).not.toHaveProperty("x-named");
  });

  test.each([
    ["h2c", ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA"]],
    [
      "websocket",
      ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="],
    ],
  ])("an upgrade to %s by ignoring or refusing it", async (_protocol, headers) => {
    const seen = await observeCall(world, get(world.postern, "/v1/models", headers));
    expect(seen).toMatchObject({ isAlive: true, nextStatus: 200, status: expect.toBeOneOf([200, 400, 426]) as unknown });
    expect(seen.result.responses.map(({ status }) => status)).not.toContain(101);
  });

  test("Expect: 100-continue, but invites no body that it would refuse", async () => {
    const good = await observeCall(world, chatCall(world.postern, goodBody, ["Expect: 100-continue"]));
    expect(good).toMatchObject(wentThrough);
    expect(good.result.responses.map(({ status }) => status)).toEqual([100, 200]);
    // A foreign bearer may be the caller's own key for a provider that only the body names; these cannot be.
    for (const credential of [`Authorization: Bearer postern_${"c".repeat(43)}`, "X-No: key"]) {
      const call = chatCall({ port: world.postern.port }, goodBody, ["Expect: 100-continue", credential]);
      const bad = await observeCall(world, call.subarray(0, call.indexOf("\r\n\r\n") + 4));
      expect(bad).toMatchObject({ ...survived, status: 401, code: "invalid_api_key" });
      expect(bad.result.responses.map(({ status }) => status)).toEqual([401]);
    }
  });

  test("100 calls in one go, and answers them in order", async () => {
    world.provider.route("POST", "/v1/chat/completions", (exchange) => {
      const { messages } = exchange.request.json() as { messages: { content: string }[] };
      return openAiChat({ content: messages[0]?.content ?? "" })(exchange);
    });
    const calls = Array.from({ length: 100 }, (_, index) => chatCall(world.postern, goodBody.replace("Hi", String(index))));
    const { responses } = await rawHttp(world.postern.port, Buffer.concat(calls), { responses: 100, timeoutMs: 20_000 });
    const contents = responses.map(
      ({ body }) => (JSON.parse(body.toString()) as { choices: { message: { content: string } }[] }).choices[0]?.message.content,
    );
    expect(contents).toEqual(Array.from({ length: 100 }, (_, index) => String(index)));
  });

  test("GET with a body, without taking the body for the next call", async () => {
    const body = "POST /v1/chat/completions HTTP/1.1\r\n";
    const two = Buffer.concat([rawRequest(world.postern, "GET /v1/models", { body }), get(world.postern, "/healthz")]);
    const seen = await observeCall(world, two, { responses: 2 });
    expect(seen).toMatchObject({ isAlive: true, nextStatus: 200 });
    const statuses = seen.result.responses.map(({ status }) => status);
    expect(statuses[0] === 400 ? statuses : statuses.join()).toEqual(statuses[0] === 400 ? [400] : "200,200");
  });
});

test("the listener gives up on headers that trickle in and on a body that stops coming: 408", { timeout: 60_000 }, async () => {
  const { postern, provider } = world;
  const before = provider.requests.length;
  const trickle = (socket: Socket): void => {
    const timer = setInterval(() => socket.write("a"), 1000);
    socket.once("close", () => clearInterval(timer));
  };
  const slowHeaders = rawHttp(postern.port, `GET / HTTP/1.1\r\nHost: 127.0.0.1:${postern.port}\r\nX-Slow: `, {
    whileWaiting: trickle,
    timeoutMs: 25_000,
  });
  const slowBody = rawHttp(postern.port, chatCall(postern).subarray(0, -5), { timeoutMs: 50_000 });
  expect(await slowHeaders).toMatchObject({ status: 408, connection: "closed" });
  expect(await slowBody).toMatchObject({ status: 408, connection: "closed" });
  expect(readError(await slowBody)?.code).toBe("request_timeout");
  expect(provider.requests.length).toBe(before);
  expect(await observeCall(world, chatCall(postern))).toMatchObject(wentThrough);
});

test("the listener serves a real client beside 2000 idle connections", async () => {
  const sockets = Array.from({ length: 2000 }, () => connect(world.postern.port, "127.0.0.1").on("error", () => {}));
  try {
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once("connect", resolve).once("close", resolve))));
    expect(await observeCall(world, chatCall(world.postern))).toMatchObject(wentThrough);
  } finally {
    for (const socket of sockets) socket.destroy();
  }
});
