import { PairMap } from "#shared/pair-map.ts";
import type { CallRecord } from "#core/usage/call-record.ts";

/** What is true now, beside what was counted. */
export interface Gauges {
  readonly callsUnderWay: number;
  readonly version: string;
  readonly startedAtMs: number;
}

/** Counts calls for `GET /metrics`. */
export interface CallMetrics {
  /** Counts a call that has ended. */
  observe(record: CallRecord): void;
  /** Everything in Prometheus' text format, 0.0.4. @see https://prometheus.io/docs/instrumenting/exposition_formats/ */
  render(gauges: Gauges): string;
}

/** Seconds. From a cached answer to a model that thinks for ten minutes. */
const durationBuckets = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];
/** Names of models come from clients: what is beyond this many is counted together. */
const mostSeries = 2_000;
const longestName = 200;

/** Everything that is counted of calls of one kind. */
interface Series {
  readonly endpoint: string;
  readonly provider: string;
  readonly model: string;
  readonly ending: string;
  readonly status: string;
  calls: number;
  inputTokens: number;
  cachedInputTokens: number;
  outputTokens: number;
  reasoningTokens: number;
  costMicroUsd: number;
  readonly durations: Histogram;
  readonly firstBytes: Histogram;
}

/** Counts by bucket, and one for all beyond; and the sum, in seconds. */
interface Histogram {
  readonly counts: number[];
  sum: number;
}

/** Opens the counters at zero. */
export function openCallMetrics(): CallMetrics {
  // One look-up a call: what the exposition tells apart is added up from these when somebody asks.
  const series = new Map<string, Series>();
  const attempts = new PairMap<{ count: number }>();
  let last: { readonly record: CallRecord; readonly series: Series } | null = null;

  function seriesOf(record: CallRecord): Series {
    // Most calls are of the same kind as the one before, and then no key has to be put together.
    if (last === null || !isSameKind(last.record, record)) last = { record, series: findSeries(record) };
    return last.series;
  }

  function findSeries(record: CallRecord): Series {
    const model = record.modelServed ?? record.modelAsked ?? "";
    const key = `${record.endpoint}${separator}${record.provider}${separator}${model}${separator}${record.ending}${separator}${record.status}`;
    const found = series.get(key);
    if (found !== undefined) return found;
    const isNew = series.size < mostSeries;
    const made = isNew ? newSeries(record, model.slice(0, longestName)) : (series.get(others) ?? newSeries(null, others));
    series.set(isNew ? key : others, made);
    return made;
  }

  return {
    observe(record) {
      const one = seriesOf(record);
      one.calls++;
      one.inputTokens += record.inputTokens ?? 0;
      one.cachedInputTokens += record.cachedInputTokens ?? 0;
      one.outputTokens += record.outputTokens ?? 0;
      one.reasoningTokens += record.reasoningTokens ?? 0;
      one.costMicroUsd += record.costMicroUsd ?? 0;
      if (record.totalMs !== null) add(one.durations, record.totalMs / 1_000);
      if (record.firstByteMs !== null) add(one.firstBytes, record.firstByteMs / 1_000);
      for (const attempt of record.attempts) {
        const outcome = attempt.errorCode ?? String(attempt.status ?? "none");
        const known = attempts.get(attempt.provider, outcome);
        if (known !== undefined) known.count++;
        else if (attempts.size < mostSeries) attempts.set(attempt.provider, outcome, { count: 1 });
      }
    },
    render({ callsUnderWay, version, startedAtMs }) {
      const { user, system } = process.cpuUsage();
      const all = [...series.values()];
      const tokens = all.flatMap((one) => [
        [[one.provider, one.model, "input"], one.inputTokens] as const,
        [[one.provider, one.model, "cached_input"], one.cachedInputTokens] as const,
        [[one.provider, one.model, "output"], one.outputTokens] as const,
        [[one.provider, one.model, "reasoning"], one.reasoningTokens] as const,
      ]);
      return `${[
        ...counter(
          "postern_calls_total",
          "Calls that have ended.",
          ["endpoint", "provider", "ending", "status"],
          all.map((one) => [[one.endpoint, one.provider, one.ending, one.status], one.calls]),
        ),
        ...counter(
          "postern_attempts_total",
          "Tries at a provider; outcome is its HTTP status, or why there is none.",
          ["provider", "outcome"],
          Array.from(attempts.entries(), ([provider, outcome, { count }]) => [[provider, outcome], count]),
        ),
        ...counter(
          "postern_tokens_total",
          "Tokens as the providers count them; cached input is part of input, reasoning of output.",
          ["provider", "model", "kind"],
          tokens,
        ),
        ...counter(
          "postern_cost_usd_total",
          "What calls cost, where the price is known.",
          ["provider", "model"],
          all.map((one) => [[one.provider, one.model], one.costMicroUsd / 1_000_000]),
        ),
        ...histogram("postern_call_duration_seconds", "From a call's first byte to its answer's last.", all, ({ durations }) => durations),
        ...histogram("postern_first_byte_seconds", "From a call's first byte to its answer's first.", all, ({ firstBytes }) => firstBytes),
        ...gauge("postern_info", "Which Postern this is.", 1, `{version="${escape(version)}"}`),
        ...gauge("postern_calls_under_way", "Calls without a whole answer yet.", callsUnderWay),
        ...gauge("process_start_time_seconds", "When the process began, in seconds since 1970.", startedAtMs / 1_000),
        ...gauge("process_resident_memory_bytes", "Memory in use.", process.memoryUsage.rss()),
        "# HELP process_cpu_seconds_total Processor time spent.",
        "# TYPE process_cpu_seconds_total counter",
        `process_cpu_seconds_total ${(user + system) / 1_000_000}`,
      ].join("\n")}\n`;
    },
  };
}

