import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { migrations } from "#core/store/migrations.ts";
import type { SqlValue } from "#core/store/store.ts";
import { attemptsText } from "./attempts-text.ts";
import { type CallAttempt, type CallRecord, callStatements, newCall } from "./call-record.ts";
import { readCall } from "./read-calls.ts";

// Few values, so that tries and rows are often alike; and what a column cuts, escapes or rounds.
const textArbitrary = fc.oneof(
  fc.constantFrom("openai", "groq", "", "x".repeat(512), "x".repeat(513), `${"x".repeat(512)}y`, 'a "quoted" \\ line\n\u0000'),
  fc.string({ unit: "binary", maxLength: 20 }),
);
const nullableText = fc.option(textArbitrary);
const statusArbitrary = fc.option(fc.constantFrom(200, 429, 503, 0));
const timeArbitrary = fc.option(
  fc.oneof(fc.integer({ min: 0, max: 5 }), fc.double({ min: 0, max: 1e9 }), fc.constantFrom(-0.4, Number.NaN, Infinity)),
);
const attemptArbitrary: fc.Arbitrary<CallAttempt> = fc
  .record({
    provider: textArbitrary,
    model: nullableText,
    keyName: nullableText,
    status: statusArbitrary,
    errorCode: nullableText,
    startMs: timeArbitrary,
    connectMs: timeArbitrary,
    headMs: timeArbitrary,
    firstByteMs: timeArbitrary,
    totalMs: timeArbitrary,
    why: fc.option(textArbitrary, { nil: undefined }),
  })
  .map(({ why, ...attempt }) => (why === undefined ? attempt : { ...attempt, why }));
const recordArbitrary: fc.Arbitrary<CallRecord> = fc
  .record({
    provider: nullableText,
    modelServed: nullableText,
    keyName: nullableText,
    status: statusArbitrary,
    errorCode: nullableText,
    attempts: fc.array(attemptArbitrary, { maxLength: 4 }),
  })
  .map((fields) => ({ ...newCall(1_790_000_000_000), ...fields }));

describe("attemptsText()", () => {
  test("leaves of a usual call's try nothing but its times", () => {
    const target = { provider: "openai", keyName: "work", status: 200, errorCode: null };
    const times = { startMs: 0.1, connectMs: 0.4, headMs: 11.9, firstByteMs: 12.1, totalMs: 40 };
    expect(attemptsText({ ...newCall(0), ...target, modelServed: "gpt-4o", attempts: [{ ...target, model: "gpt-4o", ...times }] })).toBe(
      '[{"ms":[0,0,12,12,40]}]',
    );
  });

  test("tells what is unknown of a try from what is the same as in its row", () => {
    const times = { startMs: 0, connectMs: null, headMs: null, firstByteMs: null, totalMs: 7 };
    const lost = { provider: "openai", model: null, keyName: null, status: null, errorCode: null, ...times };
    expect(attemptsText({ ...newCall(0), provider: "openai", keyName: "work", status: 200, attempts: [lost] })).toBe(
      '[{"ms":[0,null,null,null,7],"keyName":null,"status":null}]',
    );
  });

  test("names the key of another provider's try, though the row's has the same name: that one may get another", () => {
    const times = { startMs: 0, connectMs: 1, headMs: 2, firstByteMs: null, totalMs: 3 };
    const failed = { provider: "openai", model: "m", keyName: "default", status: 500, errorCode: null, ...times };
    const answered = { ...failed, provider: "groq", status: 200 };
    const row = { ...newCall(0), provider: "groq", modelServed: "m", keyName: "default", status: 200, attempts: [failed, answered] };
    expect(attemptsText(row)).toBe('[{"ms":[0,1,2,null,3],"provider":"openai","keyName":"default","status":500},{"ms":[0,1,2,null,3]}]');
  });

  test("is read back from the database as it was told, whatever a call and its tries say", async () => {
    using database = new DatabaseSync(":memory:");
    for (const step of migrations) database.exec(step);
    const store = { all: async <Row>(sql: string, values: readonly SqlValue[] = []) => database.prepare(sql).all(...values) as Row[] };
    let id = 0;
    await fc.assert(
      fc.asyncProperty(recordArbitrary, async (record) => {
        for (const { sql, parameters = [] } of callStatements(record)) database.prepare(sql).run(...parameters);
        expect((await readCall(store, ++id))?.attempts).toEqual(record.attempts.map(inWholeMs));
      }),
      { numRuns: 1_000 },
    );
  });
});

function inWholeMs({ startMs, connectMs, headMs, firstByteMs, totalMs, ...attempt }: CallAttempt): CallAttempt {
  const [start, connect, head, firstByte, total] = [startMs, connectMs, headMs, firstByteMs, totalMs].map((ms) =>
    // The plus makes 0 of -0.
    ms === null || !Number.isFinite(ms) ? null : Math.round(ms) + 0,
  ) as [number, number, number, number, number];
  return { ...attempt, startMs: start, connectMs: connect, headMs: head, firstByteMs: firstByte, totalMs: total };
}
