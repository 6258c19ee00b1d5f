import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { openStore } from "#core/store/open-store.ts";
import { openCallLog } from "#core/usage/call-log.ts";
import { queryUsage } from "#core/usage/query-usage.ts";

const kills = process.env["POSTERN_SOAK"] === "1" ? 1_000 : 100;
const lanes = 4;

test(
  `the log has a row for every call that it acknowledged, and one only, after ${kills} kills of its process`,
  {
    timeout: kills * 5_000,
  },
  async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "postern-kill-"));
    try {
      const seen = await Promise.all(Array.from({ length: lanes }, (_, lane) => killOnAndOn(path.join(folder, `${lane}.db`))));
      expect(Math.min(...seen.map(({ interrupted }) => interrupted))).toBeGreaterThan(0);
      expect(Math.min(...seen.map(({ done }) => done))).toBeGreaterThan(kills / lanes);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

/** Kills one process after the other on one file, and looks at it after each. @returns how many calls it found at the end */
async function killOnAndOn(file: string): Promise<{ readonly done: number; readonly interrupted: number }> {
  const begun = new Set<string>();
  const done = new Set<string>();
  for (let round = 0; round < kills / lanes; round++) {
    // At the first commits, where the file is new, later, and after some hundreds, where SQLite puts the WAL in its place.
    const lines = await writeAndDie(file, { prefix: `${round}`, count: round % 10 === 9 ? 600 : 1 + ((round * 7) % 40) });
    for (const line of lines) (line.startsWith("done ") ? done : begun).add(line.slice(line.indexOf(" ") + 1));
    const rows = readRows(file);
    const endings = new Map(rows.map(({ id, ending }) => [id, ending]));
    // One row each, whether it says how a call ended or only that it was begun.
    expect(endings.size).toBe(rows.length);
    expect([...done].filter((id) => endings.get(id) !== "finished")).toEqual([]);
    expect([...begun].filter((id) => !endings.has(id))).toEqual([]);
  }
  const calls = readRows(file).length;
  const store = await openStore(file);
  openCallLog(store, { clock, onError: (error) => expect.unreachable(error.message) });
  expect((await queryUsage(store, "day", {})).total.calls).toBe(calls);
  const [last] = await store.all<{ interrupted: number }>("SELECT count(*) AS interrupted FROM calls WHERE ending = 'interrupted'");
  await store.close();
  return { done: done.size, interrupted: last?.interrupted ?? 0 };
}

/** What the log says of every call, those among them that were only begun. */
function readRows(file: string): { readonly id: string; readonly ending: string }[] {
  using database = new DatabaseSync(file);
  const sql = "SELECT trace_id AS id, ending FROM calls UNION ALL SELECT trace_id, 'open' FROM open_calls";
  return database.prepare(sql).all() as { id: string; ending: string }[];
}

const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now(), wait: () => Promise.resolve() };

/** What the process had been told when it died. It writes that into a file: a pipe that is read slowly would refuse it. */
async function writeAndDie(file: string, options: { readonly prefix: string; readonly count: number }): Promise<string[]> {
  const script = fileURLToPath(new URL("./write-until-killed.ts", import.meta.url));
  const output = openSync(`${file}.said`, "w");
  const child = spawn(process.execPath, [script, file, options.prefix, `${options.count}`], { stdio: ["ignore", output, "inherit"] });
  const [, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  closeSync(output);
  expect(signal).toBe("SIGKILL");
  return readFileSync(`${file}.said`, "utf8").split("\n").slice(0, -1);
}
