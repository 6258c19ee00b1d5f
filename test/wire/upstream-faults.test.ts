import { type AddressInfo, createServer } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  garbage,
  gzipBomb,
  hugeHeaders,
  informationalFlood,
  lengthAndChunked,
  lengthMismatch,
  manyContentEncodings,
  stall,
  switchProtocols,
  unsolicitedSecond,
} from "../fakes/misbehaviour.ts";
import { chatCall, goodBody, observeCall, readError, startWorld, survived, type World } from "../fakes/observe-call.ts";
import { openAiChat, openAiChatBody, openAiError } from "../fakes/openai-replies.ts";
import { rawHttp } from "../fakes/raw-http.ts";
import { html, json, redirect, reply, sse, status as statusOnly } from "../fakes/replies.ts";
import { type Script, type ScriptedProvider, startScriptedProvider } from "../fakes/scripted-provider.ts";
import { openAiAt, startPostern } from "../fakes/start-postern.ts";

// What a broken, hijacked or hostile provider may answer: the client gets a clear error, and the next call is fine.

const providerKey = "sk-scripted-Jy8cN4pBz3";
const mebibyte = 1_048_576;
const once = ["X-Portkey-Retry: 0"];

let world: World;
let canary: ScriptedProvider;

beforeAll(async () => {
  canary = await startScriptedProvider();
  world = await startWorld({
    environment: { OPENAI_API_KEY: providerKey },
    config: { gateway: { firstByteTimeoutMs: 300, idleTimeoutMs: 300 } },
  });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await canary.close();
});

beforeEach(() => world.provider.forget());

const bodies = { plain: goodBody, streamed: '{"model":"gpt-4o","stream":true}' };

describe("an answer that is none", () => {
  /** Where the connection is given up at once, what came looks cut off as well. */
  const broken = ["upstream_invalid", "upstream_truncated"] as const;
  const faults: readonly (readonly [string, Script, number, string | readonly string[]])[] = [
    ["a page, as captive portals send it", html(200), 502, "upstream_invalid"],
    ["a page that calls itself JSON", reply(200, "<html>Sign in</html>", { "content-type": "application/json" }), 502, "upstream_invalid"],
    ["plain words", reply(200, "Service unavailable", { "content-type": "text/plain" }), 502, "upstream_invalid"],
    ["status 999", statusOnly(999), 502, "upstream_invalid"],
    ["status 600", statusOnly(600), 502, "upstream_invalid"],
    ["no HTTP", garbage(), 502, "upstream_invalid"],
    ["a TLS alert", garbage("\x15\x03\x01\x00\x02\x02\x46"), 502, "upstream_invalid"],
    ["HTTP/0.9", garbage("<html>hello</html>"), 502, "upstream_invalid"],
    ["a header line that is none", garbage("HTTP/1.1 200 OK\r\nno colon here\r\n\r\n{}"), 502, "upstream_invalid"],
    ["another protocol", switchProtocols(), 502, broken],
    ["64 kB of header", hugeHeaders(65_536), 502, "upstream_invalid"],
    ["Content-Length beside chunks", lengthAndChunked(JSON.stringify(openAiChatBody())), 502, broken],
    ["two lengths", garbage("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 4\r\n\r\n{}{}"), 502, broken],
    ["a negative length", garbage("HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n{}"), 502, "upstream_invalid"],
    ["fewer bytes than it said", lengthMismatch('{"a":1}', 100), 502, "upstream_truncated"],
    ["a small gzip that would be 200 MB", gzipBomb(200 * mebibyte), 502, "upstream_invalid"],
    ["gzip a hundred times over", manyContentEncodings(100), 502, "upstream_invalid"],
    ["an error of 40 MB", reply(500, "x".repeat(40 * mebibyte), { "content-type": "text/plain" }), 502, "upstream_too_large"],
    ["nothing at all", stall(), 504, "upstream_timeout"],
  ];

  test.each(faults)("%s: an error with a status, plain or streamed, in bounded memory", async (_title, script, status, code) => {
    const before = world.postern.peakMemoryBytes() ?? 0;
    for (const body of Object.values(bodies)) {
      world.provider.forget();
      world.provider.next(script);
      const seen = await observeCall(world, chatCall(world.postern, body, once), { timeoutMs: 20_000 });
      expect(seen).toMatchObject({ ...survived, status, reached: 1 });
      expect(seen.code).toBeOneOf([code].flat());
      expect(seen.result.headers["content-type"]).toBe("application/json");
      expect(seen.message).toContain("openai");
    }
    expect((world.postern.peakMemoryBytes() ?? 0) - before).toBeLessThan(64 * mebibyte);
  });
});

describe("a redirect", () => {
  test.each([301, 302, 303, 307, 308] as const)("%d is not followed: 502, and its target hears nothing", async (code) => {
    for (const target of [`${canary.origin}/v1/chat/completions`, "/v1/elsewhere", "//127.0.0.1:1/x"]) {
      world.provider.forget();
      world.provider.next(redirect(code, target));
      const seen = await observeCall(world, chatCall(world.postern, goodBody, once));
      expect(seen).toMatchObject({ ...survived, status: 502, code: "upstream_redirect", reached: 1 });
      expect(seen.result.headers["location"]).toBeUndefined();
    }
    expect(canary.connectionCount).toBe(0);
  });
});

