import { describe, expect, it } from "vitest";
import type { Failure, ReadEvent, WriteEvent } from "./chat.ts";
import { Conductor, type Ending } from "./conductor.ts";

function conduct(events: readonly ReadEvent[]): { written: WriteEvent[]; ending: Ending; failure: Failure | null } {
  const written: WriteEvent[] = [];
  const conductor = new Conductor((event) => written.push(event));
  for (const event of events) conductor.take(event);
  const ending = conductor.finish();
  return { written, ending, failure: conductor.failure };
}

const start: ReadEvent = { type: "start", id: "1" };
const stop: ReadEvent = { type: "finish", reason: "stop" };
const typesOf = (events: readonly WriteEvent[]): string[] => events.map(({ type }) => type);

describe("Conductor", () => {
  it("begins an answer that its provider never began, and begins none twice", () => {
    expect(typesOf(conduct([{ type: "text", text: "a" }, stop]).written)).toEqual(["start", "text", "block-end", "close"]);
    expect(typesOf(conduct([start, start, { type: "text", text: "a" }, stop]).written)).toEqual(["start", "text", "block-end", "close"]);
  });

  it("closes a block before the next one of another kind, and tells two of a kind apart", () => {
    const { written } = conduct([
      start,
      { type: "reasoning", text: "r" },
      { type: "text", text: "a" },
      { type: "text", text: "b" },
      { type: "block-end" },
      { type: "text", text: "c" },
      stop,
    ]);
    expect(typesOf(written)).toEqual(["start", "reasoning", "block-end", "text", "text", "block-end", "text", "block-end", "close"]);
  });

  it("gives a call without arguments an empty object, and no other call a second one", () => {
    const { written } = conduct([
      { type: "tool-call", id: "1", name: "now" },
      { type: "tool-call", id: "2", name: "add" },
      { type: "arguments", json: "" },
      { type: "arguments", json: '{"a":1}' },
      stop,
    ]);
    expect(written.filter(({ type }) => type === "arguments")).toEqual([
      { type: "arguments", json: "{}" },
      { type: "arguments", json: '{"a":1}' },
    ]);
  });

  it("says that tools are to be run where a provider said stop after its calls, and keeps every other reason", () => {
    const call: ReadEvent = { type: "tool-call", id: "1", name: "now" };
    expect(conduct([call, stop]).written.at(-1)).toMatchObject({ type: "close", reason: "tool-calls" });
    expect(conduct([call, { type: "finish", reason: "length" }]).written.at(-1)).toMatchObject({ reason: "length" });
    expect(conduct([start, stop]).written.at(-1)).toMatchObject({ reason: "stop" });
  });

  it("takes usage as running totals, also what comes behind the reason", () => {
    const { written } = conduct([
      { type: "start", usage: { inputTokens: 9, cachedInputTokens: 4, outputTokens: 1 } },
      { type: "text", text: "a" },
      stop,
      { type: "usage", usage: { outputTokens: 5, inputTokens: undefined } },
      { type: "end" },
    ]);
    expect(written.at(-1)).toEqual({
      type: "close",
      reason: "stop",
      stopSequence: undefined,
      usage: { inputTokens: 9, cachedInputTokens: 4, outputTokens: 5 },
    });
  });

  it("closes once, though the reason is told twice and more follows the end", () => {
    const { written } = conduct([
      stop,
      { type: "finish", reason: "length" },
      { type: "end" },
      { type: "text", text: "x" },
      { type: "end" },
    ]);
    expect(typesOf(written)).toEqual(["start", "close"]);
    expect(written.at(-1)).toMatchObject({ reason: "stop" });
  });

  it.each<[string, readonly ReadEvent[], Ending]>([
    ["without a reason", [start, { type: "text", text: "a" }], "truncated"],
    ["without a reason, though the provider said end", [start, { type: "text", text: "a" }, { type: "end" }], "truncated"],
    ["with a reason and no end", [start, stop], "finished"],
    ["with an error", [start, { type: "text", text: "a" }, { type: "failure", failure: { status: 529, message: "busy" } }, stop], "failed"],
  ])("never takes an answer for whole %s unless it is", (_name, events, ending) => {
    const result = conduct(events);
    expect(result.ending).toBe(ending);
    expect(result.written.some(({ type }) => type === "close")).toBe(ending === "finished");
  });

  it("counts only what is said as begun", () => {
    const conductor = new Conductor(() => {});
    conductor.take(start);
    conductor.take({ type: "usage", usage: { inputTokens: 1 } });
    conductor.take({ type: "text", text: "" });
    expect(conductor.hasContent).toBe(false);
    conductor.take({ type: "reasoning", text: "hm" });
    expect(conductor.hasContent).toBe(true);
  });

  it("opens a block of its own for a redacted thought", () => {
    const { written } = conduct([
      { type: "text", text: "a" },
      { type: "signature", signature: { maker: "anthropic", value: "x", isRedacted: true } },
      { type: "block-end" },
      stop,
    ]);
    expect(typesOf(written)).toEqual(["start", "text", "block-end", "signature", "block-end", "close"]);
  });
});
