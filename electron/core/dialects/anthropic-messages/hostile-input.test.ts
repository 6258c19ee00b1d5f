import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SseDecoder } from "#core/wire/sse.ts";
import { PosternError } from "#shared/errors.ts";
import { quirksSchema } from "#shared/schema/provider.ts";
import { readFixtures } from "../../../../test/fakes/fixture.ts";
import type { ReadEvent } from "../chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";
import { anthropicMessages as dialect } from "./index.ts";

const fixtures = readFixtures("anthropic-messages");
const streams = fixtures.filter(({ name }) => name.endsWith(".sse"));

function read(chunks: readonly Buffer[]): readonly ReadEvent[] {
  const events: ReadEvent[] = [];
  const emit = (event: ReadEvent): void => void events.push(event);
  const decoder = new SseDecoder();
  const reader = dialect.openReader();
  for (const chunk of chunks) decoder.feed(chunk, (frame) => reader.read(frame, emit));
  decoder.end((frame) => reader.read(frame, emit));
  reader.end(emit);
  return events;
}

/** Puts a value in the place of one of an object's inner values, told by a number. */
function spoil(value: JsonValue, at: { left: number }, by: JsonValue): JsonValue {
  if (at.left-- === 0) return by;
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((item) => spoil(item, at, by));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, spoil(member ?? null, at, by)]));
}

/** Reads a request and writes it; what was thrown, or null. */
function translate(body: JsonObject): unknown {
  try {
    const request = dialect.readRequest(body, { model: "claude-sonnet-4-5", stream: false, drop: () => {} });
    dialect.writeRequest({ ...request, tools: request.tools.filter(({ kind }) => kind === "function") }, { quirks, drop: () => {} });
    return null;
  } catch (error) {
    return error;
  }
}

const quirks = quirksSchema.parse({});
const strange = fc.constantFrom<JsonValue>(null, true, -1, 1e300, "", "x", [], [null], ["x"], {}, { type: "text" }, { type: 1 });

describe("anthropicMessages", () => {
  it.each(streams.map(({ name, body }) => [name, Buffer.from(String(body))] as const))(
    "reads %s the same in any pieces",
    (_name, bytes) => {
      const whole = read([bytes]);
      fc.assert(
        fc.property(fc.array(fc.nat(bytes.length), { maxLength: 12 }), (cuts) => {
          const ends = [...cuts.sort((one, other) => one - other), bytes.length];
          const pieces = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
          expect(read(pieces)).toEqual(whole);
        }),
        { numRuns: 30 },
      );
    },
  );

  it("throws nothing at any event of a provider", () => {
    const frames = streams.flatMap(({ body }) =>
      [...String(body).matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data ?? "") as JsonValue),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...frames), fc.nat(20), strange), { maxLength: 12 }), (spoiled) => {
        const reader = dialect.openReader();
        const events: ReadEvent[] = [];
        for (const [frame, at, by] of spoiled) {
          const data = JSON.stringify(spoil(frame, { left: at }, by));
          reader.read({ event: null, data }, (event) => events.push(event));
        }
        reader.end((event) => events.push(event));
        expect(events.filter(({ type }) => type === "failure").length).toBeLessThan(2);
      }),
    );
  });

  it("throws nothing at any answer, error or usage", () => {
    const bodies = fixtures.filter(({ name }) => name.endsWith(".json")).map(({ body }) => body as JsonValue);
    fc.assert(
      fc.property(fc.constantFrom(...bodies), fc.nat(40), strange, (body, at, by) => {
        const spoiled = spoil(body, { left: at }, by);
        expect(dialect.readReply(isJsonObject(spoiled) ? spoiled : {}).length).toBeGreaterThan(0);
        expect(dialect.readFailure(500, spoiled).status).toBe(500);
        dialect.readUsage(isJsonObject(spoiled) ? spoiled["usage"] : spoiled);
      }),
    );
  });

  it("takes any request or refuses it by naming a field, and writes what it took", () => {
    const bodies = fixtures.flatMap(({ request }) => (request === null ? [] : [request as JsonValue]));
    fc.assert(
      fc.property(fc.constantFrom(...bodies), fc.nat(120), strange, (body, at, by) => {
        const spoiled = spoil(body, { left: at }, by);
        const refusal = translate(isJsonObject(spoiled) ? spoiled : {});
        expect(refusal === null || (refusal instanceof PosternError && refusal.param !== null)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