describe("an odd answer", () => {
  test.each<readonly [string, unknown]>([
    ["without choices", { id: "x" }],
    ["with no choice", { choices: [], usage: null }],
    ["with a tool call whose arguments are no JSON", { choices: [{ message: { tool_calls: [{ function: { arguments: "{oops" } }] } }] }],
    ["with absurd usage", { choices: [], usage: { prompt_tokens: -5, completion_tokens: 1e300, total_tokens: "many" } }],
    ["with usage that is a list", { choices: [], usage: [1, 2] }],
    ["with an error beside a 200", { error: { message: "odd" } }],
  ])("%s goes through as it is", async (_title, body) => {
    world.provider.next(json(200, body));
    const seen = await observeCall(world, chatCall(world.postern, goodBody, once));
    expect(seen).toMatchObject({ ...survived, status: 200, reached: 1, isWellFormed: true });
    expect(JSON.parse(seen.result.body.toString())).toEqual(body);
  });

  test("with a few interim answers before it is still an answer", async () => {
    world.provider.next(informationalFlood(5, openAiChat()));
    expect((await observeCall(world, chatCall(world.postern, goodBody, once))).status).toBe(200);
  });

  test("of interim answers without end is given up", async () => {
    world.provider.next(async (exchange) => {
      while (exchange.isOpen) {
        await exchange.raw("HTTP/1.1 102 Processing\r\n\r\n");
        await wait(50);
      }
    });
    const seen = await observeCall(world, chatCall(world.postern, goodBody, once), { timeoutMs: 8_000 });
    expect(seen).toMatchObject({ ...survived, status: expect.toBeOneOf([502, 504]) as unknown, reached: 1 });
  });
});

describe("what a provider sends too much", () => {
  test("behind its answer never becomes the answer to the next call", async () => {
    const marked = (text: string): Script => json(200, { choices: [{ message: { content: text } }] });
    for (let times = 0; times < 5; times++) {
      world.provider.next(unsolicitedSecond(marked("mine"), marked("nobody's")));
      world.provider.next(marked("next"));
      const first = await rawHttp(world.postern.port, chatCall(world.postern, goodBody));
      const second = await rawHttp(world.postern.port, chatCall(world.postern, goodBody));
      expect([first.body.toString(), second.body.toString()]).toEqual([
        expect.stringContaining("mine"),
        expect.not.stringContaining("nobody's"),
      ]);
      world.provider.forget();
    }
  });

  test("beyond its length is cut, and its connection is not used again", async () => {
    world.provider.next(lengthMismatch('{"a":1}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]', 7));
    const first = await observeCall(world, chatCall(world.postern, goodBody, once));
    expect([first.status, first.nextStatus]).toEqual([200, 200]);
    expect(first.result.body.toString()).toBe('{"a":1}');
    const next = await rawHttp(world.postern.port, chatCall(world.postern, goodBody));
    expect(next.body.toString()).toContain("Hello!");
    expect(new Set(world.provider.requests.map((request) => request.connectionId)).size).toBeGreaterThan(1);
  });
});

describe("a provider that asks to be left alone", () => {
  test.each(["1000000000", "86400", "Fri, 31 Dec 9999 23:59:59 GMT"])(
    "for very long (%s) is not waited for: its answer goes on at once",
    async (value) => {
      world.provider.always(openAiError(429, { message: "Slow down." }, { "retry-after": value }));
      const result = await rawHttp(world.postern.port, chatCall(world.postern, goodBody), { timeoutMs: 5_000 });
      world.provider.always(openAiChat());
      expect([result.status, result.headers["retry-after"]]).toEqual([429, value]);
      expect(world.provider.requests).toHaveLength(1);
    },
  );

  test("for a moment is asked again after it", async () => {
    world.provider.next(openAiError(429, { message: "Slow down." }, { "retry-after-ms": "20" }));
    const result = await rawHttp(world.postern.port, chatCall(world.postern, goodBody));
    expect([result.status, world.provider.requests.length]).toEqual([200, 2]);
  });
});

describe("a provider that quotes the key", () => {
  test.each<readonly [string, Script]>([
    ["in OpenAI's error", openAiError(401, { message: `Incorrect API key provided: ${providerKey}.` })],
    ["in another field", json(400, { error: { message: "no", key: providerKey, nested: [`Bearer ${providerKey}`] } })],
    ["as an object's name", json(400, { [providerKey]: 1, error: { message: "no" } })],
    ["in a page", html(403, `<p>${providerKey}</p>`)],
    ["in plain words", reply(500, `bad key ${providerKey}`, { "content-type": "text/plain" })],
    ["in an error that comes as a stream", sse([{ data: { error: { message: `bad key ${providerKey}` } } }])],
  ])("%s is not passed on with it", async (_title, script) => {
    for (const body of Object.values(bodies)) {
      world.provider.next(script);
      const result = await rawHttp(world.postern.port, chatCall(world.postern, body, once));
      expect(result.status).toBeGreaterThanOrEqual(400);
      expect(result.text.includes(providerKey)).toBe(false);
      expect(readError(result)?.message.length ?? 1).toBeGreaterThan(0);
    }
  });
});

describe("TLS", () => {
  test("that the other side does not speak is 502, and no key is sent in the clear", async () => {
    const received: Buffer[] = [];
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.on("data", (bytes) => {
        received.push(bytes);
        socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const at = openAiAt({ origin: `https://127.0.0.1:${(server.address() as AddressInfo).port}` });
    await using postern = await startPostern(at);
    const result = await rawHttp(postern.port, chatCall(postern, goodBody, once));
    expect([result.status, readError(result)?.code]).toEqual([502, "tls_error"]);
    expect(Buffer.concat(received).includes(at.environment.OPENAI_API_KEY)).toBe(false);
    await new Promise((resolve) => server.close(resolve));
  });
});
