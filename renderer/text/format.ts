// Numbers, money, times and sizes as the person's own locale writes them.

const microPerDollar = 1_000_000;
const integer = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat(undefined, { notation: "compact", maximumSignificantDigits: 3 });
const percent = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 1 });
const seconds = new Intl.NumberFormat(undefined, { style: "unit", unit: "second", unitDisplay: "narrow", maximumFractionDigits: 1 });
const milliseconds = new Intl.NumberFormat(undefined, {
  style: "unit",
  unit: "millisecond",
  unitDisplay: "narrow",
  maximumFractionDigits: 0,
});
const minutes = new Intl.NumberFormat(undefined, { style: "unit", unit: "minute", unitDisplay: "narrow", maximumFractionDigits: 1 });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto", style: "short" });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const month = new Intl.DateTimeFormat(undefined, { month: "short", year: "numeric", timeZone: "UTC" });
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium", hourCycle: "h23" });

/** What stands where nothing is known; never a zero. */
export const unknownText = "–";

/** `12,345` */
export function formatCount(count: number | null): string {
  return count === null ? unknownText : integer.format(count);
}

/** `12.3K`, for places where a column is narrow. */
export function formatCompact(count: number | null): string {
  return count === null ? unknownText : compact.format(count);
}

/** A share between 0 and 1: `12.5%`. */
export function formatShare(share: number | null): string {
  return share === null ? unknownText : percent.format(share);
}

/** Millionths of a US dollar, with the digits that matter: `$12.34`, `$0.0042`, `<$0.000001`. */
export function formatMoney(microUsd: number | null): string {
  if (microUsd === null) return unknownText;
  const dollars = microUsd / microPerDollar;
  if (dollars !== 0 && Math.abs(dollars) < 0.000_001) return `<${dollarText(0.000_001, 6, 6)}`;
  if (dollars === 0 || Math.abs(dollars) >= 0.1) return dollarText(dollars, 2, 2);
  // Two digits that say something, however small.
  const places = Math.min(6, 1 - Math.floor(Math.log10(Math.abs(dollars))));
  return dollarText(dollars, 2, Math.max(2, places));
}

/** US dollars for a million tokens, with at most three digits that matter; null is unknown, and 0 is the caller's "Free". */
export function formatPerMillion(usd: number | null): string {
  if (usd === null) return unknownText;
  if (Number.isInteger(usd)) return dollarText(usd, 0, 0);
  // Two digits at least, so that a column of prices reads as one; below a dollar, three that say something.
  return dollarText(usd, 2, usd >= 1 ? 2 : Math.min(9, 2 - Math.floor(Math.log10(usd))));
}

/** A context length in the field's own way: `128K`, `1M`. */
export function formatContext(tokens: number | null): string {
  if (tokens === null) return unknownText;
  if (tokens >= 1_000_000) return `${round(tokens / (tokens % 1_048_576 === 0 ? 1_048_576 : 1_000_000))}M`;
  return tokens < 1_000 ? String(tokens) : `${round(tokens / (tokens % 1_024 === 0 ? 1_024 : 1_000))}K`;
}

/** `850 ms`, `1.2s`, `2.5m`. */
export function formatDuration(ms: number | null): string {
  if (ms === null) return unknownText;
  if (ms < 999.5) return milliseconds.format(ms);
  return ms < 60_000 ? seconds.format(ms / 1_000) : minutes.format(ms / 60_000);
}

/** `3 min. ago`, `in 2 hr.`, `now`. */
export function formatAgo(atMs: number, nowMs: number): string {
  const passed = (atMs - nowMs) / 1_000;
  const size = Math.abs(passed);
  if (size < 45) return relative.format(0, "second");
  if (size < 2_700) return relative.format(Math.round(passed / 60), "minute");
  if (size < 79_200) return relative.format(Math.round(passed / 3_600), "hour");
  if (size < 2_592_000) return relative.format(Math.round(passed / 86_400), "day");
  return size < 28_512_000
    ? relative.format(Math.round(passed / 2_592_000), "month")
    : relative.format(Math.round(passed / 31_536_000), "year");
}

/** Date and time, to the second. */
export function formatMoment(atMs: number): string {
  return moment.format(atMs);
}

/** A date. */
export function formatDay(atMs: number): string {
  return day.format(atMs);
}

/** A month: `Nov 2026`. For dates that are the same everywhere, such as when something came out. */
export function formatMonth(atMs: number): string {
  return month.format(atMs);
}

/** The time of day, to the second. */
export function formatClock(atMs: number): string {
  return clock.format(atMs);
}

/** `1.5 MB`, by thousands. */
export function formatBytes(bytes: number | null): string {
  if (bytes === null) return unknownText;
  const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;
  const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return new Intl.NumberFormat(undefined, {
    style: "unit",
    unit: units[step] as string,
    unitDisplay: step === 0 ? "long" : "short",
    maximumFractionDigits: 1,
  }).format(bytes / 1_000 ** step);
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** Making a format takes a hundred times as long as using it, and a table has hundreds of amounts. */
const dollarFormats = new Map<number, Intl.NumberFormat>();

function dollarText(dollars: number, least: number, most: number): string {
  const key = least * 100 + most;
  let format = dollarFormats.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat(undefined, {
      style: "currency",
      currency: "USD",
      minimumFractionDigits: least,
      maximumFractionDigits: most,
    });
    dollarFormats.set(key, format);
  }
  return format.format(dollars);
}
