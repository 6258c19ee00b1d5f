import { median } from "./statistics.ts";

/** What a figure says. */
export interface Measure {
  readonly title: string;
  readonly unit: "requests/s" | "us" | "ms" | "MiB";
}

/** Everything that is measured, in the order in which it is printed. */
export const measures = {
  rate1kB1: { title: "requests per second, 1 kB, 1 connection", unit: "requests/s" },
  rate1kB32: { title: "requests per second, 1 kB, 32 connections", unit: "requests/s" },
  rate80kB1: { title: "requests per second, 80 kB, 1 connection", unit: "requests/s" },
  rate80kB32: { title: "requests per second, 80 kB, 32 connections", unit: "requests/s" },
  addedP50At1kB: { title: "added latency p50, 1 kB, 1 connection", unit: "us" },
  addedP99At1kB: { title: "added latency p99, 1 kB, 1 connection", unit: "us" },
  addedP50At80kB: { title: "added latency p50, 80 kB, 1 connection", unit: "us" },
  addedP99At80kB: { title: "added latency p99, 80 kB, 1 connection", unit: "us" },
  addedP50Stream: { title: "added time to a stream's first chunk, p50", unit: "us" },
  addedP99Stream: { title: "added time to a stream's first chunk, p99", unit: "us" },
  cpu1kB1: { title: "CPU per request, 1 kB, 1 connection", unit: "us" },
  cpu1kB32: { title: "CPU per request, 1 kB, 32 connections", unit: "us" },
  cpu80kB1: { title: "CPU per request, 80 kB, 1 connection", unit: "us" },
  cpu80kB32: { title: "CPU per request, 80 kB, 32 connections", unit: "us" },
  cpuPacedChunk: { title: "CPU per streamed chunk, one at a time", unit: "us" },
  cpuBurstChunk: { title: "CPU per streamed chunk, burst", unit: "us" },
  cpuPacedTranslated: { title: "CPU per streamed chunk, Anthropic to OpenAI chat, one at a time", unit: "us" },
  cpuBurstTranslated: { title: "CPU per streamed chunk, Anthropic to OpenAI chat, burst", unit: "us" },
  residentAfterFirst: { title: "memory (RSS) after the load", unit: "MiB" },
  residentAfterSecond: { title: "memory (RSS) after the same load again", unit: "MiB" },
  proportionalAfterFirst: { title: "memory (PSS) after the load", unit: "MiB" },
  proportionalAfterSecond: { title: "memory (PSS) after the same load again", unit: "MiB" },
  startAccepted: { title: "start to first accepted connection", unit: "ms" },
  startAnswered: { title: "start to first whole answer", unit: "ms" },
} as const satisfies Record<string, Measure>;

/** One of {@link measures}. */
export type MeasureId = keyof typeof measures;

/** The ids of {@link measures}. */
export const measureIds = Object.keys(measures) as readonly MeasureId[];

/** What stands in the columns: the subjects, and Postern's bundle beside its source. */
export const columns = ["direct", "relay", "postern", "bundle", "portkey"] as const;

/** One of {@link columns}. */
export type Column = (typeof columns)[number];

/** Collects values by measure and column, one for each round. */
export class Samples {
  readonly #values = new Map<string, number[]>();

  add(measure: MeasureId, column: Column, value: number): void {
    const key = `${measure} ${column}`;
    this.#values.set(key, [...(this.#values.get(key) ?? []), value]);
  }

  /** Every value, in the order of the rounds. */
  all(measure: MeasureId, column: Column): readonly number[] {
    return this.#values.get(`${measure} ${column}`) ?? [];
  }

  /** The median of the rounds; null where nothing was measured. */
  median(measure: MeasureId, column: Column): number | null {
    const values = this.all(measure, column);
    return values.length === 0 ? null : median(values);
  }

  /**
   * How many times another column's value one column's is: the median of the rounds' own ratios, so that a machine that
   * was slower in one round was slower for both. Null where a value is missing, or the other's is not above 0.
   */
  ratio(measure: MeasureId, column: Column, base: Column): number | null {
    const baseValues = this.all(measure, base);
    const ratios = this.all(measure, column).map((value, round) => value / Math.max(0, baseValues[round] ?? 0));
    return ratios.length === 0 || ratios.length !== baseValues.length || !ratios.every(Number.isFinite) ? null : median(ratios);
  }
}
