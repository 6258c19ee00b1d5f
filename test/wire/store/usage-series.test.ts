import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openStore } from "#core/store/open-store.ts";
import type { Store } from "#core/store/store.ts";
import { callStatements, newCall, type OpenCall } from "#core/usage/call-record.ts";
import { readCalls } from "#core/usage/read-calls.ts";
import { exportUsageCsv, queryUsageSeries } from "#core/usage/usage-series.ts";
import { stepStarts } from "#core/usage/usage-steps.ts";

const hourMs = 3_600_000;
/** Noon in whatever zone the tests run in. */
const noonMs = new Date(2026, 8, 1, 12).getTime();

let folder: string;
let store: Store;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "postern-series-"));
  store = await openStore(path.join(folder, "postern.db"));
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

async function log(...calls: readonly Partial<OpenCall>[]): Promise<void> {
  await store.transaction(calls.flatMap((call) => callStatements({ ...newCall(noonMs), ending: "finished", provider: "openai", ...call })));
}

const everything = { by: "tool", rank: "cost", most: 8 } as const;

describe("queryUsageSeries()", () => {
  test("has a point for each day, those without a call too, and the same sums as its groups", async () => {
    await log(
      { tool: "aider", costMicroUsd: 5, savedMicroUsd: 2, startedAtMs: noonMs },
      { tool: "codex", costMicroUsd: 7, startedAtMs: noonMs },
      { tool: "codex", costMicroUsd: 11, startedAtMs: noonMs + 48 * hourMs, ending: "failed", totalMs: 100 },
      { tool: "codex", costMicroUsd: 100, startedAtMs: noonMs - 24 * hourMs },
    );
    const series = await queryUsageSeries(store, { ...everything, step: "day", since: noonMs, until: noonMs + 49 * hourMs });
    expect(
      series.points.map(({ startMs, groups }) => [new Date(startMs).getDate(), groups.map((one) => [one.key, one.costMicroUsd])]),
    ).toEqual([
      [
        1,
        [
          ["aider", 5],
          ["codex", 7],
        ],
      ],
      [2, []],
      [3, [["codex", 11]]],
    ]);
    expect(series.groups.map(({ key, costMicroUsd, errors }) => [key, costMicroUsd, errors])).toEqual([
      ["codex", 18, 1],
      ["aider", 5, 0],
    ]);
    expect([series.total.calls, series.total.costMicroUsd, series.total.savedMicroUsd, series.before.costMicroUsd]).toEqual([
      3, 23, 2, 100,
    ]);
  });

  test("counts hours from the calls themselves, and folds what has no name of its own into others", async () => {
    await log(...["a", "b", "c"].map((tool, index) => ({ tool, costMicroUsd: 10 - index, startedAtMs: noonMs + hourMs + index })), {
      tool: "a",
      costMicroUsd: 1,
      startedAtMs: noonMs - hourMs,
    });
    const series = await queryUsageSeries(store, { ...everything, most: 1, step: "hour", since: noonMs, until: noonMs + 3 * hourMs });
    expect(series.points.map(({ total }) => total.calls)).toEqual([0, 3, 0]);
    expect([series.groups.map(({ key }) => key), series.others?.costMicroUsd, series.otherCount]).toEqual([["a"], 17, 2]);
    expect(series.points[1]?.others?.calls).toBe(2);
    expect(series.before.calls).toBe(1);
  });

  test("holds the names that a filter has, by the hour and by the day alike", async () => {
    await log({ tool: "a", modelServed: "m" }, { tool: "a", modelServed: "n" }, { tool: "b", modelServed: "m" }, { tool: "a" });
    const asked = { ...everything, tool: "a", since: noonMs, until: noonMs + hourMs };
    for (const step of ["hour", "day", "week", "month"] as const) {
      const { total } = await queryUsageSeries(store, { ...asked, by: "model", step, model: "m" });
      expect(total.calls).toBe(1);
      expect((await queryUsageSeries(store, { ...asked, by: "model", step, model: "" })).total.calls).toBe(1);
    }
  });

  test("refuses more hours than can be counted at once, and a period that ends before it begins", async () => {
    const asked = { ...everything, step: "hour", since: noonMs } as const;
    await expect(queryUsageSeries(store, { ...asked, until: noonMs + 100 * hourMs })).rejects.toThrow("longer than three days");
    await expect(queryUsageSeries(store, { ...asked, until: noonMs })).rejects.toThrow('"until" must be later');
  });
});

