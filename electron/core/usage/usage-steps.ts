import type { UsageStep } from "#shared/contract/usage.ts";

/**
 * Cuts a period into whole steps of this machine's time zone: a day that is 23 hours long is one all the same. Weeks begin
 * on Monday.
 *
 * @returns the beginning of each step, and the end of the last, in milliseconds since 1970
 */
export function stepStarts(step: UsageStep, sinceMs: number, untilMs: number): readonly number[] {
  const starts = [startOf(step, sinceMs)];
  for (let next = addSteps(step, starts[0] as number, 1); ; next = addSteps(step, next, 1)) {
    starts.push(next);
    if (next >= untilMs) return starts;
  }
}

/** The beginning of a step that is some steps away from another's. */
export function addSteps(step: UsageStep, startMs: number, count: number): number {
  if (step === "hour") return startMs + count * 3_600_000;
  const date = new Date(startMs);
  if (step === "day") date.setDate(date.getDate() + count);
  else if (step === "week") date.setDate(date.getDate() + 7 * count);
  else date.setMonth(date.getMonth() + count);
  return date.getTime();
}

/** The day that a date of this machine's time zone shows: days since 1970-01-01. */
export function dayOfDate(date: Date): number {
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000;
}

function startOf(step: UsageStep, atMs: number): number {
  const date = new Date(atMs);
  if (step === "hour") return date.setMinutes(0, 0, 0);
  date.setHours(0, 0, 0, 0);
  if (step === "week") date.setDate(date.getDate() - ((date.getDay() + 6) % 7));
  if (step === "month") date.setDate(1);
  return date.getTime();
}
