import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LoggedCall } from "#shared/contract/calls.ts";
import { type LiveEvent, liveEventSchema } from "#shared/contract/events.ts";
import { adminOf } from "../fakes/call-admin.ts";
import { stall } from "../fakes/misbehaviour.ts";
import { startWorld, type World } from "../fakes/observe-call.ts";
import { openAiChat, openAiStream } from "../fakes/openai-replies.ts";
import { status } from "../fakes/replies.ts";
import { eventually } from "./eventually.ts";

// What a window sees of calls while they come in: events that do not flood it, calls under way, the steps of each try.

const usage = { prompt_tokens: 1_000, completion_tokens: 100, total_tokens: 1_100, prompt_tokens_details: { cached_tokens: 400 } };

let world: World;

beforeAll(async () => {
  world = await startWorld({
    config: {
      prices: { "openai/gpt-4o": { input: 2.5, output: 10, cacheRead: 1.25 } },
      aliases: {
        kept: { provider: "openai", model: "gpt-4o", cache: { mode: "simple", max_age: 60 } },
        steady: {
          strategy: { mode: "fallback" },
          targets: [
            { provider: "openai", model: "gpt-4o-mini" },
            { provider: "openai", model: "gpt-4o" },
          ],
        },
      },
    },
  });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

function ask(body: object, signal?: AbortSignal): Promise<Response> {
  return fetch(`${world.postern.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${world.postern.key}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "@openai/gpt-4o", messages: [{ role: "user", content: "Hi" }], ...body }),
    ...(signal === undefined ? {} : { signal }),
  });
}

async function lastCall(): Promise<LoggedCall> {
  const { calls } = await adminOf(world.postern)("listCalls", { query: { limit: 1 } });
  if (calls[0] === undefined) throw new Error("the log is empty");
  return calls[0];
}

async function watch(): Promise<{ readonly events: LiveEvent[]; readonly leave: () => void }> {
  const abort = new AbortController();
  const response = await adminOf(world.postern)("watchEvents", {}, { signal: abort.signal });
  const events: LiveEvent[] = [];
  const read = async (): Promise<void> => {
    let rest = "";
    const decoder = new TextDecoder();
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      const blocks = (rest + decoder.decode(chunk, { stream: true })).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (data !== undefined) events.push(liveEventSchema.parse(JSON.parse(data)));
      }
    }
  };
  void read().catch(() => undefined);
  await eventually(() => expect(events[0]?.type).toBe("hello"));
  return { events, leave: () => abort.abort() };
}

describe("a call under way", () => {
  test("is listed with the try that it hangs in, and is gone when its client leaves", async () => {
    const admin = adminOf(world.postern);
    world.provider.next(stall());
    const leaving = new AbortController();
    const call = ask({ stream: true }, leaving.signal).catch(() => null);
    await eventually(async () => {
      const { calls, count } = await admin("listCallsUnderWay", {});
      expect([count, calls]).toMatchObject([
        1,
        [{ endpoint: "chat", tool: "node", provider: "openai", modelServed: "gpt-4o", streamed: true, firstByteMs: null }],
      ]);
      expect(calls[0]?.attempts).toMatchObject([{ provider: "openai", status: null, totalMs: null, startMs: expect.any(Number) }]);
    });
    leaving.abort();
    await call;
    await eventually(async () => expect((await admin("listCallsUnderWay", {})).count).toBe(0));
  });
});

describe("the steps of a try", () => {
  test("are told in their order: connection, header, first byte, end", async () => {
    world.provider.next(status(503));
    await (await ask({ model: "steady" })).text();
    const { attempts, totalMs } = await lastCall();
    const [failed, answered] = attempts;
    expect(failed).toMatchObject({ status: 503, firstByteMs: null, why: expect.stringContaining("went on to") });
    expect(answered?.status).toBe(200);
    expect(answered?.startMs).toBeGreaterThanOrEqual((failed?.startMs ?? 0) + (failed?.headMs ?? NaN));
    const steps = [0, answered?.connectMs, answered?.headMs, answered?.firstByteMs, answered?.totalMs] as number[];
    expect(steps).toEqual([...steps].sort((one, other) => one - other));
    expect((answered?.startMs ?? 0) + (answered?.totalMs ?? 0)).toBeLessThanOrEqual((totalMs ?? 0) + 1);
  });
});

describe("what caches spared", () => {
  test("is the cached input at its full price, less what it cost", async () => {
    world.provider.next(openAiChat({ usage }));
    await (await ask({})).text();
    expect((await lastCall()).savedMicroUsd).toBe(500);
  });

  test("is what the answer cost the first time, where Postern's own cache had it, streamed or not", async () => {
    for (const stream of [false, true]) {
      world.provider.next(stream ? openAiStream({ usage }) : openAiChat({ usage }));
      const body = { model: "kept", stream, stream_options: stream ? { include_usage: true } : undefined, user: `kept ${stream}` };
      await (await ask(body)).text();
      const paid = await lastCall();
      expect(paid).toMatchObject({ cacheStatus: "MISS", costMicroUsd: 3_000 });
      await (await ask(body)).text();
      expect(await lastCall()).toMatchObject({ cacheStatus: "HIT", costMicroUsd: 0, savedMicroUsd: 3_000 });
    }
    const { total } = await adminOf(world.postern)("getUsage", { query: { alias: "kept" } });
    expect(total).toMatchObject({ calls: 4, cacheHits: 2, costMicroUsd: 6_000, savedMicroUsd: 2 * 500 + 2 * 3_000 });
  });
});

test("what usage counts under no tool is what the log finds under none", async () => {
  const response = await fetch(`${world.postern.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: "Bearer nobody-knows-this-key-0123456789", "user-agent": "stranger/1.0", "content-type": "application/json" },
    body: JSON.stringify({ model: "@openai/gpt-4o", messages: [] }),
  });
  expect(response.status).toBe(401);
  const { calls } = await adminOf(world.postern)("listCalls", { query: { tool: "", outcome: "error" } });
  const { groups } = await adminOf(world.postern)("getUsage", { query: { by: "tool" } });
  expect(calls.map(({ tool, ending }) => [tool, ending])).toEqual([["stranger", "refused"]]);
  expect(groups.find(({ key }) => key === "")).toMatchObject({ calls: 1, errors: 1 });
});

