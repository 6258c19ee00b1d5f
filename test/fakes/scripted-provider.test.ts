import { gunzipSync } from "node:zlib";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  endAfter,
  garbage,
  gzipBomb,
  gzipOfSpaces,
  hugeHeaders,
  informationalFlood,
  lengthAndChunked,
  lengthMismatch,
  longLine,
  manyContentEncodings,
  reset,
  resetAfter,
  stall,
  stallAfter,
  switchProtocols,
  unsolicitedSecond,
} from "./misbehaviour.ts";
import { openAi, openAiChat, openAiChatBody, openAiError, openAiModels, openAiStream, openAiStreamFrames } from "./openai-replies.ts";
import { rawHttp, rawRequest } from "./raw-http.ts";
import { beforeBody, binary, echo, flood, gate, html, json, redirect, reply, sequence, sse, sseText, status, stream } from "./replies.ts";
import { type ScriptedProvider, startScriptedProvider } from "./scripted-provider.ts";

let provider: ScriptedProvider;

beforeEach(async () => {
  provider = await startScriptedProvider();
});

afterEach(async () => {
  await provider.close();
});

const get = "GET / HTTP/1.1\r\nHost: fake\r\n\r\n";
const send = (bytes: string | Uint8Array | readonly string[] = get, options = {}): ReturnType<typeof rawHttp> =>
  rawHttp(provider.port, bytes, options);

