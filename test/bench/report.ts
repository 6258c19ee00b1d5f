import { writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import path from "node:path";
import { repository } from "../../scripts/run-tool.ts";
import { type BenchRun, describeRun } from "./bench-run.ts";
import { portkeyVersion } from "./install-portkey.ts";
import { alignedTable, markdownTable, tablesOf } from "./tables.ts";
import { judgeTargets } from "./targets.ts";
import { writeDocument } from "./write-document.ts";

const resultFile = path.join(repository, "bench.json");
const marks = { from: "<!-- figures: written by npm run bench -- --write -->", to: "<!-- end of figures -->" } as const;

/**
 * Prints the figures and writes them to `bench.json` at the top of the repository.
 *
 * @param options.writesDocument puts the tables into docs/performance.md too
 * @returns how many targets are missed
 */
export function report(run: BenchRun, options: { readonly writesDocument: boolean }): number {
  const targets = judgeTargets(run.samples);
  const tables = tablesOf(run, targets);
  for (const table of tables) console.log(alignedTable(table));
  writeFileSync(resultFile, `${JSON.stringify(describeRun(run, targets), null, 2)}\n`);
  if (options.writesDocument) writeDocument(marks, [`## Measured\n\n${circumstances(run)}`, ...tables.map(markdownTable)].join("\n"));
  console.log(`${run.generator}, ${run.sizes.rounds} rounds, ${run.seconds.toFixed(0)} s. Everything is in bench.json.`);
  return targets.filter(({ isMet }) => isMet === false).length;
}

function circumstances({ generator, sizes, foreignLoad, seconds }: BenchRun): string {
  const processors = cpus();
  const busiest = Math.max(...foreignLoad) * 100;
  return [
    `Measured on ${new Date().toISOString().slice(0, 10)}: ${processors.length} processors (${processors[0]?.model ?? "unknown"}),`,
    `${(totalmem() / 2 ** 30).toFixed(0)} GiB, ${process.platform} ${process.arch}, Node ${process.versions.node}, Portkey gateway ${portkeyVersion},`,
    `load from ${generator}, ${sizes.rounds} rounds, ${seconds.toFixed(0)} s in all. Before the rounds, other work took up to`,
    `${busiest.toFixed(0)} % of the processors.\n`,
  ].join("\n");
}
