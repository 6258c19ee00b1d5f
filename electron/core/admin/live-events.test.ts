import { expect, it } from "vitest";
import { openLiveEvents } from "./live-events.ts";

async function take(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  const { value } = await reader.read();
  return new TextDecoder().decode(value);
}

it("openLiveEvents() keeps at most 256 events for a slow reader, tells it how many it missed, and goes on", async () => {
  const events = openLiveEvents({ nowMs: () => 5 });
  const reader = events.watch().getReader();
  for (let index = 0; index < 1_000; index++) events.publish({ type: "grants-changed" });
  expect(await take(reader)).toContain('"missed":0');
  for (let index = 0; index < 255; index++)
    expect(await take(reader)).toBe('event: grants-changed\ndata: {"type":"grants-changed","atMs":5}\n\n');
  expect(await take(reader)).toContain('"type":"hello"');
  events.publish({ type: "config-changed", problems: 0 });
  expect(await take(reader)).toContain("config-changed");
  await reader.cancel();
  expect(events.watchers).toBe(0);
});

it("openLiveEvents() ends every stream when it closes, and opens no more", async () => {
  const events = openLiveEvents({ nowMs: () => 5 });
  const reader = events.watch().getReader();
  events.close();
  await take(reader);
  expect((await reader.read()).done).toBe(true);
  expect(() => events.watch()).toThrow("shutting down");
});
