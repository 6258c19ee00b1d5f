import type { Column, MeasureId, Samples } from "./samples.ts";

/** A promise about Postern's speed. */
export interface Target {
  readonly words: string;
  readonly measure: MeasureId;
  readonly column: Column;
  /** The column that it is held against; null where the figure itself is. */
  readonly base: Column | null;
  readonly atMost: number;
}

/** How a target stands. */
export interface TargetResult extends Target {
  /** The ratio, or the figure; null where it was not measured. */
  readonly found: number | null;
  readonly isMet: boolean | null;
}

const targets: readonly Target[] = [
  ...(["cpu1kB32", "cpu80kB32"] as const).flatMap((measure): Target[] => [
    { words: "CPU per request: at most 1.6 times the bare relay's", measure, column: "postern", base: "relay", atMost: 1.6 },
    { words: "CPU per request: at most a fifth of the Portkey gateway's", measure, column: "postern", base: "portkey", atMost: 1 / 5 },
  ]),
  ...(["addedP50At1kB", "addedP50At80kB"] as const).map((measure): Target => {
    return { words: "added latency: at most a third of the Portkey gateway's", measure, column: "postern", base: "portkey", atMost: 1 / 3 };
  }),
  ...(["cpuPacedChunk", "cpuBurstChunk"] as const).map((measure): Target => {
    return { words: "CPU per streamed chunk: at most 1.3 times the bare relay's", measure, column: "postern", base: "relay", atMost: 1.3 };
  }),
  ...(["cpuPacedTranslated", "cpuBurstTranslated"] as const).flatMap((measure): Target[] => [
    { words: "CPU per translated chunk: at most 2.5 times the bare relay's", measure, column: "postern", base: "relay", atMost: 2.5 },
    { words: "CPU per translated chunk: below the Portkey gateway's", measure, column: "postern", base: "portkey", atMost: 1 },
  ]),
  ...(["residentAfterFirst", "residentAfterSecond"] as const).map((measure): Target => {
    return { words: "memory after the load: at most 1.2 times the bare relay's", measure, column: "postern", base: "relay", atMost: 1.2 };
  }),
  ...(["postern", "bundle"] as const).map((column): Target => {
    return { words: "ready within 500 ms of its start", measure: "startAccepted", column, base: null, atMost: 500 };
  }),
];

/** Postern's memory may grow by this factor from one load to the same load again. */
const flatnessFactor = 1.05;

/** Holds what was measured against what was promised. */
export function judgeTargets(samples: Samples): readonly TargetResult[] {
  const judged = targets.map((target): TargetResult => {
    const { measure, column, base } = target;
    const found = base === null ? samples.median(measure, column) : samples.ratio(measure, column, base);
    return { ...target, found, isMet: found === null ? null : found <= target.atMost };
  });
  return [...judged, judgeFlatness(samples)];
}

function judgeFlatness(samples: Samples): TargetResult {
  const first = samples.median("residentAfterFirst", "postern");
  const second = samples.median("residentAfterSecond", "postern");
  const found = first === null || second === null ? null : second / first;
  return {
    words: "memory is flat: the same load again adds at most 5 %",
    measure: "residentAfterSecond",
    column: "postern",
    base: null,
    atMost: flatnessFactor,
    found,
    isMet: found === null ? null : found <= flatnessFactor,
  };
}
