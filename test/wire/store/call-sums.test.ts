import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openStore } from "#core/store/open-store.ts";
import type { Store } from "#core/store/store.ts";
import { callStatements, newCall, type OpenCall } from "#core/usage/call-record.ts";
import { deleteCalls, sumUp } from "#core/usage/call-sums.ts";
import { exportCsv, exportJson } from "#core/usage/export-calls.ts";
import { forgetOld } from "#core/usage/housekeeping.ts";
import { dayText, localDay } from "#core/usage/local-day.ts";
import { queryUsage } from "#core/usage/query-usage.ts";
import { readCalls } from "#core/usage/read-calls.ts";

const dayMs = 86_400_000;
const startMs = Date.UTC(2026, 8, 1, 12);

let folder: string;
let store: Store;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "postern-sums-"));
  store = await openStore(path.join(folder, "postern.db"));
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const callArbitrary = fc.record({
  startedAtMs: fc.integer({ min: startMs, max: startMs + 5 * dayMs }),
  tool: fc.constantFrom(null, "aider", "codex"),
  provider: fc.constantFrom(null, "openai", "groq"),
  modelServed: fc.constantFrom(null, "gpt-4o"),
  ending: fc.constantFrom("finished", "failed", "truncated", "client_closed") as fc.Arbitrary<OpenCall["ending"]>,
  firstByteMs: fc.option(fc.integer({ min: 0, max: 2_000_000 })),
  totalMs: fc.option(fc.integer({ min: 0, max: 2_000_000 })),
  inputTokens: fc.option(fc.integer({ min: 0, max: 100_000 })),
  outputTokens: fc.option(fc.integer({ min: 0, max: 100_000 })),
  // Quarters add up exactly, in any order.
  costMicroUsd: fc.option(fc.integer({ min: 0, max: 4_000 }).map((quarters) => quarters / 4)),
  cacheStatus: fc.constantFrom(null, "HIT", "MISS"),
  streamed: fc.boolean(),
});

const stepArbitrary = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("calls" as const), calls: fc.array(callArbitrary, { minLength: 1, maxLength: 12 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: "sum" as const }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("delete" as const),
      fromMs: fc.integer({ min: startMs, max: startMs + 5 * dayMs }),
      lengthMs: fc.integer({ min: 0, max: 3 * dayMs }),
    }),
  },
);

