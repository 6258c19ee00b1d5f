import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import { usageKeys, type UsageGroup, type UsageKey, type UsageReport } from "#shared/contract/usage.ts";
import { countText } from "#shared/text/count.ts";
import { durationText, readDurationMs } from "#shared/text/duration.ts";
import { moneyText } from "#shared/text/money.ts";
import { withAdmin } from "../admin-client.ts";
import { openDataFolder } from "../../host/data-folder.ts";
import { ExitError } from "../exit-error.ts";
import { type Command, type CommandInput, commonOptions, textOption } from "./command.ts";
import { print } from "./print.ts";

/** `postern usage`: what was called, and what it cost. */
export const usageCommand: Command = {
  usage: "postern usage [--since 7d] [--by day|tool|alias|provider|model|key] [--csv | --json]",
  summary: [
    "Says what was called, what it cost and how it went.",
    "",
    "  --since 7d   how far back: minutes (30m), hours, days or weeks; sums are of whole days",
    "  --by WHAT    one line for each day, tool, alias, provider, model or key",
    "  --csv        every single call instead, as comma-separated values; with --json as a JSON array of them",
    "",
    'A cost with a ~ leaves out calls whose price nobody knows; "prices" in config.json says what a model costs you.',
  ].join("\n"),
  options: { ...commonOptions, since: { type: "string" }, by: { type: "string" }, csv: { type: "boolean" } },
  async run(input) {
    if (input.words.length > 0) throw new ExitError(2, `Usage: ${usageCommand.usage}`);
    const by = readKey(textOption(input, "by"));
    const since = readSince(textOption(input, "since") ?? "7d");
    const dataFolder = openDataFolder(textOption(input, "data-dir"), process.env);
    await withAdmin(dataFolder, async (call) => {
      if (input.values["csv"] === true)
        return writeOut(await call(isJson(input) ? "exportCallsJson" : "exportCallsCsv", { query: { since } }));
      return print(input, await call("getUsage", { query: { since, by } }), describe);
    });
    return 0;
  },
};

function isJson(input: CommandInput): boolean {
  return input.values["json"] === true;
}

function readKey(text: string | undefined): UsageKey {
  const found = text === undefined ? "day" : usageKeys.find((key) => key === text);
  if (found !== undefined) return found;
  throw new ExitError(2, `Cannot sum up by "${(text ?? "").slice(0, 40)}": it must be one of ${usageKeys.join(", ")}`);
}

function readSince(text: string): number {
  const ms = readDurationMs(text);
  if (ms === null) throw new ExitError(2, `Cannot use --since ${text.slice(0, 40)}: write a duration such as 12h, 7d or 4w`);
  return Math.max(0, Date.now() - ms);
}

/** Writes an export as it comes: it may be larger than the memory. */
async function writeOut({ body }: Response): Promise<void> {
  if (body === null) return;
  // Typed twice: by the DOM's library and by Node's.
  await pipeline(Readable.fromWeb(body as unknown as NodeReadableStream), process.stdout, { end: false });
}

function describe({ by, groups, total }: UsageReport): string {
  if (groups.length === 0) return "Nothing was called in this time.";
  const rows = [
    [by, "calls", "errors", "input", "cached", "output", "cost", "first byte p50", "p95"],
    ...groups.map((group) => cellsOf(group.key === "" ? "(none)" : group.key, group)),
    cellsOf("all", total),
  ];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  "))
    .join("\n");
}

function cellsOf(name: string, { calls, errors, tokens, costMicroUsd, unpricedCalls, firstByteMs }: UsageGroup): string[] {
  return [
    // Names in the log are what strangers called themselves: nothing of them may steer the terminal.
    name.replaceAll(/\p{Cc}/gu, "?"),
    countText(calls),
    countText(errors),
    countText(tokens.uncachedInput + tokens.cacheRead + tokens.cacheWrite),
    countText(tokens.cacheRead),
    countText(tokens.output),
    `${costMicroUsd !== null && unpricedCalls > 0 ? "~" : ""}${moneyText(costMicroUsd)}`,
    durationText(firstByteMs.p50),
    durationText(firstByteMs.p95),
  ];
}
