import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { reset, stall, stallAfter } from "../fakes/misbehaviour.ts";
import { openAiError, openAiStream } from "../fakes/openai-replies.ts";
import { sse, stream } from "../fakes/replies.ts";
import { type RoutingWorld, startRoutingWorld, theCall } from "./routing-world.ts";

// Retries, pauses and limits of time of a config, over the wire.

let world: RoutingWorld;

beforeAll(async () => {
  world = await startRoutingWorld(["openai", "groq"], { dead: ["mistral-ai"] });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

beforeEach(() => world.reset());

afterEach(() => world.assertClean());

const apart = { circuit_breaker: { enabled: false } };
const openai = { provider: "openai", ...apart };
const groq = { provider: "groq", ...apart };
const fallback = (...targets: readonly unknown[]): object => ({ strategy: { mode: "fallback" }, targets });
/** A failure after which the next try comes at once. */
const failing = (status: number): ReturnType<typeof openAiError> => openAiError(status, { message: "No." }, { "retry-after": "0" });

describe("retry", () => {
  test.each([429, 500, 502, 503, 504, 529])("repeats a %d by default, as often as the config says", async (status) => {
    world.at("openai").next(failing(status));
    world.at("openai").next(failing(status));
    const answer = await world.ask({ config: { ...openai, retry: { attempts: 2 } } });
    expect([answer.status, answer.portkey["retry-attempt-count"]]).toEqual([200, "2"]);
    expect(answer.headers.get("x-postern-attempts")).toBe(`config openai ${status}, config openai ${status}`);
    expect(world.counts()).toEqual({ openai: 3 });
  });

  test.each([400, 401, 404, 408, 422])("does not repeat a %d by default", async (status) => {
    world.at("openai").next(failing(status));
    const answer = await world.ask({ config: { ...openai, retry: { attempts: 2 } } });
    expect([answer.status, answer.portkey["retry-attempt-count"]]).toEqual([status, "0"]);
    expect(world.counts()).toEqual({ openai: 1 });
  });

  test("repeats the statuses that it names, and no others", async () => {
    const config = { ...openai, retry: { attempts: 1, on_status_codes: [418] } };
    world.at("openai").next(failing(418));
    expect((await world.ask({ config })).status).toBe(200);
    world.at("openai").next(failing(500));
    expect((await world.ask({ config })).status).toBe(500);
    expect(world.counts()).toEqual({ openai: 3 });
  });

  test("repeats what broke before its first byte", async () => {
    world.at("openai").next(reset());
    world.at("openai").next(stream([], { headers: { "content-type": "text/event-stream" } }));
    const answer = await world.ask({ config: { ...openai, retry: { attempts: 2 } }, body: { stream: true } });
    expect([answer.status, answer.portkey["retry-attempt-count"], world.counts()]).toEqual([200, "2", { openai: 3 }]);
  });

  test("repeats a stream that tells an error before its first word", async () => {
    world.at("openai").next(sse([{ data: { error: { message: "Overloaded.", code: "overloaded" } } }]));
    const answer = await world.ask({ config: { ...openai, retry: { attempts: 1 } }, body: { stream: true } });
    expect([answer.status, world.counts()]).toEqual([200, { openai: 2 }]);
  });

  test("says -1 when it was used up, and the last failure as it is", async () => {
    world.at("openai").always(failing(503));
    const traceId = "used-up";
    const answer = await world.ask({ config: { ...openai, retry: { attempts: 1 } }, headers: { "x-portkey-trace-id": traceId } });
    expect([answer.status, answer.portkey["retry-attempt-count"], answer.portkey["trace-id"]]).toEqual([503, "-1", traceId]);
    expect(answer.headers.get("x-postern-attempts")).toBe("config openai 503");
    expect(await theCall(world.postern.dataFolder, traceId)).toMatchObject({
      status: 503,
      ending: "failed",
      error_code: "upstream_503",
      attempts: [{ status: 503 }, { status: 503 }],
    });
  });

  test("without a retry in the config there is none, and the count is 0", async () => {
    world.at("openai").next(failing(503));
    const answer = await world.ask({ config: openai });
    expect([answer.status, answer.portkey["retry-attempt-count"], world.counts()]).toEqual([503, "0", { openai: 1 }]);
  });

  test("x-portkey-retry counts where no config is", async () => {
    world.at("openai").always(failing(503));
    await world.ask({ headers: { "x-portkey-provider": "openai", "x-portkey-retry": "1" } });
    expect(world.counts()).toEqual({ openai: 2 });
  });

  test("each target of a fallback has its own", async () => {
    world.at("openai").always(failing(503));
    world.at("groq").next(failing(429));
    const config = { ...fallback(openai, { ...groq, retry: { attempts: 2 } }), retry: { attempts: 1 } };
    const answer = await world.ask({ config });
    expect([answer.status, answer.portkey["retry-attempt-count"]]).toEqual([200, "1"]);
    expect(world.counts()).toEqual({ openai: 2, groq: 2 });
  });

  test.each<readonly [string, Record<string, string>]>([
    ["retry-after-ms", { "retry-after-ms": "60", "retry-after": "50" }],
    ["x-ms-retry-after-ms", { "x-ms-retry-after-ms": "60" }],
    ["retry-after as a date that is past", { "retry-after": "Fri, 31 Dec 1999 23:59:59 GMT" }],
  ])("waits as long as the provider asks (%s)", async (_title, headers) => {
    world.at("openai").next(openAiError(429, { message: "Slow down." }, headers));
    const config = { ...openai, retry: { attempts: 1, use_retry_after_header: true } };
    expect((await world.ask({ config })).status).toBe(200);
    expect(world.counts()).toEqual({ openai: 2 });
  });

  test("does not wait longer than a minute: the 429 goes to the client at once, and to the next target before that", async () => {
    const slow = openAiError(429, { message: "Slow down." }, { "retry-after": "61" });
    world.at("openai").next(slow);
    const config = { ...openai, retry: { attempts: 3, use_retry_after_header: true } };
    const answer = await world.ask({ config });
    expect([answer.status, answer.headers.get("retry-after"), answer.portkey["retry-attempt-count"]]).toEqual([429, "61", "-1"]);
    world.at("openai").next(slow);
    expect((await world.ask({ config: fallback(config, groq) })).portkey["provider"]).toBe("groq");
    expect(world.counts()).toEqual({ openai: 2, groq: 1 });
  });

  test("is given up when the client leaves while it waits", async () => {
    world.at("openai").always(openAiError(429, { message: "Slow down." }, { "retry-after": "30" }));
    const leaving = new AbortController();
    const traceId = "left-in-the-pause";
    const call = world.ask({
      config: { ...openai, retry: { attempts: 1 } },
      headers: { "x-portkey-trace-id": traceId },
      signal: leaving.signal,
    });
    await world.at("openai").waitForRequest(1);
    await world.at("openai").requests[0]?.answered;
    leaving.abort();
    await expect(call).rejects.toThrow("aborted");
    expect(await theCall(world.postern.dataFolder, traceId)).toMatchObject({ ending: "client_closed" });
    expect(world.counts()).toEqual({ openai: 1 });
  });
});

describe("request_timeout", () => {
  const words = (ms: number): object => ({
    error: { message: `Request exceeded the timeout sent in the request: ${ms}ms`, type: "timeout_error", param: null },
  });

  test.each([{}, { stream: true }])("is 408 in Portkey's words, and closes the provider's socket (%j)", async (body) => {
    world.at("openai").next(stall());
    const answer = await world.ask({ config: { ...openai, request_timeout: 80 }, body });
    expect([answer.status, answer.portkey["retry-attempt-count"]]).toEqual([408, "0"]);
    expect(answer.json()).toMatchObject(words(80));
    await world.at("openai").requests[0]?.closedEarly;
  });

  test("of the header goes before the config's", async () => {
    world.at("openai").next(stall());
    const answer = await world.ask({ config: { ...openai, request_timeout: 60_000 }, headers: { "x-portkey-request-timeout": "70" } });
    expect(answer.json()).toMatchObject(words(70));
  });

  test("holds for each target, and goes on to the next", async () => {
    world.at("openai").next(stall());
    const answer = await world.ask({ config: fallback({ ...openai, request_timeout: 60 }, groq) });
    expect([answer.status, answer.portkey["provider"]]).toEqual([200, "groq"]);
    expect(answer.headers.get("x-postern-attempts")).toBe("config.targets[0] openai deadline_exceeded");
  });

  test("is repeated only where 408 is named", async () => {
    world.at("openai").next(stall());
    const config = { ...openai, request_timeout: 60, retry: { attempts: 1 } };
    expect((await world.ask({ config })).status).toBe(408);
    world.at("openai").next(stall());
    const named = await world.ask({ config: { ...config, retry: { attempts: 1, on_status_codes: [408] } } });
    expect([named.status, named.portkey["retry-attempt-count"]]).toEqual([200, "1"]);
  });

  test("ends with the header: a body may take longer", async () => {
    world.at("openai").next(openAiStream({ delayMs: 150 }));
    const answer = await world.ask({ config: { ...openai, request_timeout: 600 }, body: { stream: true } });
    expect(answer.text).toMatch(/\[DONE\]/);
  });

  test("of 0 is none", async () => {
    const answer = await world.ask({ config: { ...openai, request_timeout: 0 }, headers: { "x-portkey-request-timeout": "0" } });
    expect(answer.status).toBe(200);
  });
});

describe("deadline", () => {
  const words = /Request exceeded its deadline over all attempts: 150ms/;

  test("ends the call over all attempts, whatever each may take", async () => {
    world.at("openai").always(stall());
    world.at("groq").always(stall());
    const config = { ...fallback({ ...openai, request_timeout: 100 }, groq), deadline: 150 };
    const answer = await world.ask({ config });
    expect([answer.status, answer.code]).toEqual([408, "deadline_exceeded"]);
    expect(answer.text).toMatch(words);
    expect(world.counts()).toEqual({ openai: 1, groq: 1 });
  });

  test("holds behind the header too, until the answer's first word", async () => {
    world.at("openai").next(stallAfter({ chunks: 0 }, openAiStream()));
    const late = await world.ask({ config: { ...openai, deadline: 150 }, body: { stream: true } });
    expect(late.text).toMatch(words);
    world.at("openai").next(stallAfter({ chunks: 0 }, openAiStream()));
    const limited = await world.ask({ config: { ...openai, deadline: 150, request_timeout: 100 }, body: { stream: true } });
    expect(limited.text).toMatch(words);
  });

  test("leaves an answer alone that has begun", async () => {
    world.at("openai").next(openAiStream({ delayMs: 150 }));
    const answer = await world.ask({ config: { ...openai, deadline: 600 }, body: { stream: true } });
    expect(answer.text).toMatch(/\[DONE\]/);
  });

  test("leaves out a retry that would come too late", async () => {
    world.at("openai").always(openAiError(429, { message: "Slow down." }, { "retry-after": "5" }));
    const answer = await world.ask({ config: { ...openai, deadline: 150, retry: { attempts: 3 } } });
    expect([answer.status, answer.portkey["retry-attempt-count"], world.counts()]).toEqual([429, "-1", { openai: 1 }]);
  });
});

describe("an unanswered address", () => {
  test("is 502 with the gateway's headers, and tried again where that is asked for", async () => {
    const answer = await world.ask({ config: { provider: "mistral-ai", ...apart, retry: { attempts: 1 } } });
    expect([answer.status, answer.code]).toEqual([502, "upstream_unreachable"]);
    expect(answer.portkey).toMatchObject({ provider: "mistral-ai", "last-used-option-index": "config", "retry-attempt-count": "-1" });
    expect(answer.headers.get("x-postern-attempts")).toBe("config mistral-ai upstream_unreachable");
  });
});

describe("the connection of a failed try", () => {
  test("is used again where its answer was read to the end", async () => {
    for (let times = 0; times < 6; times++) {
      world.at("openai").next(failing(500));
      await world.ask({ config: { ...openai, retry: { attempts: 1 } } });
    }
    expect(world.counts()).toEqual({ openai: 12 });
    // The retry of the first call comes while its connection is not free yet.
    expect(new Set(world.at("openai").requests.map(({ connectionId }) => connectionId)).size).toBeLessThanOrEqual(2);
  });
});
