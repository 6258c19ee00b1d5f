import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { openStore } from "#core/store/open-store.ts";

const rounds = 20;

test(`openStore() has every acknowledged transaction, whole, after ${rounds} kills of its process`, { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "postern-kill-"));
  const file = path.join(folder, "postern.db");
  const acknowledged: string[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      // Between the first commits, where the file is new, and several hundred, where SQLite puts the WAL in its place.
      acknowledged.push(...(await writeAndDie(file, { prefix: `${round}`, count: 1 + round * round * 3 })));
      const store = await openStore(file);
      const rows = await store.all<{ id: string; count: number }>("SELECT trace_id AS id, count(*) AS count FROM calls GROUP BY trace_id");
      const kept = new Set(rows.map((row) => row.id));
      expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
      expect(rows.filter((row) => row.count !== 2)).toEqual([]);
      await store.close();
    }
    expect(acknowledged.length).toBeGreaterThan(rounds);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** The ids whose commits the process knew of when it died. */
async function writeAndDie(file: string, options: { readonly prefix: string; readonly count: number }): Promise<string[]> {
  const script = fileURLToPath(new URL("./write-until-killed.ts", import.meta.url));
  const child = spawn(process.execPath, [script, file, options.prefix, `${options.count}`], { stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
  const [, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  expect(signal).toBe("SIGKILL");
  return printed.split("\n").slice(0, -1);
}
