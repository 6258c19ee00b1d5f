import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { CallUnderWay, LoggedCall } from "#shared/contract/calls.ts";
import { permissionsSchema } from "#shared/schema/grant.ts";
import { adminOf } from "../fakes/call-admin.ts";
import { stall, stallAfter } from "../fakes/misbehaviour.ts";
import { openAiError, openAiStream } from "../fakes/openai-replies.ts";
import { rawHttp, rawRequest, type RawResult } from "../fakes/raw-http.ts";
import { sse } from "../fakes/replies.ts";
import { eventually } from "./eventually.ts";
import { type Ask, messages, type RoutingWorld, startRoutingWorld } from "./routing-world.ts";

// A person stops a call, wherever it hangs: its client gets an error, the provider's socket closes, and nothing follows.

let world: RoutingWorld;

beforeAll(async () => {
  world = await startRoutingWorld(["openai", "groq", "deepinfra", "anthropic"]);
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

beforeEach(() => world.reset());

afterEach(() => world.assertClean());

const fallback = { strategy: { mode: "fallback" }, targets: [{ provider: "openai" }, { provider: "groq" }], retry: { attempts: 3 } };

let calls = 0;
/** Asks under a trace id of its own. */
function ask(more: Ask = {}): { readonly traceId: string; readonly answer: ReturnType<RoutingWorld["ask"]> } {
  const traceId = `stop-${String(++calls)}`;
  return { traceId, answer: world.ask({ config: fallback, ...more, headers: { "x-portkey-trace-id": traceId } }) };
}

/** Stops the one call under way, once it has come as far as that. */
async function stopOnce(hasComeFar: (call: CallUnderWay) => boolean): Promise<string> {
  const admin = adminOf(world.postern);
  const id = await eventually(async () => {
    const found = (await admin("listCallsUnderWay", {})).calls;
    if (found.length !== 1 || found[0] === undefined || !hasComeFar(found[0])) throw new Error("it has not come as far as that");
    return String(found[0].id);
  });
  expect(await admin("stopCall", { parameters: { id } })).toEqual({ stopped: true });
  return id;
}

const isSent = ({ attempts }: CallUnderWay): boolean => attempts.at(-1)?.connectMs !== null;
const isAnswered = ({ firstByteMs }: CallUnderWay): boolean => firstByteMs !== null;

function theRow(traceId: string): Promise<LoggedCall> {
  return eventually(async () => {
    const { calls: found } = await adminOf(world.postern)("listCalls", { query: { trace: traceId } });
    const [row, ...more] = found;
    if (row === undefined || more.length > 0) throw new Error(`Cannot choose a row of ${String(found.length)}`);
    return row;
  });
}

/** Each client's way to ask a provider that speaks another API, plainly or as a stream; the provider is the one of Chat Completions. */
const clients = {
  "Chat Completions": (stream: boolean) => ({ path: "/v1/chat/completions", body: { model: "@openai/m", messages, stream } }),
  Responses: (stream: boolean) => ({ path: "/v1/responses", body: { model: "@deepinfra/m", input: "Hi", stream } }),
  Messages: (stream: boolean) => ({ path: "/v1/messages", body: { model: "@openai/m", max_tokens: 9, messages, stream } }),
  Gemini: (stream: boolean) => ({
    path: `/v1beta/models/@openai/m:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
    body: { contents: [{ role: "user", parts: [{ text: "Hi" }] }] },
  }),
} as const;

/** What each calls an error, and what it would take for a good end. */
const shapes: readonly (readonly [keyof typeof clients, object, RegExp, RegExp])[] = [
  [
    "Chat Completions",
    { error: { type: "invalid_request_error", code: "call_stopped", param: null } },
    /"code":"call_stopped"/,
    /\[DONE\]|"finish_reason":"/,
  ],
  // Codex gives up after this code, and tries again after any other that it does not know.
  ["Responses", { error: { type: "invalid_request_error", code: "call_stopped" } }, /"code":"invalid_prompt"/, /"response\.completed"/],
  ["Messages", { type: "error", error: { type: "invalid_request_error" } }, /event: error\ndata: \{"type":"error"/, /message_stop/],
  ["Gemini", { error: { code: 499, status: "CANCELLED" } }, /"status":"CANCELLED"/, /"finishReason"/],
];

describe.each(shapes)("a client of %s", (client, body, frame, end) => {
  const call = (stream: boolean): Promise<RawResult> => {
    const { path, body: asked } = clients[client](stream);
    return rawHttp(world.postern.port, rawRequest(world.postern, `POST ${path}`, { body: JSON.stringify(asked) }), { untilClosed: stream });
  };
  const provider = () => world.at(client === "Responses" ? "deepinfra" : "openai");

  test("that waits for its answer gets an error in its own shape, and the provider's socket closes", async () => {
    provider().next(stall());
    const answer = call(false);
    const request = await provider().waitForRequest(1);
    await stopOnce(isSent);
    await request.closedEarly;
    const { status, body: said } = await answer;
    expect([status, JSON.parse(said.toString())]).toMatchObject([499, body]);
    expect(said.toString()).toContain("it was stopped");
    expect(provider().requests).toHaveLength(1);
  });

  test("in the middle of a stream gets an error frame and a closed connection, and no end", async () => {
    provider().next(stallAfter({ chunks: 3 }, openAiStream()));
    const answer = call(true);
    const request = await provider().waitForRequest(1);
    await stopOnce(isAnswered);
    await request.closedEarly;
    const { status, text, connection } = await answer;
    expect([status, connection]).toEqual([200, "closed"]);
    expect(text).toContain("Hel");
    expect(text).toMatch(frame);
    expect(text).not.toMatch(end);
    expect(text.endsWith("\r\n0\r\n\r\n")).toBe(false);
    expect(provider().requests).toHaveLength(1);
  });
});

describe("a call that is stopped", () => {
  test("while its provider is silent asks no other target, opens no circuit, and stands in the log as what it was", async () => {
    const before = (await adminOf(world.postern)("getUsage", {})).total;
    for (let round = 0; round < 6; round++) {
      world.at("openai").next(stall());
      const { traceId, answer } = ask();
      await stopOnce(isSent);
      expect([(await answer).status, (await answer).code]).toEqual([499, "call_stopped"]);
      expect(await theRow(traceId)).toMatchObject({
        status: 499,
        errorCode: "call_stopped",
        ending: "stopped",
        provider: "openai",
        attempts: [{ provider: "openai", status: null, errorCode: "call_stopped", why: "the call was stopped" }],
      });
    }
    expect(world.counts()).toEqual({ openai: 6 });
    const after = (await adminOf(world.postern)("getUsage", {})).total;
    expect([after.calls - before.calls, after.errors - before.errors]).toEqual([6, 0]);
    const seen = await adminOf(world.postern)("listTargets", {});
    expect(seen.find(({ provider, model }) => provider === "openai" && model === "m")).toMatchObject({ circuit: "closed" });
    expect((await ask().answer).portkey["provider"]).toBe("openai");
  });

  test("in the middle of a stream is logged with what is known of its usage, measures nothing, and keeps what its budget held", async () => {
    const { key } = await adminOf(world.postern)("addGrant", {
      body: { name: "spender", permissions: permissionsSchema.parse({ budgets: [{ unit: "tokens", amount: 9_000, per: "day" }] }) },
    });
    const frames = sse([
      {
        event: "message_start",
        data: {
          type: "message_start",
          message: {
            id: "msg_1",
            type: "message",
            role: "assistant",
            model: "m",
            content: [],
            usage: { input_tokens: 21, output_tokens: 1 },
          },
        },
      },
      { event: "content_block_start", data: { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } } },
      { event: "content_block_delta", data: { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hel" } } },
      { event: "message_stop", data: { type: "message_stop" } },
    ]);
    world.at("anthropic").next(stallAfter({ chunks: 3 }, frames));
    const traceId = "stop-usage";
    const call = rawRequest({ ...world.postern, key }, "POST /v1/messages", {
      headers: [`x-portkey-trace-id: ${traceId}`],
      body: JSON.stringify({ model: "@anthropic/m", max_tokens: 5_000, messages, stream: true }),
    });
    const answer = rawHttp(world.postern.port, call, { untilClosed: true });
    await stopOnce(isAnswered);
    expect((await answer).text).toContain("event: error");
    expect(await theRow(traceId)).toMatchObject({
      status: 200,
      errorCode: "call_stopped",
      ending: "stopped",
      uncachedInputTokens: 21,
      attempts: [{ status: 200, errorCode: "call_stopped" }],
    });
    // How much was written is said at a stream's end, which nobody heard.
    const { grants } = await adminOf(world.postern)("listGrants", {});
    expect(grants.find(({ name }) => name === "spender")?.spent[0]?.spent).toBeGreaterThan(5_000);
    const seen = await adminOf(world.postern)("listTargets", {});
    expect(seen.find(({ provider }) => provider === "anthropic")?.firstByteMs ?? null).toBeNull();
  });

  test("in the pause before its next try makes none, here or elsewhere", async () => {
    world.at("openai").always(openAiError(503, { message: "Overloaded." }, { "retry-after": "30" }));
    const { traceId, answer } = ask({ config: { ...fallback, retry: { attempts: 3, use_retry_after_header: true } } });
    await stopOnce(({ attempts }) => attempts.at(-1)?.status === 503);
    expect([(await answer).status, (await answer).code]).toEqual([499, "call_stopped"]);
    expect(await theRow(traceId)).toMatchObject({ errorCode: "call_stopped", attempts: [{ status: 503 }] });
    expect(world.counts()).toEqual({ openai: 1 });
  });

  test("while several targets are asked at once closes the sockets of all, and asks no more", async () => {
    for (const id of ["openai", "groq", "deepinfra"] as const) world.at(id).always(stall());
    const targets = [...fallback.targets, { provider: "deepinfra" }];
    const { traceId, answer } = ask({ config: { ...fallback, targets, hedge: { after_ms: 50, max: 1 } } });
    const requests = [await world.at("openai").waitForRequest(1), await world.at("groq").waitForRequest(1)];
    await stopOnce(isSent);
    for (const { closedEarly } of requests) await closedEarly;
    expect((await answer).status).toBe(499);
    const { errorCode, attempts } = await theRow(traceId);
    expect([errorCode, ...attempts.map((attempt) => attempt.errorCode)]).toEqual(["call_stopped", "call_stopped", "call_stopped"]);
    expect(world.counts()).toEqual({ openai: 1, groq: 1 });
  });

  test.each([
    ["a body", "/v1/chat/completions", "application/json", '{"model":"@openai/m",'],
    [
      "an upload",
      "/v1/audio/transcriptions",
      'multipart/form-data; boundary="B"',
      '--B\r\nContent-Disposition: form-data; name="file"\r\n\r\n',
    ],
  ])("while %s trickles in is answered, and reaches nobody", async (_what, path, type, beginning) => {
    const headers = [`content-type: ${type}`, "content-length: 5000"];
    const answer = rawHttp(world.postern.port, rawRequest(world.postern, `POST ${path}`, { headers, body: beginning }));
    await stopOnce(({ attempts }) => attempts.length === 0);
    const { status, headers: said, body } = await answer;
    expect([status, said["connection"]]).toEqual([499, "close"]);
    expect(JSON.parse(body.toString())).toMatchObject({ error: { code: "call_stopped" } });
    expect(world.counts()).toEqual({});
    await eventually(async () => expect((await adminOf(world.postern)("listCallsUnderWay", {})).count).toBe(0));
  });
});

test("to stop what has ended, or never was, is no mistake, and ends nothing else", async () => {
  const admin = adminOf(world.postern);
  world.at("openai").next(stall());
  const { answer } = ask();
  const id = await stopOnce(isSent);
  await answer;
  world.at("openai").next(stallAfter({ chunks: 2 }, openAiStream()));
  const leaving = new AbortController();
  const other = ask({ body: { stream: true }, signal: leaving.signal }).answer.catch(() => null);
  await world.at("openai").waitForRequest(2);
  for (const wrong of [id, "0", "1", "999999999999999", "no-number"])
    expect(await admin("stopCall", { parameters: { id: wrong } })).toEqual({ stopped: false });
  expect((await admin("listCallsUnderWay", {})).count).toBe(1);
  leaving.abort();
  await other;
});
