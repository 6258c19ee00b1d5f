import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { resetAfter, stall, stallAfter } from "../fakes/misbehaviour.ts";
import { openAi, openAiError, openAiStream } from "../fakes/openai-replies.ts";
import { gate, sse } from "../fakes/replies.ts";
import { eventually } from "./eventually.ts";
import { type Ask, readCalls, type RoutingWorld, startRoutingWorld, theCall } from "./routing-world.ts";

// Hedging: a target that is slow gets company. One answer, one row, and the losers' sockets are closed at once.

let world: RoutingWorld;

beforeAll(async () => {
  world = await startRoutingWorld(["openai", "groq", "deepinfra"], { config: { gateway: { firstByteTimeoutMs: 5_000 } } });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

beforeEach(() => world.reset());

afterEach(() => world.assertClean());

const apart = { circuit_breaker: { enabled: false } };
const config = {
  strategy: { mode: "fallback" },
  hedge: { after_ms: 50, max: 2 },
  ...apart,
  targets: [{ provider: "openai" }, { provider: "groq" }, { provider: "deepinfra" }],
};
/** One more at most, however long the others take. */
const pair = { ...config, hedge: { after_ms: 50 } };
/** Nobody is as slow as that. */
const patient = { ...config, hedge: { after_ms: 5_000 } };
const ways = [
  ["plain", {}],
  ["streamed", { stream: true }],
] as const;

let calls = 0;
/** Asks under a trace id of its own. */
function ask(more: Ask = {}): { readonly traceId: string; readonly answer: ReturnType<RoutingWorld["ask"]> } {
  const traceId = `hedge-${++calls}`;
  return { traceId, answer: world.ask({ config, ...more, headers: { "x-portkey-trace-id": traceId } }) };
}

describe.each(ways)("a slow target (%s)", (_way, body) => {
  test("loses against the next one: its socket is closed, and there is one answer and one row", async () => {
    world.at("openai").next(stall());
    const { traceId, answer } = ask({ body, config: pair });
    const { status, portkey, text } = await answer;
    expect([status, portkey["provider"], portkey["last-used-option-index"]]).toEqual([200, "groq", "config.targets[1]"]);
    expect(text).toMatch("stream" in body ? /\[DONE\]/ : /from groq/);
    await world.at("openai").requests[0]?.closedEarly;
    expect(world.counts()).toEqual({ openai: 1, groq: 1 });
    const row = await theCall(world.postern.dataFolder, traceId);
    expect(row).toMatchObject({ provider: "groq", status: 200, ending: "finished" });
    expect(row.attempts.map(({ provider }) => provider).sort()).toEqual(["groq", "openai"]);
  });

  test("may win in the end: the other one's socket is closed", async () => {
    const late = gate();
    world.at("openai").next(stall(openAi("from openai"), { when: late.opened }));
    world.at("groq").always(stall());
    world.at("deepinfra").always(stall());
    const { traceId, answer } = ask({ body });
    await world.at("deepinfra").waitForRequest(1);
    late.open();
    const { portkey } = await answer;
    expect([portkey["provider"], portkey["last-used-option-index"]]).toEqual(["openai", "config.targets[0]"]);
    await world.at("groq").requests[0]?.closedEarly;
    await world.at("deepinfra").requests[0]?.closedEarly;
    expect(await theCall(world.postern.dataFolder, traceId)).toMatchObject({ provider: "openai", ending: "finished" });
  });

  test("that is quick enough gets no company", async () => {
    await ask({ body, config: patient }).answer;
    expect(world.counts()).toEqual({ openai: 1 });
  });

  test("that fails before that hands over at once", async () => {
    world.at("openai").next(openAiError(500, { message: "Broken." }));
    const { portkey, headers } = await ask({ body, config: patient }).answer;
    expect(portkey["provider"]).toBe("groq");
    expect(headers.get("x-postern-attempts")).toBe("config.targets[0] openai 500");
  });

  test("that fails beside another leaves the call to that one", async () => {
    const late = gate();
    world.at("openai").next(stall(openAiError(500, { message: "Broken." }), { when: late.opened }));
    world.at("groq").next(stall(openAi("from groq"), { when: late.opened }));
    world.at("deepinfra").always(stall());
    const { answer } = ask({ body });
    await world.at("deepinfra").waitForRequest(1);
    late.open();
    expect((await answer).portkey["provider"]).toBe("groq");
    await world.at("deepinfra").requests[0]?.closedEarly;
  });

  test("all of which fail end in the last one's failure, once", async () => {
    const late = gate();
    const last = gate();
    world.at("openai").next(stall(openAiError(500, { message: "One." }), { when: late.opened }));
    world.at("groq").next(stall(openAiError(503, { message: "Two." }), { when: late.opened }));
    world.at("deepinfra").next(stall(openAiError(429, { message: "Three." }), { when: last.opened }));
    const { traceId, answer } = ask({ body });
    await world.at("deepinfra").waitForRequest(1);
    late.open();
    await world.at("openai").requests[0]?.answered;
    await world.at("groq").requests[0]?.answered;
    await wait(30);
    last.open();
    const { status, portkey, text } = await answer;
    expect([status, portkey["provider"]]).toEqual([429, "deepinfra"]);
    expect(text).toContain("Three.");
    const row = await theCall(world.postern.dataFolder, traceId);
    expect(row).toMatchObject({ status: 429, provider: "deepinfra", ending: "failed" });
    expect(new Set(row.attempts.map((attempt) => attempt.status))).toEqual(new Set([429, 500, 503]));
    expect(world.counts()).toEqual({ openai: 1, groq: 1, deepinfra: 1 });
  });

  test("is left by the client: all sockets are closed, one row says so", async () => {
    for (const id of ["openai", "groq", "deepinfra"] as const) world.at(id).always(stall());
    const leaving = new AbortController();
    const { traceId, answer } = ask({ body, signal: leaving.signal });
    await world.at("deepinfra").waitForRequest(1);
    leaving.abort();
    await expect(answer).rejects.toThrow("aborted");
    for (const id of ["openai", "groq", "deepinfra"] as const) await world.at(id).requests[0]?.closedEarly;
    expect(await theCall(world.postern.dataFolder, traceId)).toMatchObject({ ending: "client_closed" });
  });
});

test("no more targets are asked than the config allows", async () => {
  for (const id of ["openai", "groq", "deepinfra"] as const) world.at(id).always(stall());
  const { answer } = ask({ config: { ...pair, request_timeout: 400 } });
  expect((await answer).status).toBe(408);
  // The third is asked when both have failed.
  expect(world.counts()).toEqual({ openai: 1, groq: 1, deepinfra: 1 });
});

test("the deadline ends all of them", async () => {
  for (const id of ["openai", "groq", "deepinfra"] as const) world.at(id).always(stall());
  const { answer } = ask({ config: { ...config, deadline: 300 } });
  const { status, text } = await answer;
  expect(status).toBe(408);
  expect(text).toContain("deadline over all attempts: 300ms");
  for (const id of ["openai", "groq", "deepinfra"] as const) await world.at(id).requests[0]?.closedEarly;
});

test("a stream's opening is no answer yet: who says the first word wins", async () => {
  world.at("openai").next(stallAfter({ chunks: 1 }, openAiStream()));
  const { portkey, text } = await ask({ body: { stream: true }, config: pair }).answer;
  expect(portkey["provider"]).toBe("groq");
  expect(text.match(/"role":"assistant"/g)).toHaveLength(1);
  await world.at("openai").requests[0]?.closedEarly;
});

test("a stream that breaks after its first word does not bring the losers back", async () => {
  const broken = gate();
  world.at("openai").next(stall());
  world.at("groq").next(resetAfter({ chunks: 3 }, openAiStream(), { when: broken.opened }));
  const { traceId, answer } = ask({ body: { stream: true }, config: pair });
  await world.at("openai").waitForRequest(1);
  await world.at("openai").requests[0]?.closedEarly;
  broken.open();
  await expect(answer).rejects.toThrow("terminated");
  expect(await theCall(world.postern.dataFolder, traceId)).toMatchObject({ ending: "truncated", status: 200, provider: "groq" });
  expect(world.counts()).toEqual({ openai: 1, groq: 1 });
});

test("a refusal in a stream beside a slow target waits for that one", async () => {
  const late = gate();
  world.at("openai").next(stall(openAi("from openai"), { when: late.opened }));
  world.at("groq").next(sse([{ data: { error: { message: "Overloaded.", code: "overloaded" } } }]));
  world.at("deepinfra").always(stall());
  const { answer } = ask({ body: { stream: true } });
  await world.at("groq").waitForRequest(1);
  await world.at("groq").requests[0]?.answered;
  late.open();
  expect((await answer).portkey["provider"]).toBe("openai");
});

test("many at once, who wins left to chance: one answer and one row each, and no hook stays behind", async () => {
  // Answers come just about when the next target is asked, so that every order of events is met.
  const rounds = 60;
  for (const id of ["openai", "groq", "deepinfra"] as const) {
    world.at(id).always(async (exchange) => {
      await Promise.race([wait(Math.random() * 110), exchange.gone]);
      if (exchange.isOpen) await (Math.random() < 0.2 ? openAiError(500, { message: "Broken." }) : openAi(`from ${id}`))(exchange);
    });
  }
  const asked = Array.from({ length: rounds }, (_, index) => ask({ body: index % 2 === 0 ? {} : { stream: true } }));
  const answers = await Promise.all(asked.map(({ answer }) => answer));
  for (const { status, text, portkey } of answers) {
    expect(status).toBeOneOf([200, 500]);
    expect(status === 500 || /from|"finish_reason":"stop"/.test(text)).toBe(true);
    expect(portkey["provider"]).toBeDefined();
  }
  await eventually(() => {
    for (const [index, { traceId }] of asked.entries()) {
      const rows = readCalls(world.postern.dataFolder, traceId);
      expect(rows).toHaveLength(1);
      expect(rows[0]).toMatchObject({ status: answers[index]?.status, provider: answers[index]?.portkey["provider"] });
    }
  });
  expect(world.postern.stderr()).toBe("");
  expect(world.postern.isAlive).toBe(true);
});
