import type { BenchRun } from "./bench-run.ts";
import { columns, measureIds, measures } from "./samples.ts";
import type { TargetResult } from "./targets.ts";

/** Words in the first column, figures in the others. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What a run found, for people: the measures, the parts of the hot path, the targets. */
export function tablesOf(run: BenchRun, targets: readonly TargetResult[]): readonly Table[] {
  const { samples, micro } = run;
  return [
    {
      head: ["measure", ...columns, "postern / relay", "postern / portkey"],
      rows: measureIds.map((id) => [
        measures[id].unit === "requests/s" ? measures[id].title : `${measures[id].title} (${measures[id].unit})`,
        ...columns.map((column) => figure(samples.median(id, column))),
        ratio(samples.ratio(id, "postern", "relay")),
        ratio(samples.ratio(id, "postern", "portkey")),
      ]),
    },
    { head: ["part of the hot path", "us per call"], rows: micro.map(({ title, microseconds }) => [title, figure(microseconds)]) },
    {
      head: ["aim", "found", "at most", "is"],
      rows: targets.map(({ words, measure, column, found, atMost, isMet }) => [
        `${words} (${column}: ${measures[measure].title})`,
        figure(found),
        figure(atMost),
        isMet === null ? "not measured" : isMet ? "met" : "MISSED",
      ]),
    },
  ];
}

/** A table for a terminal. */
export function alignedTable({ head, rows }: Table): string {
  const widths = head.map((title, index) => Math.max(title.length, ...rows.map((row) => row[index]?.length ?? 0)));
  const write = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => (index === 0 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0)))
      .join("  ")
      .trimEnd();
  return [write(head), write(widths.map((width) => "-".repeat(width))), ...rows.map(write), ""].join("\n");
}

/** A table for a document. */
export function markdownTable({ head, rows }: Table): string {
  const write = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const rule = `| --- |${" ---: |".repeat(head.length - 1)}`;
  return [write(head), rule, ...rows.map(write), ""].join("\n");
}

function figure(value: number | null): string {
  if (value === null) return "-";
  return Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function ratio(value: number | null): string {
  return value === null ? "-" : `${value.toFixed(2)}x`;
}
