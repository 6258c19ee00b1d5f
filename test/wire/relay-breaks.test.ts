import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { endAfter, longLine, resetAfter, stallAfter } from "../fakes/misbehaviour.ts";
import { chatCall, goodBody, readError, startWorld, type World } from "../fakes/observe-call.ts";
import { openAiChatBody, openAiStream } from "../fakes/openai-replies.ts";
import { type RawResult, rawHttp } from "../fakes/raw-http.ts";
import { binary, gate, json, reply, sse, stream } from "../fakes/replies.ts";
import type { Script } from "../fakes/scripted-provider.ts";

// Answers that break. After the first byte nothing may read as an end; before it, the call is as good as new.

const providerKey = "sk-scripted-Ub7qK2wHs6";
const streamed = '{"model":"gpt-4o","stream":true}';
const sseHeaders = { "content-type": "text/event-stream", "transfer-encoding": "chunked" };

let world: World;

beforeAll(async () => {
  world = await startWorld({ environment: { OPENAI_API_KEY: providerKey }, config: { gateway: { idleTimeoutMs: 300 } } });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

beforeEach(() => world.provider.forget());

const call = (body: string, headers: readonly string[] = []): Promise<RawResult> =>
  rawHttp(world.postern.port, chatCall(world.postern, body, headers), { untilClosed: true, timeoutMs: 20_000 });

/** A stream that has begun well, and then does what the script says. */
function begun(rest: Script): Script {
  return async (exchange) => {
    await exchange.head(200, sseHeaders);
    await exchange.body('data: {"choices":[{"delta":{"content":"Hel"},"finish_reason":null}]}\n\n');
    await rest(exchange);
  };
}

const framesOf = (text: string): string[] => text.split(/\n{2,}/).filter((frame) => frame.startsWith("data:"));

describe("a stream that breaks after its first byte", () => {
  // A reset throws away what the kernel still holds, so it waits until the client has the beginning.
  const breaks: readonly (readonly [string, (when: Promise<void>) => Script, string])[] = [
    ["by a reset", (when) => resetAfter({ chunks: 2 }, openAiStream(), { when }), "upstream_truncated"],
    ["by the connection's end", () => endAfter({ chunks: 2 }, openAiStream()), "upstream_truncated"],
    ["in the middle of a line", () => endAfter({ bytes: 900 }, openAiStream()), "upstream_truncated"],
    ["by a reset in the middle of a line", (when) => resetAfter({ bytes: 900 }, openAiStream(), { when }), "upstream_truncated"],
    ["by a clean end without a sign of one", () => begun((exchange) => exchange.finish()), "upstream_truncated"],
    ["by the end of a connection that frames it", () => endAfter({ chunks: 2 }, openAiStream({ untilClose: true })), "upstream_truncated"],
    ["by a chunk size that is none", () => begun((exchange) => exchange.raw("zz\r\n")), "upstream_invalid"],
    ["by silence", () => stallAfter({ chunks: 2 }, openAiStream()), "upstream_timeout"],
    [
      "by a line without end",
      () =>
        begun(async (exchange) => {
          for (let sent = 0; sent < 4_194_304 && exchange.isOpen; sent += 65_536) await exchange.body("x".repeat(65_536));
        }),
      "upstream_too_large",
    ],
  ];

  test.each(breaks)("%s ends with an error event, a closed connection and no sign of success", async (_title, script, code) => {
    const moment = gate();
    world.provider.next(script(moment.opened));
    const result = await rawHttp(world.postern.port, chatCall(world.postern, streamed), {
      untilClosed: true,
      whileWaiting: (socket) => socket.on("data", () => moment.open()),
    });
    expect(result.status).toBe(200);
    const frames = framesOf(result.body.toString());
    const last = JSON.parse((frames.at(-1) ?? "").slice(5)) as unknown;
    expect(last).toEqual({ error: { message: expect.any(String) as unknown, type: "server_error", param: null, code } });
    expect(frames.length).toBeGreaterThan(1);
    expect(result.body.toString()).not.toMatch(/\[DONE\]|"finish_reason" ?: ?"/);
    // Not even the framing says that this was all: the last chunk is missing.
    expect(result.text.endsWith("\r\n0\r\n\r\n")).toBe(false);
    // What was delivered in part is never asked for again.
    expect(world.provider.requests).toHaveLength(1);
  });

  test("because the provider says so keeps its words, and nothing behind them reads as success", async () => {
    for (const noDone of [true, false]) {
      world.provider.next(openAiStream({ error: { message: "The engine is overloaded.", type: "server_error" }, noDone }));
      const result = await call(streamed);
      const text = result.body.toString();
      expect(text).toContain("The engine is overloaded.");
      expect(text).not.toMatch(/\[DONE\]|"finish_reason" ?: ?"/);
    }
    expect(world.provider.requests).toHaveLength(2);
  });

  test("with the key in the provider's words does not show it", async () => {
    const error = { message: `Incorrect API key provided: ${providerKey}.` };
    world.provider.next(openAiStream({ error }));
    world.provider.next(openAiStream({ error, splitEveryByte: true }));
    for (let times = 0; times < 2; times++) {
      const text = (await call(streamed)).body.toString();
      expect(text).toContain("Incorrect API key provided");
      expect(text).not.toContain(providerKey);
    }
  });
});

describe("a stream that breaks before its first good frame", () => {
  const opening = { choices: [{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }] };
  const once = ["X-Portkey-Retry: 0"];

  test.each<readonly [string, Script, number, string]>([
    ["by a reset", resetAfter({ chunks: 0 }, openAiStream()), 502, "upstream_truncated"],
    ["by an empty end", stream([], { headers: { "content-type": "text/event-stream" } }), 502, "upstream_truncated"],
    ["by an error frame", sse([{ data: { error: { message: "Overloaded.", code: "overloaded" } } }]), 529, "overloaded"],
    [
      "by an error frame behind its opening",
      sse([{ data: opening }, { data: { error: { message: "Slow down.", code: "rate_limit_exceeded" } } }]),
      429,
      "rate_limit_exceeded",
    ],
    ["by silence", stallAfter({ chunks: 0 }, openAiStream()), 504, "upstream_timeout"],
    ["by 50 MB in one line", longLine(50_000_000), 502, "upstream_too_large"],
  ])("%s is a plain error with a status", async (_title, script, status, code) => {
    world.provider.next(script);
    const result = await call(streamed, [...once, "Connection: close"]);
    expect([result.status, readError(result)?.code]).toEqual([status, code]);
    expect(result.headers["content-type"]).toBe("application/json");
    expect(world.provider.requests).toHaveLength(1);
  });

  test("is tried again, and the client sees only the good one", async () => {
    world.provider.next(resetAfter({ chunks: 0 }, openAiStream()));
    const result = await call(streamed, ["Connection: close"]);
    expect(result.status).toBe(200);
    expect(result.body.toString()).toMatch(/data: \[DONE\]\n\n$/);
    expect(world.provider.requests).toHaveLength(2);
  });
});

describe("a plain answer that breaks", () => {
  const body = JSON.stringify(openAiChatBody());
  const good = json(200, openAiChatBody());
  const headers = { "content-type": "application/json" };
  const announced = { ...headers, "content-length": String(body.length) };

  const breaks: readonly (readonly [string, Script])[] = [
    ["by a reset at once", (exchange) => exchange.reset()],
    ["by the connection's end at once", (exchange) => exchange.close()],
    ["by a reset in the middle", resetAfter({ bytes: 20 }, good)],
    ["shorter than it said", endAfter({ bytes: 20 }, good)],
    ["in the middle of its JSON, with a clean end", stream([body.slice(0, 40)], { headers })],
    ["in the middle of its JSON, where the connection ends it", stream([body.slice(0, 40)], { headers, untilClose: true })],
    ["in the middle of a chunk", endAfter({ bytes: 30 }, stream([body], { headers }))],
  ];

  test.each(breaks)("%s is 502", async (_title, script) => {
    world.provider.next(script);
    const result = await call(goodBody, ["X-Portkey-Retry: 0", "Connection: close"]);
    expect([result.status, readError(result)?.code]).toEqual([502, "upstream_truncated"]);
    expect(world.provider.requests).toHaveLength(1);
  });

  test.each(breaks)("%s is tried again where that was not declined", async (_title, script) => {
    world.provider.next(script);
    const result = await call(goodBody, ["Connection: close"]);
    expect([result.status, world.provider.requests.length]).toEqual([200, 2]);
  });

  test.each([
    [
      "a large JSON",
      reply(200, `{"d":"${"x".repeat(3_000_000)}"}`, { ...announced, "content-length": "3000008" }),
      goodBody,
      "POST /v1/chat/completions",
    ],
    ["sound", binary(Buffer.alloc(3_000_000, 1)), '{"model":"@openai/tts-1","input":"Hi","voice":"alloy"}', "POST /v1/audio/speech"],
  ] as const)(
    "after it began to flow (%s) ends short of its length, so that no client takes it for whole",
    async (_title, script, sent, line) => {
      for (const interrupt of [resetAfter, endAfter]) {
        world.provider.forget();
        // A reset throws away what the kernel still holds, so it waits until the client has the beginning.
        const moment = gate();
        world.provider.next(interrupt({ bytes: 2_000_000 }, script, { when: moment.opened }));
        const bytes = chatCall(world.postern, sent).toString("latin1").replace("POST /v1/chat/completions", line);
        const result = await rawHttp(world.postern.port, bytes, {
          untilClosed: true,
          whileWaiting: (socket) => socket.on("data", () => moment.open()),
        });
        expect([result.status, result.body.length > 0, result.body.length < 3_000_000]).toEqual([200, true, true]);
        const length = result.headers["content-length"];
        expect(length === undefined ? result.text.endsWith("\r\n0\r\n\r\n") : result.body.length === Number(length)).toBe(false);
        expect(world.provider.requests).toHaveLength(1);
      }
    },
  );
});