function isSameKind(one: CallRecord, other: CallRecord): boolean {
  return (
    one.endpoint === other.endpoint &&
    one.provider === other.provider &&
    one.modelServed === other.modelServed &&
    one.modelAsked === other.modelAsked &&
    one.ending === other.ending &&
    one.status === other.status
  );
}

/** A name that held it would be counted under another one, and nothing worse. */
const separator = "\u0000";
/** What all series beyond the limit are counted under. */
const others = "other";

function newSeries(record: CallRecord | null, model: string): Series {
  const name = (value: string | number | null | undefined): string => (record === null ? others : String(value ?? ""));
  return {
    endpoint: name(record?.endpoint),
    provider: name(record?.provider),
    model,
    ending: name(record?.ending),
    status: name(record?.status),
    calls: 0,
    inputTokens: 0,
    cachedInputTokens: 0,
    outputTokens: 0,
    reasoningTokens: 0,
    costMicroUsd: 0,
    durations: newHistogram(),
    firstBytes: newHistogram(),
  };
}

function newHistogram(): Histogram {
  return { counts: Array<number>(durationBuckets.length + 1).fill(0), sum: 0 };
}

function add(histogram: Histogram, seconds: number): void {
  let index = 0;
  while (index < durationBuckets.length && seconds > (durationBuckets[index] as number)) index++;
  histogram.counts[index] = (histogram.counts[index] ?? 0) + 1;
  histogram.sum += seconds;
}

/** A family of counters. Values of the same labels are added; 0 makes no series. */
function counter(
  name: string,
  help: string,
  labels: readonly string[],
  values: readonly (readonly [readonly string[], number])[],
): string[] {
  const sums = new Map<string, number>();
  for (const [names, value] of values) {
    if (value === 0) continue;
    const written = writeLabels(labels, names);
    sums.set(written, (sums.get(written) ?? 0) + value);
  }
  return [`# HELP ${name} ${help}`, `# TYPE ${name} counter`, ...[...sums].map(([written, value]) => `${name}{${written}} ${value}`)];
}

/** A family of histograms by endpoint and provider. */
function histogram(name: string, help: string, all: readonly Series[], pick: (one: Series) => Histogram): string[] {
  const sums = new Map<string, Histogram>();
  for (const one of all) {
    const written = writeLabels(["endpoint", "provider"], [one.endpoint, one.provider]);
    const sum = sums.get(written) ?? newHistogram();
    const { counts, sum: seconds } = pick(one);
    for (const [index, count] of counts.entries()) sum.counts[index] = (sum.counts[index] ?? 0) + count;
    sum.sum += seconds;
    sums.set(written, sum);
  }
  const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} histogram`];
  for (const [written, { counts, sum }] of sums) {
    let soFar = 0;
    for (const [index, count] of counts.entries())
      lines.push(`${name}_bucket{${written},le="${durationBuckets[index] ?? "+Inf"}"} ${(soFar += count)}`);
    if (soFar > 0) lines.push(`${name}_sum{${written}} ${sum}`, `${name}_count{${written}} ${soFar}`);
    else lines.splice(lines.length - counts.length);
  }
  return lines;
}

function writeLabels(names: readonly string[], values: readonly string[]): string {
  return names.map((name, index) => `${name}="${escape(values[index] ?? "")}"`).join(",");
}

function gauge(name: string, help: string, value: number, labels = ""): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, `${name}${labels} ${value}`];
}

function escape(value: string): string {
  return value.slice(0, longestName).replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
