import { writeFileSync } from "node:fs";
import { arch, cpus, loadavg, platform, totalmem } from "node:os";
import path from "node:path";
import { version } from "#shared/version.ts";
import { portkeyVersion } from "./install-portkey.ts";
import type { MicroResult } from "./micro.ts";
import { type Column, type MeasureId, measures, type Samples } from "./samples.ts";
import type { Sizes } from "./sizes.ts";
import { judgeTargets, type TargetResult } from "./targets.ts";

/** Everything that a run found. */
export interface BenchRun {
  readonly samples: Samples;
  readonly micro: readonly MicroResult[];
  readonly generator: string;
  readonly sizes: Sizes;
  readonly quick: boolean;
  readonly seconds: number;
}

const columns: readonly Column[] = ["direct", "relay", "postern", "bundle", "portkey"];
const resultFile = path.resolve(import.meta.dirname, "../../bench.json");

/**
 * Prints the figures and writes `bench.json` at the top of the repository.
 *
 * @returns how many targets are missed
 */
export function report(run: BenchRun): number {
  const targets = judgeTargets(run.samples);
  const ids = Object.keys(measures) as MeasureId[];
  const rows = ids.map((id) => [
    `${measures[id].title}${measures[id].unit === "requests/s" ? "" : ` (${measures[id].unit})`}`,
    ...columns.map((column) => figure(run.samples.median(id, column))),
    ratio(run.samples.ratio(id, "postern", "relay")),
    ratio(run.samples.ratio(id, "postern", "portkey")),
  ]);
  printTable(["", ...columns, "postern/relay", "postern/portkey"], rows);
  printTable(
    ["part of the hot path", "us per call"],
    run.micro.map(({ title, microseconds }) => [title, figure(microseconds)]),
  );
  printTable(
    ["target", "measure", "found", "at most", ""],
    targets.map((target) => [target.words, `${target.measure} ${target.column}`, ...verdict(target)]),
  );
  writeFileSync(resultFile, `${JSON.stringify(describe(run, targets), null, 2)}\n`);
  console.log(`${run.generator}, ${run.sizes.rounds} rounds, ${run.seconds.toFixed(0)} s. Everything is in bench.json.`);
  return targets.filter(({ isMet }) => isMet === false).length;
}

function describe({ samples, micro, generator, sizes, quick, seconds }: BenchRun, targets: readonly TargetResult[]): object {
  const figures = (Object.keys(measures) as MeasureId[]).map((id) => ({
    id,
    ...measures[id],
    columns: Object.fromEntries(
      columns.flatMap((column) => {
        const rounds = samples.all(id, column);
        if (rounds.length === 0) return [];
        return [
          [
            column,
            {
              median: samples.median(id, column),
              toRelay: samples.ratio(id, column, "relay"),
              toPortkey: samples.ratio(id, column, "portkey"),
              rounds,
            },
          ],
        ];
      }),
    ),
  }));
  return {
    measuredAt: new Date().toISOString(),
    seconds,
    quick,
    generator,
    versions: { postern: version, node: process.version, portkey: portkeyVersion },
    machine: {
      platform: platform(),
      arch: arch(),
      processors: cpus().map(({ model }) => model),
      memoryBytes: totalmem(),
      loadAverage: loadavg(),
    },
    sizes,
    figures,
    micro,
    targets,
  };
}

function verdict({ found, atMost, isMet }: TargetResult): string[] {
  return [figure(found), figure(atMost), isMet === null ? "not measured" : isMet ? "met" : "MISSED"];
}

function figure(value: number | null): string {
  if (value === null) return "-";
  return Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function ratio(value: number | null): string {
  return value === null ? "-" : `${value.toFixed(2)}x`;
}

/** The first column is words, on the left; the others are figures, on the right. */
function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((title, index) => Math.max(title.length, ...rows.map((row) => row[index]?.length ?? 0)));
  const print = (cells: readonly string[]): void =>
    console.log(
      cells
        .map((cell, index) => (index === 0 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0)))
        .join("  ")
        .trimEnd(),
    );
  print(head);
  print(widths.map((width) => "-".repeat(width)));
  rows.forEach(print);
  console.log();
}