describe("the sums", () => {
  test("are what the rows add up to, whatever is written, summed up and deleted in whatever order", { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(stepArbitrary, { minLength: 2, maxLength: 10 }), async (steps) => {
        await store.transaction([
          { sql: "DELETE FROM calls" },
          { sql: "DELETE FROM call_days" },
          { sql: "UPDATE call_days_state SET summed_to = 0" },
        ]);
        let kept: Partial<OpenCall>[] = [];
        const deleted: number[] = [];
        const wanted: number[] = [];
        for (const step of steps) {
          if (step.kind === "calls") {
            await store.transaction(step.calls.flatMap((call) => callStatements({ ...newCall(0), ...call })));
            kept.push(...step.calls);
          } else if (step.kind === "sum") {
            await sumUp(store);
          } else {
            const untilMs = step.fromMs + step.lengthMs;
            const isGone = ({ startedAtMs = 0 }: Partial<OpenCall>): boolean => startedAtMs >= step.fromMs && startedAtMs < untilMs;
            deleted.push(await deleteCalls(store, { fromMs: step.fromMs, untilMs }));
            wanted.push(kept.filter(isGone).length);
            kept = kept.filter((call) => !isGone(call));
          }
        }
        expect(deleted).toEqual(wanted);
        for (const by of ["day", "tool", "provider"] as const) {
          const report = await queryUsage(store, by, {});
          expect(
            report.groups
              .map(({ key, calls, errors, cacheHits, costMicroUsd, tokens, unpricedCalls }) => {
                return { key, calls, errors, cacheHits, costMicroUsd: costMicroUsd ?? 0, output: tokens.output, unpricedCalls };
              })
              .toSorted(byKey),
          ).toEqual(addUp(kept, by).toSorted(byKey));
          expect(report.total.calls).toBe(kept.length);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("tell quantiles that are at most a fifth off, apart for first bytes and whole durations", async () => {
    const calls = Array.from({ length: 1_000 }, (_, index) => ({ ...newCall(startMs), firstByteMs: index + 1, totalMs: 10 * (index + 1) }));
    await store.transaction(calls.flatMap(callStatements));
    const { total } = await queryUsage(store, "day", {});
    for (const [found, true_] of [
      [total.firstByteMs.p50, 500],
      [total.firstByteMs.p95, 950],
      [total.totalMs.p50, 5_000],
      [total.totalMs.p95, 9_500],
    ] as const) {
      expect(found).toBeGreaterThan(true_ * 0.8);
      expect(found).toBeLessThan(true_ * 1.2);
    }
  });

  test("tell an unknown cost from none, and count the calls that nobody could price", async () => {
    const unpriced: OpenCall = { ...newCall(startMs), ending: "finished", provider: "groq", tool: "unknown" };
    const priced = { ...unpriced, costMicroUsd: 0, tool: "free" };
    await store.transaction(
      [
        priced,
        unpriced,
        { ...unpriced, costMicroUsd: 3, tool: "mixed" },
        { ...unpriced, tool: "mixed" },
        { ...unpriced, ending: "failed" as const, tool: "mixed" },
      ]
        .map(owned)
        .flatMap(callStatements),
    );
    const { groups } = await queryUsage(store, "tool", {});
    expect(Object.fromEntries(groups.map(({ key, costMicroUsd, unpricedCalls }) => [key, [costMicroUsd, unpricedCalls]]))).toEqual({
      free: [0, 0],
      unknown: [null, 1],
      mixed: [3, 1],
    });
  });

  test("let no stranger fill them with names: a refused call without a key has none", async () => {
    await store.transaction(
      Array.from({ length: 50 }, (_, index) => callStatements({ ...newCall(startMs), tool: `tool ${index}` })).flat(),
    );
    expect((await queryUsage(store, "tool", {})).groups.map(({ key, calls }) => [key, calls])).toEqual([["", 50]]);
  });

  test("can be narrowed to days and names", async () => {
    const calls = [0, 1, 2].flatMap((day) =>
      ["aider", "codex"].map((tool) => owned({ ...newCall(startMs + day * dayMs), tool, provider: "groq" })),
    );
    await store.transaction(calls.flatMap(callStatements));
    const report = await queryUsage(store, "day", { since: startMs + dayMs, until: startMs + 2 * dayMs + 1, tool: "codex" });
    expect(report.groups.map(({ key, calls: count }) => [key, count])).toEqual(
      [1, 2].map((day) => [dayText(localDay(startMs + day * dayMs)), 1]),
    );
  });
});

describe("forgetOld()", () => {
  test("forgets what is older than it may be, bodies too, and nothing that is younger", async () => {
    const old = { ...newCall(startMs), bodyId: 7 };
    await store.transaction([
      ...[old, newCall(startMs + 20 * dayMs), newCall(startMs + 30 * dayMs), newCall(startMs + 31 * dayMs)].flatMap(callStatements),
      { sql: "INSERT INTO call_bodies VALUES (7, ?, 'question', 'answer', 8, 6)", parameters: [startMs] },
    ]);
    await sumUp(store);
    expect(await forgetOld(store, { nowMs: startMs + 31 * dayMs, retentionMs: 15 * dayMs })).toBe(1);
    expect(await store.all("SELECT count(*) AS calls FROM calls")).toEqual([{ calls: 3 }]);
    expect(await store.all("SELECT id FROM call_bodies")).toEqual([]);
    expect((await queryUsage(store, "day", {})).total.calls).toBe(3);
  });

  test("a clock that is ten years ahead for a day makes nothing old", async () => {
    const ahead = startMs + 3_650 * dayMs;
    await store.transaction([newCall(startMs), newCall(startMs + dayMs), newCall(ahead)].flatMap(callStatements));
    await sumUp(store);
    expect(await forgetOld(store, { nowMs: ahead, retentionMs: 365 * dayMs })).toBe(0);
  });
});

describe("the log as it is read", () => {
  test("comes page by page, the newest first, without a gap or a double", async () => {
    await store.transaction(
      Array.from({ length: 25 }, (_, index) => callStatements({ ...newCall(startMs + index), traceId: `${index}` })).flat(),
    );
    const seen: (string | null)[] = [];
    for (let beforeId: number | null = null; ;) {
      const page = await readCalls(store, {}, { beforeId, limit: 10 });
      seen.push(...page.calls.map((call) => call.traceId));
      if (page.next === null) break;
      beforeId = page.next;
    }
    expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => `${24 - index}`));
  });

  test("is exported whole, more than a page of it, as JSON and as CSV", async () => {
    const calls = Array.from({ length: 2_345 }, (_, index) => ({
      ...newCall(startMs + index),
      inputTokens: 10,
      cachedInputTokens: 4,
      traceId: `t${index}`,
    }));
    await store.transaction(calls.flatMap(callStatements));
    const exported = JSON.parse(await new Response(exportJson(store, {})).text()) as { traceId: string; uncachedInputTokens: number }[];
    expect(exported.map(({ traceId }) => traceId)).toEqual(calls.map(({ traceId }) => traceId).reverse());
    expect(exported[0]?.uncachedInputTokens).toBe(6);
    expect((await new Response(exportCsv(store, {})).text()).trimEnd().split("\r\n")).toHaveLength(2_346);
    expect(JSON.parse(await new Response(exportJson(store, { tool: "nobody" })).text())).toEqual([]);
  });

  test("gives a spreadsheet no formula and no broken line, whatever a tool calls itself", async () => {
    await store.transaction(callStatements({ ...newCall(startMs), userAgent: '=HYPERLINK("http://x","y")\r\nmore, and more' }));
    expect(await new Response(exportCsv(store, {})).text()).toContain(`,"'=HYPERLINK(""http://x"",""y"")\r\nmore, and more",`);
  });
});

/** As the holder of a key would have made it. */
function owned(call: OpenCall): OpenCall {
  return { ...call, grantId: "grant" };
}

function byKey(one: { readonly key: string }, other: { readonly key: string }): number {
  return one.key < other.key ? -1 : 1;
}

/** The same, the slow way. */
function addUp(calls: readonly Partial<OpenCall>[], by: "day" | "tool" | "provider") {
  const groups = Map.groupBy(calls, (call) => (by === "day" ? dayText(localDay(call.startedAtMs ?? 0)) : (call[by] ?? "")));
  return [...groups].map(([key, group]) => ({
    key,
    calls: group.length,
    errors: group.filter(({ ending }) => ending === "failed" || ending === "truncated").length,
    cacheHits: group.filter(({ cacheStatus }) => cacheStatus === "HIT").length,
    costMicroUsd: group.reduce((sum, call) => sum + (call.costMicroUsd ?? 0), 0),
    output: group.reduce((sum, call) => sum + (call.outputTokens ?? 0), 0),
    unpricedCalls: group.filter(({ costMicroUsd, provider, ending }) => costMicroUsd === null && provider !== null && ending !== "failed")
      .length,
  }));
}