describe("startScriptedProvider", () => {
  test("records a request as its bytes had it", async () => {
    provider.always(json(200, {}));
    await send(
      'POST /v1/x?a=1 HTTP/1.1\r\nHost: fake\r\nX-TWICE: 1\r\nx-twice: 2\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{"a"\r\n3;e=1\r\n:1}\r\n0\r\nTrailer: 1\r\n\r\n',
    );
    const request = await provider.waitForRequest(1);
    expect({ ...request, body: request.body.toString(), json: request.json() }).toMatchObject({
      method: "POST",
      url: "/v1/x?a=1",
      httpVersion: "1.1",
      rawHeaders: ["Host", "fake", "X-TWICE", "1", "x-twice", "2", "Transfer-Encoding", "chunked"],
      headers: { host: "fake", "x-twice": "1, 2", "transfer-encoding": "chunked" },
      body: '{"a":1}',
      json: { a: 1 },
      connectionId: 1,
    });
    expect(provider.problems).toEqual([]);
  });

  test("reads requests in any splitting, several on one connection", async () => {
    provider.always(echo());
    const bytes = `POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello${get}`;
    const result = await send(Array.from(bytes), { responses: 2 });
    expect(result.responses.map(({ body }) => JSON.parse(body.toString()) as unknown)).toMatchObject([
      { method: "POST", url: "/1", body: "hello" },
      { method: "GET", url: "/", body: "" },
    ]);
    expect(provider.requests.map(({ connectionId }) => connectionId)).toEqual([1, 1]);
    expect(provider.connectionCount).toBe(1);
  });

  test.each([
    ["no HTTP", "hello\r\n\r\n"],
    ["two framings", "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"],
    ["a header without a name", "GET / HTTP/1.1\r\n: x\r\n\r\n"],
    ["a bad length", "POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\n"],
    ["a bad chunk", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\n"],
  ])("keeps %s as a problem and lives", async (_title, bytes) => {
    provider.always(status(204));
    expect((await send(bytes)).status).toBe(0);
    expect(provider.problems).toHaveLength(1);
    expect((await send()).status).toBe(204);
  });

  test("route() comes before next(), next() before always()", async () => {
    provider.always(status(203));
    provider.next(status(202));
    provider.route("GET", "/routed", status(201));
    const routed = "GET /routed?x HTTP/1.1\r\nHost: a\r\n\r\n";
    const statuses = [];
    for (const bytes of [routed, get, get, routed]) statuses.push((await send(bytes)).status);
    expect(statuses).toEqual([201, 202, 203, 201]);
  });

  test("answers 501 without a script, and keeps what a script throws as a problem", async () => {
    expect((await send()).status).toBe(501);
    provider.next(() => {
      throw new Error("mistake in a test");
    });
    const unanswered = await send(get.replace("Host: fake", "Host: fake\r\nConnection: close"));
    expect(unanswered.connection).toBe("closed");
    expect(provider.problems).toMatchObject([{ message: "mistake in a test" }]);
    provider.forget();
    expect([provider.requests.length, provider.problems.length]).toEqual([0, 0]);
  });

  test("waitForRequest() waits for the n-th body, beforeBody() does not", async () => {
    provider.next(beforeBody(status(413)));
    expect((await send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf")).status).toBe(413);
    expect(provider.requests[0]?.body.toString()).toBe("half");
    const second = provider.waitForRequest(2);
    provider.next(status(200));
    const socket = connect(provider.port, "127.0.0.1");
    socket.write("POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf");
    socket.once("data", () => socket.destroy());
    socket.write("whole");
    expect((await second).body.toString()).toBe("halfwhole");
  });

  test("closedEarly resolves when the peer leaves before the end, and only then", async () => {
    provider.next(json(200, {}));
    await send();
    const answered = await provider.waitForRequest(1);
    await answered.answered;
    provider.next(stallAfter({ chunks: 1 }, openAiStream()));
    const socket = connect(provider.port, "127.0.0.1").once("data", () => socket.destroy());
    socket.write(get);
    const stalled = await provider.waitForRequest(2);
    await stalled.closedEarly;
    const verdict = await Promise.race([answered.closedEarly.then(() => "early"), Promise.resolve("not early")]);
    expect(verdict).toBe("not early");
  });

  test("sentBytes stands still while the peer does not read, and nothing is buffered beyond", async () => {
    provider.next(flood(1_000_000_000));
    const socket = connect(provider.port, "127.0.0.1").pause();
    socket.write(get);
    const request = await provider.waitForRequest(1);
    // The kernel's buffers hold a few megabytes; a writer that does not wait would hold the rest in this process.
    await expect.poll(() => stoodStill(request), { timeout: 10_000, interval: 50 }).toBe(true);
    expect(request.sentBytes).toBeGreaterThan(0);
    expect(request.sentBytes).toBeLessThan(100_000_000);
    socket.destroy();
    await request.closedEarly;
    await request.answered;
  });
});

const lastSeen = new WeakMap<object, number>();

function stoodStill(request: { readonly sentBytes: number }): boolean {
  const before = lastSeen.get(request);
  lastSeen.set(request, request.sentBytes);
  return before === request.sentBytes && before > 0;
}

describe("replies", () => {
  test.each([
    ["html", html(200), 200, "text/html; charset=utf-8", /^<!doctype/],
    ["binary", binary(Buffer.from([0, 255, 254])), 200, "audio/mpeg", /^\0/],
    ["status", status(999), 999, undefined, /^$/],
    ["reply", reply(200, "ä", { "content-type": "text/plain" }), 200, "text/plain", /^ä$/],
    ["openAiModels", openAiModels(["gpt-4o"]), 200, "application/json", /"object":"list"/],
    [
      "openAiError",
      openAiError(429, { message: "slow down", code: "rate_limit_exceeded" }),
      429,
      "application/json",
      /"param":null,"code":"rate_limit_exceeded"/,
    ],
    ["hugeHeaders", hugeHeaders(65_536), 200, "application/json", /^\{\}$/],
    ["informationalFlood", informationalFlood(1000, json(200, {})), 200, "application/json", /^\{\}$/],
    ["manyContentEncodings", manyContentEncodings(100), 200, "application/json", /^\{\}$/],
    ["switchProtocols", unsolicitedSecond(switchProtocols(), json(200, {})), 200, "application/json", /^\{\}$/],
  ])("%s() answers as it says", async (_name, script, code, contentType, body) => {
    provider.next(script);
    const result = await send();
    expect(result.status).toBe(code);
    expect(result.headers["content-type"]).toBe(contentType);
    expect(result.body.toString()).toMatch(body);
  });

  test("redirect() names the place, sequence() repeats its last script", async () => {
    provider.always(sequence([redirect(307, "http://127.0.0.1:9/x"), status(503), status(200)]));
    const results = [await send(), await send(), await send(), await send()];
    expect(results.map((result) => result.status)).toEqual([307, 503, 200, 200]);
    expect(results[0]?.headers["location"]).toBe("http://127.0.0.1:9/x");
  });

  test("sse() frames, breaks lines and ends as asked", async () => {
    const frames = ["plain", { event: "delta", data: { a: 1 } }, "two\nlines"];
    provider.next(sse(frames));
    provider.next(sse(frames, { newline: "\r\n", noDone: true, splitEveryByte: true, delayMs: 1 }));
    provider.next(stream([sseText("bare", "\r")], { untilClose: true }));
    expect((await send()).body.toString()).toBe('data: plain\n\nevent: delta\ndata: {"a":1}\n\ndata: two\ndata: lines\n\ndata: [DONE]\n\n');
    const split = await send();
    expect(split.text).toContain("1\r\nd\r\n1\r\na\r\n");
    expect(split.body.toString()).toBe('data: plain\r\n\r\nevent: delta\r\ndata: {"a":1}\r\n\r\ndata: two\r\ndata: lines\r\n\r\n');
    const untilClose = await send();
    expect([untilClose.connection, untilClose.body.toString()]).toEqual(["closed", "data: bare\r\r"]);
  });
});

describe("openAi replies", () => {
  const ask = (body: object): ReturnType<typeof rawHttp> =>
    send(rawRequest(provider, "POST /v1/chat/completions", { body: JSON.stringify(body) }));

  test("openAiChat() has OpenAI's shape and the model that was asked for", async () => {
    provider.next(openAiChat({ content: "Hi" }));
    const result = await ask({ model: "gpt-4o-mini" });
    expect(JSON.parse(result.body.toString())).toEqual(openAiChatBody({ content: "Hi", model: "gpt-4o-mini" }));
    expect(openAiChatBody({ toolCalls: [{ id: "call_1", name: "f", arguments: "{}" }] })).toMatchObject({
      choices: [
        {
          finish_reason: "tool_calls",
          message: { content: null, tool_calls: [{ id: "call_1", type: "function", function: { name: "f", arguments: "{}" } }] },
        },
      ],
    });
  });

  test.each([
    ["with usage where it is asked for", { stream: true, stream_options: { include_usage: true } }, true],
    ["without usage where it is not", { stream: true }, false],
  ])("openAiStream() streams %s", async (_title, extra, includeUsage) => {
    provider.next(openAiStream({ deltas: ["a", { content: "b" }] }));
    const result = await ask({ model: "m", ...extra });
    const frames = openAiStreamFrames({ deltas: ["a", "b"], model: "m", includeUsage });
    expect(result.body.toString()).toBe([...frames, "[DONE]"].map((frame) => sseText(frame)).join(""));
    expect(frames).toHaveLength(includeUsage ? 5 : 4);
  });

  test("openAi() answers the way it is asked, an error stands alone at a stream's end", async () => {
    provider.always(openAi("Hello!"));
    expect((await ask({ stream: true })).headers["content-type"]).toBe("text/event-stream");
    expect((await ask({})).headers["content-type"]).toBe("application/json");
    expect(openAiStreamFrames({ deltas: [], error: { message: "overloaded" } }).at(-1)).toEqual({
      data: { error: { message: "overloaded" } },
    });
  });
});

describe("misbehaviour", () => {
  const body = "0123456789";
  const plain = reply(200, body);

  test.each([
    ["reset", reset(), "reset", ""],
    ["resetAfter bytes", resetAfter({ bytes: 4 }, plain), "reset", "0123"],
    ["resetAfter chunks", resetAfter({ chunks: 2 }, stream(["a", "b", "c"])), "reset", "ab"],
    ["resetAfter the head", resetAfter({ chunks: 0 }, plain), "reset", ""],
    ["endAfter bytes", endAfter({ bytes: 4 }, plain), "closed", "0123"],
    ["lengthMismatch, too short", lengthMismatch(body, 20), "closed", body],
    ["garbage", garbage(), "closed", ""],
  ] as const)("%s() breaks off", async (_title, script, connection, expected) => {
    provider.next(script);
    const result = await send();
    expect(result.connection).toBe(connection);
    expect(result.body.toString()).toBe(expected);
    expect(provider.problems).toEqual([]);
  });

  test("resetAfter() and stallAfter() wait for their moment", async () => {
    const moment = gate();
    provider.next(stallAfter({ chunks: 1 }, stream(["a", "b"]), { when: moment.opened }));
    const seen: string[] = [];
    const socket = connect(provider.port, "127.0.0.1").setEncoding("latin1");
    const ended = new Promise<void>((resolve) => {
      socket.on("data", (text: string) => {
        seen.push(text);
        if (text.includes("a\r\n")) moment.open();
        if (text.includes("0\r\n\r\n")) resolve();
      });
    });
    socket.write(get);
    await ended;
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.join("")).toContain("1\r\na\r\n1\r\nb\r\n0\r\n\r\n");
    socket.destroy();
  });

  test("stall() says nothing until its moment, or until the peer leaves", async () => {
    const moment = gate();
    provider.next(stall(status(200), { when: moment.opened }));
    const answer = send();
    await provider.waitForRequest(1);
    moment.open();
    expect((await answer).status).toBe(200);
    provider.next(stall());
    const socket = connect(provider.port, "127.0.0.1");
    socket.write(get);
    const request = await provider.waitForRequest(2);
    socket.destroy();
    await request.closedEarly;
    await request.answered;
  });

  test("lengthMismatch() spills over, lengthAndChunked() says both", async () => {
    provider.next(lengthMismatch(body, 4));
    const spilt = await send(get.replace("Host: fake", "Host: fake\r\nConnection: close"));
    expect([spilt.headers["content-length"], spilt.text.endsWith(body)]).toEqual(["4", true]);
    provider.next(lengthAndChunked(body));
    expect((await send()).rawHeaders).toEqual(expect.arrayContaining(["transfer-encoding", "content-length"]));
  });

  test("gzipBomb() is small and inflates to what was asked for", async () => {
    provider.next(gzipBomb(50_000_000));
    const result = await send();
    expect(result.body.length).toBeLessThan(200_000);
    expect(gunzipSync(result.body).length).toBeGreaterThanOrEqual(50_000_000);
    expect(gunzipSync(gzipOfSpaces(10))).toHaveLength(1_048_576);
  });

  test("longLine() is one line of that length", async () => {
    provider.next(longLine(300_000));
    const result = await send();
    expect(result.body).toHaveLength(300_000);
    expect(result.body.subarray(0, 7).toString()).toBe("data: x");
    expect(result.body.includes("\n")).toBe(false);
  });

  test("unsolicitedSecond() writes again on the idle connection", async () => {
    provider.next(unsolicitedSecond(json(200, 1), json(200, 2)));
    const result = await send(get, { responses: 2 });
    expect(result.responses.map((response) => response.body.toString())).toEqual(["1", "2"]);
  });
});
