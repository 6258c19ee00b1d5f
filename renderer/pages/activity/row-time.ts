const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric" });
const dayMs = 86_400_000;

/** The time of a call as its row has room for it: the clock of the last day, the date of what is older. */
export function formatRowTime(atMs: number): string {
  return Date.now() - atMs < dayMs ? clock.format(atMs) : day.format(atMs);
}
