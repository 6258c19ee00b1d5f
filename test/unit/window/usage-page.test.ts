import { expect, test } from "vitest";
import { axisTicks, type ChartData } from "../../../renderer/pages/usage/chart-data.ts";
import { dayName, spanOf } from "../../../renderer/pages/usage/span.ts";

const nowMs = new Date(2026, 10, 21, 14, 30).getTime();
const hourMs = 3_600_000;

test("spanOf() reaches to the end of the step that runs, and cuts longer times coarser", () => {
  const of = (period: Parameters<typeof spanOf>[0]): (string | number)[] => {
    const { since, until, step } = spanOf(period, nowMs);
    return [dayName(since), dayName(until - 1), step];
  };
  expect(of({ period: "today" })).toEqual(["2026-11-21", "2026-11-21", "hour"]);
  expect(spanOf({ period: "24h" }, nowMs)).toEqual({ since: nowMs - 23.5 * hourMs, until: nowMs + 0.5 * hourMs, step: "hour" });
  expect(of({})).toEqual(["2026-11-15", "2026-11-21", "day"]);
  expect(of({ period: "90d" })).toEqual(["2026-08-24", "2026-11-21", "day"]);
  expect(of({ period: "12m" })).toEqual(["2025-12-01", "2026-11-21", "month"]);
  expect(of({ period: "custom", from: "2026-02-03", to: "2026-02-03" })).toEqual(["2026-02-03", "2026-02-03", "hour"]);
  // The wrong way round is meant the right way round.
  expect(of({ period: "custom", from: "2026-02-03", to: "2026-01-01" })).toEqual(["2026-01-01", "2026-02-03", "day"]);
  expect(of({ period: "custom", from: "2025-02-03", to: "2026-02-03" })[2]).toBe("week");
  expect(of({ period: "custom", from: "2020-02-03", to: "2026-02-03" })[2]).toBe("month");
});

test("axisTicks() are round, hold all that is drawn, and are whole where there are no halves", () => {
  const data = (...values: readonly (readonly number[])[]): ChartData => ({
    series: (values[0] ?? []).map((_, index) => ({ id: `s${String(index)}`, name: "", colour: "", total: 1 })),
    rows: values.map((row, at) => ({
      startMs: at,
      label: "",
      ...Object.fromEntries(row.map((value, index) => [`s${String(index)}`, value])),
    })),
  });
  const stacked = { isStacked: true, isWhole: false };
  expect(axisTicks(data([3, 4], [1, 0]), stacked)).toEqual([0, 2, 4, 6, 8]);
  expect(axisTicks(data([3, 4]), { isStacked: false, isWhole: false })).toEqual([0, 1, 2, 3, 4]);
  expect(axisTicks(data([1]), { isStacked: true, isWhole: true })).toEqual([0, 1]);
  expect(axisTicks(data([-30], [70]), stacked)).toEqual([-50, -25, 0, 25, 50, 75]);
  expect(axisTicks(data([0]), stacked).at(-1)).toBeGreaterThan(0);
  for (const most of [0.000_012, 0.018, 17, 123_456, 9_999_999]) {
    const ticks = axisTicks(data([most]), stacked);
    expect(ticks.at(-1)).toBeGreaterThanOrEqual(most * 0.999_999);
    expect(ticks.length).toBeLessThanOrEqual(7);
  }
});
