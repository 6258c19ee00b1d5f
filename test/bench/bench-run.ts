import { arch, cpus, loadavg, platform, totalmem } from "node:os";
import { version } from "#shared/version.ts";
import { portkeyVersion } from "./install-portkey.ts";
import type { MicroResult } from "./micro.ts";
import { columns, measureIds, measures, type Samples } from "./samples.ts";
import type { Sizes } from "./sizes.ts";
import type { TargetResult } from "./targets.ts";

/** Everything that a run found. */
export interface BenchRun {
  readonly samples: Samples;
  readonly micro: readonly MicroResult[];
  /** What other work took of the processors before each round, from 0 to 1. */
  readonly foreignLoad: readonly number[];
  readonly generator: string;
  readonly sizes: Sizes;
  readonly isQuick: boolean;
  readonly seconds: number;
}

/** A run as `bench.json` has it: every round's value, the medians, their ratios, and what was measured on what. */
export function describeRun(run: BenchRun, targets: readonly TargetResult[]): object {
  const { samples, micro, foreignLoad, generator, sizes, isQuick, seconds } = run;
  const figures = measureIds.map((id) => ({
    id,
    ...measures[id],
    columns: Object.fromEntries(
      columns
        .filter((column) => samples.all(id, column).length > 0)
        .map((column) => [
          column,
          {
            median: samples.median(id, column),
            toRelay: samples.ratio(id, column, "relay"),
            toPortkey: samples.ratio(id, column, "portkey"),
            rounds: samples.all(id, column),
          },
        ]),
    ),
  }));
  return {
    measuredAt: new Date().toISOString(),
    seconds,
    isQuick,
    generator,
    versions: { postern: version, node: process.version, portkey: portkeyVersion },
    machine: {
      platform: platform(),
      arch: arch(),
      processors: cpus().map(({ model }) => model),
      memoryBytes: totalmem(),
      loadAverage: loadavg(),
    },
    foreignLoad,
    sizes,
    figures,
    micro,
    targets,
  };
}
