import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LiveEvent, liveEventSchema } from "#shared/contract/events.ts";
import { adminOf } from "../fakes/call-admin.ts";
import { type RunningPostern, startPostern } from "../fakes/start-postern.ts";
import { eventually } from "./eventually.ts";

let postern: RunningPostern;

beforeAll(async () => {
  postern = await startPostern();
});

afterAll(async () => await postern.stop());

/** What a stream tells, as it comes, each event checked. */
async function watch(
  of: RunningPostern,
): Promise<{ readonly events: LiveEvent[]; readonly ended: Promise<void>; readonly leave: () => void }> {
  const abort = new AbortController();
  const response = await adminOf(of)("watchEvents", {}, { signal: abort.signal });
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
  const ended = read().catch(() => undefined);
  await eventually(() => expect(events[0]?.type).toBe("hello"));
  return { events, ended, leave: () => abort.abort() };
}

async function ask(of: RunningPostern, model: string): Promise<number> {
  const response = await fetch(`${of.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${of.key}`, "content-type": "application/json" },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "canary-prompt" }] }),
  });
  await response.text();
  return response.status;
}

describe("the stream of events", () => {
  test("tells of calls that end, well or not, and of config.json, and quotes no prompt", async () => {
    const { events, leave } = await watch(postern);
    await ask(postern, "@postern/hello");
    await ask(postern, "@groq/none");
    writeFileSync(path.join(postern.dataFolder, "config.json"), '{ "discovery": { "enabled": false }, "gateway": { "port": 8788 } }');
    await eventually(() => expect(events.some((event) => event.type === "config-changed" && event.problems === 0)).toBe(true));
    writeFileSync(path.join(postern.dataFolder, "config.json"), "{ nonsense");
    await eventually(() => expect(events.some((event) => event.type === "config-changed" && event.problems > 0)).toBe(true));
    leave();
    const calls = events.filter((event) => event.type === "call-finished");
    expect(calls).toMatchObject([
      { provider: "postern", model: "hello", status: 200, ending: "finished", errorCode: null },
      { model: "@groq/none", status: 401, ending: "refused", errorCode: "provider_key_missing" },
    ]);
    expect(JSON.stringify(events)).not.toContain("canary-prompt");
  });

  test("is let go of when its reader leaves, so that no number of readers uses it up", async () => {
    for (let round = 0; round < 40; round++) (await watch(postern)).leave();
    const { events, leave } = await watch(postern);
    await ask(postern, "@postern/hello");
    await eventually(() => expect(events.some(({ type }) => type === "call-finished")).toBe(true));
    leave();
  });

  test("has room for 32 readers, and says so to the next", async () => {
    await using other = await startPostern();
    const watched = await Promise.all(Array.from({ length: 32 }, () => watch(other)));
    await expect(watch(other)).rejects.toThrow("32 streams are open already");
    for (const { leave } of watched) leave();
  });

  test("ends when Postern stops, and keeps it from nothing", async () => {
    const other = await startPostern();
    const { ended } = await watch(other);
    const exit = await other.stop();
    await ended;
    expect(exit.code).toBe(0);
  });
});