describe("the stream of events", () => {
  test("tells a busy second in a few changes, and the log has every call by the last of them", async () => {
    const { events, leave } = await watch();
    const startedAtMs = performance.now();
    for (let round = 0; round < 10; round++)
      await Promise.all(Array.from({ length: 20 }, async () => (await ask({ model: "@postern/hello" })).text()));
    const seconds = (performance.now() - startedAtMs) / 1_000;
    const changes = (): LiveEvent[] => events.filter(({ type }) => type === "calls-changed");
    const counts = (): number[] => events.flatMap((event) => (event.type === "calls-changed" ? [event.finished] : []));
    await eventually(() => expect((counts().at(-1) ?? 0) - (counts()[0] ?? 0)).toBeGreaterThanOrEqual(150));
    await eventually(() => expect(events.at(-1)).toMatchObject({ type: "calls-changed", underWay: 0 }));
    leave();
    expect(changes().length).toBeLessThanOrEqual(Math.ceil(seconds * 10) + 5);
    expect(events.filter(({ type }) => type === "call-finished").length).toBeLessThanOrEqual(Math.ceil(seconds + 1) * 20);
    const { calls } = await adminOf(world.postern)("listCalls", { query: { provider: "postern", limit: 500 } });
    expect(calls).toHaveLength(200);
  });
});

describe("the log's exports and single calls", () => {
  test("come filtered, one call a line, and one call comes by its number", async () => {
    const admin = adminOf(world.postern);
    const response = await admin("exportCallsJsonl", { query: { alias: "steady" } });
    const lines = (await response.text()).trimEnd().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as LoggedCall).alias)).toEqual(["steady"]);
    const { id } = JSON.parse(lines[0] ?? "") as LoggedCall;
    expect(await admin("getCall", { parameters: { id: String(id) } })).toMatchObject({ id, alias: "steady" });
    await expect(admin("getCall", { parameters: { id: "999999" } })).rejects.toThrow("the log does not have it");
    const csv = await (await admin("exportCallsCsv", { query: { outcome: "left" } })).text();
    expect(csv.trimEnd().split("\r\n")).toHaveLength(2);
  });
});
