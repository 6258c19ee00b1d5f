import type { UsageStep } from "#shared/contract/usage.ts";
import type { UsageSearch } from "./search.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const mostHours = 49;
const mostDays = 100;
const mostWeeksDays = 740;

/** A stretch of time, and how finely it is cut. */
export interface Span {
  readonly since: number;
  readonly until: number;
  readonly step: UsageStep;
}

/**
 * The time that the URL names, to the end of the step that runs: the question stays the same while the answer grows.
 *
 * @param nowMs in the time zone of this machine, which is Postern's too
 */
export function spanOf({ period = "7d", from, to }: Pick<UsageSearch, "period" | "from" | "to">, nowMs: number): Span {
  const nextHour = Math.floor(nowMs / hourMs + 1) * hourMs;
  const midnight = new Date(nowMs).setHours(0, 0, 0, 0);
  const tomorrow = daysFrom(midnight, 1);
  switch (period) {
    case "today":
      return { since: midnight, until: nextHour, step: "hour" };
    case "24h":
      return { since: nextHour - dayMs, until: nextHour, step: "hour" };
    case "7d":
      return { since: daysFrom(midnight, -6), until: tomorrow, step: "day" };
    case "30d":
      return { since: daysFrom(midnight, -29), until: tomorrow, step: "day" };
    case "90d":
      return { since: daysFrom(midnight, -89), until: tomorrow, step: "day" };
    case "12m": {
      const date = new Date(midnight);
      return { since: new Date(date.getFullYear(), date.getMonth() - 11, 1).getTime(), until: tomorrow, step: "month" };
    }
    case "custom":
      return customSpan(from, to, midnight);
    default:
      return period satisfies never;
  }
}

/** `2026-11-21` for a moment's day here. */
export function dayName(atMs: number): string {
  const date = new Date(atMs);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}

function customSpan(from: string | undefined, to: string | undefined, midnight: number): Span {
  const one = from === undefined ? daysFrom(midnight, -6) : readDay(from);
  const other = to === undefined ? midnight : readDay(to);
  const since = Math.min(one, other);
  const until = daysFrom(Math.max(one, other), 1);
  const lengthMs = until - since;
  if (lengthMs <= mostHours * hourMs) return { since, until, step: "hour" };
  return { since, until, step: lengthMs <= mostDays * dayMs ? "day" : lengthMs <= mostWeeksDays * dayMs ? "week" : "month" };
}

function readDay(text: string): number {
  const [year = 1970, month = 1, day = 1] = text.split("-").map(Number);
  return new Date(year, month - 1, day).getTime();
}

function daysFrom(midnight: number, days: number): number {
  const date = new Date(midnight);
  date.setDate(date.getDate() + days);
  return date.getTime();
}
