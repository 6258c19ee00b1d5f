import type { UsageGroup, UsageSeries, UsageStep } from "#shared/contract/usage.ts";

/** What a chart can show of a group: always a number, so that it can be drawn. */
export type MeasureOf = (group: UsageGroup) => number;

/** One colour of a chart. */
export interface Series {
  /** Its field in each row. */
  readonly id: string;
  readonly name: string;
  /** A colour token of the style. */
  readonly colour: string;
  /** Over the whole period. */
  readonly total: number;
}

/** One step of time with a number for each series. */
export interface ChartRow {
  readonly startMs: number;
  readonly label: string;
  readonly [series: string]: number | string | null;
}

/** What a chart is drawn from, and what the table under it says. */
export interface ChartData {
  readonly series: readonly Series[];
  readonly rows: readonly ChartRow[];
}

const namedColours = 7;
const othersColour = "var(--series-8)";

/** Splits a measure by group: the groups that matter most by name, and all others as one. */
export function stackOf(
  usage: UsageSeries,
  measure: MeasureOf,
  { nameOf, others }: { readonly nameOf: (key: string) => string; readonly others: (count: number) => string },
): ChartData {
  const named = usage.groups.slice(0, namedColours);
  const rest = usage.groups.slice(namedColours);
  const restCount = rest.length + usage.otherCount;
  const restKeys = new Set(rest.map(({ key }) => key));
  const restOf = (groups: readonly UsageGroup[], other: UsageGroup | null): number =>
    groups.filter(({ key }) => restKeys.has(key)).reduce((sum, group) => sum + measure(group), 0) + (other === null ? 0 : measure(other));
  const series: Series[] = named.map((group, index) => ({
    id: `s${String(index)}`,
    name: nameOf(group.key),
    colour: `var(--series-${String(index + 1)})`,
    total: measure(group),
  }));
  if (restCount > 0) series.push({ id: "rest", name: others(restCount), colour: othersColour, total: restOf(usage.groups, usage.others) });
  const rows = usage.points.map((point): ChartRow => {
    const found = new Map(point.groups.map((group) => [group.key, measure(group)]));
    const values = Object.fromEntries(named.map((group, index) => [`s${String(index)}`, found.get(group.key) ?? 0]));
    const last = restCount > 0 ? { rest: restOf(point.groups, point.others) } : {};
    return { startMs: point.startMs, label: stepLabel(point.startMs, usage.step), ...values, ...last };
  });
  return { series: series.filter(({ total }) => total !== 0), rows };
}

/** Several measures of everything together. Null is a step of which nothing is known. */
export function linesOf(
  usage: UsageSeries,
  lines: readonly {
    readonly id: string;
    readonly name: string;
    readonly colour: string;
    readonly of: (group: UsageGroup) => number | null;
  }[],
): ChartData {
  return {
    series: lines.map(({ id, name, colour, of }) => ({ id, name, colour, total: of(usage.total) ?? 0 })),
    rows: usage.points.map((point) => ({
      startMs: point.startMs,
      label: stepLabel(point.startMs, usage.step),
      ...Object.fromEntries(lines.map(({ id, of }) => [id, of(point.total)])),
    })),
  };
}

const formats = {
  hour: new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
  day: new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric" }),
  week: new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric" }),
  month: new Intl.DateTimeFormat(undefined, { month: "short", year: "2-digit" }),
} as const satisfies Record<UsageStep, Intl.DateTimeFormat>;

const longFormats = {
  hour: new Intl.DateTimeFormat(undefined, {
    weekday: "short",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }),
  day: new Intl.DateTimeFormat(undefined, { weekday: "short", month: "short", day: "numeric", year: "numeric" }),
  week: new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric", year: "numeric" }),
  month: new Intl.DateTimeFormat(undefined, { month: "long", year: "numeric" }),
} as const satisfies Record<UsageStep, Intl.DateTimeFormat>;

/** A step's name under the axis. */
export function stepLabel(startMs: number, step: UsageStep): string {
  return formats[step].format(startMs);
}

/** A step's name where there is room. */
export function longStepLabel(startMs: number, step: UsageStep): string {
  return longFormats[step].format(startMs);
}

const tickCount = 4;

/**
 * Where an axis has its lines: at round numbers, from the least to beyond the most of what is drawn, with nothing always
 * among them.
 *
 * @param isStacked whether a step's numbers stand on each other
 * @param isWhole whether there is nothing between 1 and 2
 */
export function axisTicks(
  { rows, series }: ChartData,
  { isStacked, isWhole }: { readonly isStacked: boolean; readonly isWhole: boolean },
): readonly number[] {
  let [least, most] = [0, 0];
  for (const row of rows) {
    const values = series.map(({ id }) => Number(row[id] ?? 0));
    const above = values.filter((value) => value > 0);
    const below = values.filter((value) => value < 0);
    const sum = (some: readonly number[]): number => some.reduce((all, value) => all + value, 0);
    most = Math.max(most, isStacked ? sum(above) : Math.max(0, ...above));
    least = Math.min(least, isStacked ? sum(below) : Math.min(0, ...below));
  }
  const rough = (most - least) / tickCount || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const nice = [1, 2, 2.5, 5, 10].find((step) => step * power >= rough * 0.999) ?? 10;
  const step = isWhole ? Math.max(1, Math.ceil(nice * power)) : nice * power;
  const [from, to] = [Math.floor(least / step), Math.max(Math.ceil(most / step - 1e-9), 1)];
  return Array.from({ length: to - from + 1 }, (_, index) => (from + index) * step);
}

/** All tokens of a group. */
export function tokensOf({ tokens }: UsageGroup): number {
  return tokens.uncachedInput + tokens.cacheRead + tokens.cacheWrite + tokens.output;
}
