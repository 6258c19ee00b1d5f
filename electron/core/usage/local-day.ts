const dayMs = 86_400_000;
const minuteMs = 60_000;
/** No zone is farther from UTC. */
const farthestZoneMs = 14 * 3_600_000;

/** The hour that was asked for last, and what it lies beside UTC: zones change their offset on the hour or the half. */
let lastHalfHour = -1;
let lastOffsetMs = 0;

/**
 * The day on which something happened where it happened: days since 1970-01-01 in this machine's time zone. It is kept
 * with each call, so that a day stays what it was when its person moves on to another zone.
 */
export function localDay(atMs: number): number {
  const halfHour = Math.floor(atMs / (30 * minuteMs));
  if (halfHour !== lastHalfHour) {
    lastHalfHour = halfHour;
    lastOffsetMs = -new Date(atMs).getTimezoneOffset() * minuteMs;
  }
  return Math.floor((atMs + lastOffsetMs) / dayMs);
}

/** `2026-11-21` for a day that {@link localDay} gave. */
export function dayText(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}

/** All moments that a day of {@link localDay} can have held, whatever the zone was: from the first until before the second, in milliseconds since 1970. */
export function spanOfDay(day: number): readonly [fromMs: number, beforeMs: number] {
  return [day * dayMs - farthestZoneMs, (day + 1) * dayMs + farthestZoneMs];
}

/** Midnight in UTC of a day that {@link localDay} gave, in milliseconds since 1970. */
export function startOfDay(day: number): number {
  return day * dayMs;
}