test("exportUsageCsv() writes a line for each step and group, and no formula", async () => {
  await log({ tool: "=cmd|' /C calc'!A0", costMicroUsd: 1_500_000 }, { tool: "plain" });
  const csv = await new Response(await exportUsageCsv(store, { by: "tool", step: "day", since: noonMs, until: noonMs + hourMs })).text();
  const [names, ...lines] = csv.trimEnd().split("\r\n");
  expect(names).toMatch(/^start,tool,calls,errors,/);
  expect(new Set(lines.map((line) => line.split(",")[1]))).toEqual(new Set(["'=cmd|' /C calc'!A0", "plain"]));
  expect(lines.some((line) => line.split(",")[10] === "1.5")).toBe(true);
});

test("stepStarts() begins weeks on Monday and months on their first, whatever a day's length", () => {
  const texts = (step: "week" | "month"): string[] =>
    stepStarts(step, new Date(2026, 2, 25, 13).getTime(), new Date(2026, 3, 7).getTime()).map((ms) => new Date(ms).toDateString());
  expect(texts("week")).toEqual(["Mon Mar 23 2026", "Mon Mar 30 2026", "Mon Apr 06 2026", "Mon Apr 13 2026"]);
  expect(texts("month")).toEqual(["Sun Mar 01 2026", "Wed Apr 01 2026", "Fri May 01 2026"]);
});

describe("readCalls()", () => {
  const ids = async (filter: Parameters<typeof readCalls>[1]): Promise<readonly (string | null)[]> =>
    (await readCalls(store, filter, { beforeId: null, limit: 50 })).calls.map(({ traceId }) => traceId);

  test("finds by every kind of filter", async () => {
    await log(
      { traceId: "ok", status: 200, totalMs: 10, alias: "fast", modelServed: "gpt-4o", cacheStatus: "HIT" },
      { traceId: "limit", status: 429, ending: "failed", errorCode: "rate_limited", totalMs: 900, modelAsked: "100%_x" },
      { traceId: "left", status: null, ending: "client_closed", provider: null },
      { traceId: "broke", status: 200, ending: "truncated", errorCode: "upstream_truncated" },
    );
    expect(await ids({ outcome: "error" })).toEqual(["broke", "limit"]);
    expect(await ids({ outcome: "left" })).toEqual(["left"]);
    expect(await ids({ status: "4xx" })).toEqual(["limit"]);
    expect(await ids({ status: "200" })).toEqual(["broke", "ok"]);
    expect(await ids({ error: "rate_limited" })).toEqual(["limit"]);
    expect(await ids({ slowerMs: 900 })).toEqual(["limit"]);
    expect(await ids({ cache: "HIT" })).toEqual(["ok"]);
    expect(await ids({ provider: "" })).toEqual(["left"]);
    expect(await ids({ model: "100%_x" })).toEqual(["limit"]);
    expect(await ids({ text: "GPT-4" })).toEqual(["ok"]);
    expect(await ids({ text: "0%_" })).toEqual(["limit"]);
    expect(await ids({ text: "0_%" })).toEqual([]);
    expect(await ids({ ending: "truncated", trace: "broke" })).toEqual(["broke"]);
  });

  test("finds a call by what any of its tries says, whether that stands in the try or only in the call's own columns", async () => {
    const times = { startMs: 0, connectMs: 1, headMs: 2, firstByteMs: null, totalMs: 4 };
    const failed = {
      provider: "groq",
      model: "llama-9",
      keyName: "spare",
      status: 429,
      errorCode: "rate_limited",
      ...times,
      why: "gave up",
    };
    const answered = { provider: "openai", model: null, keyName: null, status: 200, errorCode: null, ...times };
    const ofFailed = { provider: "groq", modelServed: "llama-9", keyName: "spare", status: 429, errorCode: "rate_limited" };
    await log(
      { traceId: "went on", status: 200, attempts: [failed, answered] },
      { traceId: "plain", status: 200, attempts: [answered] },
      { traceId: "failed", ...ofFailed, ending: "failed", attempts: [failed] },
    );
    for (const text of ["groq", "llama-9", "spare", "429", "rate_limited", "gave up"])
      expect(await ids({ text })).toEqual(["failed", "went on"]);
  });

  test("finds a rare call among many, page by page, and what came after one that is known", async () => {
    await log(...Array.from({ length: 50_000 }, (_, index) => ({ tool: index % 20_000 === 7 ? "rare" : "common", traceId: `${index}` })));
    expect(await ids({ tool: "rare" })).toEqual(["40007", "20007", "7"]);
    const later = await readCalls(store, {}, { beforeId: null, afterId: 49_998, limit: 50 });
    expect([later.calls.map(({ id }) => id), later.next]).toEqual([[50_000, 49_999], null]);
    const cut = await readCalls(store, { tool: "rare" }, { beforeId: null, limit: 1 });
    const rest = await readCalls(store, { tool: "rare" }, { beforeId: cut.next, limit: 5 });
    expect([cut.calls.length, rest.calls.map(({ traceId }) => traceId), rest.next]).toEqual([1, ["20007", "7"], null]);
  });
});
