import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PosternError } from "#shared/errors.ts";
import { SseDecoder } from "#core/wire/sse.ts";
import { readFixture, readFixtures } from "../../../../test/fakes/fixture.ts";
import type { ReadEvent } from "../chat.ts";
import type { JsonObject, JsonValue } from "../json.ts";
import { openaiResponses } from "./index.ts";

/** Puts another value in one place of a JSON value. */
function spoil(value: JsonValue, pick: (count: number) => number, bad: JsonValue): JsonValue {
  if (Array.isArray(value) && value.length > 0) {
    const at = pick(value.length + 1);
    return at === value.length
      ? bad
      : (value as readonly JsonValue[]).map((entry, index) => (index === at ? spoil(entry, pick, bad) : entry));
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    const entries = Object.entries(value as JsonObject);
    const at = pick(entries.length + 1);
    if (at === entries.length) return bad;
    return Object.fromEntries(entries.map(([key, entry], index) => [key, index === at ? spoil(entry ?? null, pick, bad) : entry]));
  }
  return bad;
}

const bad = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.double({ noNaN: true }),
  fc.string(),
  fc.constant([]),
  fc.constant({}),
  fc.constant([null]),
);
const picks = fc.infiniteStream(fc.nat());

function picker(stream: Iterator<number>): (count: number) => number {
  return (count) => (stream.next().value as number) % count;
}

function readAll(frames: readonly { readonly event: string | null; readonly data: string }[]): readonly ReadEvent[] {
  const events: ReadEvent[] = [];
  const reader = openaiResponses.openReader();
  for (const frame of frames) reader.read(frame, (event) => events.push(event));
  reader.end((event) => events.push(event));
  return events;
}

describe("openaiResponses", () => {
  it("answers any spoiled request with an error of its own, or takes it", () => {
    const requests = ["codex-request", "codex-code-mode", "refusal"].map(
      (name) => readFixture(`openai-responses/${name}.json`).request as JsonObject,
    );
    const property = fc.property(fc.constantFrom(...requests), picks, bad, (request, stream, value) => {
      const body = spoil(request, picker(stream), value);
      if (typeof body !== "object" || body === null || Array.isArray(body)) return;
      try {
        openaiResponses.readRequest(body as JsonObject, { model: "m", stream: true, drop: () => {} });
      } catch (error) {
        if (!(error instanceof PosternError) || error.param === null) throw error;
      }
    });
    fc.assert(property, { numRuns: 500 });
  });

  it("takes any spoiled stream without a throw, and says nothing after the end", () => {
    const streams = readFixtures("openai-responses").filter(({ body }) => typeof body === "string");
    const property = fc.property(fc.constantFrom(...streams), picks, bad, (fixture, stream, value) => {
      const pick = picker(stream);
      const frames: { event: string | null; data: string }[] = [];
      const decoder = new SseDecoder();
      decoder.feed(Buffer.from(fixture.body as string), (frame) => frames.push(frame));
      const at = pick(frames.length);
      const spoiled = frames.map((frame, index) =>
        index === at ? { event: null, data: JSON.stringify(spoil(JSON.parse(frame.data) as JsonValue, pick, value)) } : frame,
      );
      const types = readAll(spoiled).map(({ type }) => type);
      const end = types.indexOf("finish");
      expect(end === -1 ? [] : types.slice(end)).toEqual(end === -1 ? [] : ["finish", "end"]);
    });
    fc.assert(property, { numRuns: 500 });
  });

  it("takes any spoiled plain answer without a throw", () => {
    const answers = readFixtures("openai-responses").filter(({ body, status }) => typeof body !== "string" && status === 200);
    const property = fc.property(fc.constantFrom(...answers), picks, bad, (fixture, stream, value) => {
      const body = spoil(fixture.body as JsonValue, picker(stream), value);
      const isObject = typeof body === "object" && body !== null && !Array.isArray(body);
      expect(isObject ? openaiResponses.readReply(body as JsonObject).length : 1).toBeGreaterThan(0);
      expect(openaiResponses.readFailure(500, body).status).toBe(500);
    });
    fc.assert(property, { numRuns: 500 });
  });
});
