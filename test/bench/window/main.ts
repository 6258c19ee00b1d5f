// npm run bench:window [-- --write] [--check]: how fast the window is, in a real Chromium against a real Postern.

import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { buildWindow } from "../../../scripts/build-window.ts";
import { bringChromium } from "../../../scripts/chromium.ts";
import { sharedBrowser } from "../../fakes/browser.ts";
import { untilCalm } from "../machine-load.ts";
import { alignedTable, markdownTable, type Table } from "../tables.ts";
import { writeDocument } from "../write-document.ts";
import { measureFirstPage, measureLog, measureModels, measureStream, type WindowFigure } from "./measure.ts";

const marks = { from: "<!-- window: written by npm run bench:window -- --write -->", to: "<!-- end of window -->" } as const;
const calmLimitMs = 20_000;

const { values: options } = parseArgs({
  options: { write: { type: "boolean", default: false }, check: { type: "boolean", default: false } },
});
if (bringChromium() === null) {
  console.error("Cannot measure the window: there is no Chromium here, and none could be fetched");
  process.exit(1);
}
await buildWindow();
const figures: WindowFigure[] = [];
for (const measure of [() => measureFirstPage(7), measureModels, measureStream, measureLog]) {
  await untilCalm(calmLimitMs);
  figures.push(...(await measure()));
}
const browser = await sharedBrowser();
const circumstances = `Chromium ${browser.version()} without graphics hardware, ${String(cpus().length)} processors (${cpus()[0]?.model ?? "unknown"}), ${new Date().toISOString().slice(0, 10)}.`;
await browser.close();
const table: Table = {
  head: ["measure", "found", "at most", "is"],
  rows: figures.map(({ title, unit, found, atMost }) => [
    `${title} (${unit})`,
    found.toFixed(found < 10 ? 1 : 0),
    String(atMost),
    found <= atMost ? "met" : "MISSED",
  ]),
};
console.log(alignedTable(table));
console.log(circumstances);
if (options.write) writeDocument(marks, `${circumstances}\n\n${markdownTable(table)}`);
process.exit(options.check && figures.some(({ found, atMost }) => !(found <= atMost)) ? 1 : 0);
