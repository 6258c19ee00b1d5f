import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openBackups } from "#core/store/backups.ts";
import { migrations } from "#core/store/migrations.ts";
import { describeRecovery, openSoundStore } from "#core/store/open-sound-store.ts";
import { placeRestored } from "#core/store/place-restored.ts";
import type { Store } from "#core/store/store.ts";
import { openCallLog } from "#core/usage/call-log.ts";
import { callStatements, newCall } from "#core/usage/call-record.ts";
import { queryUsage } from "#core/usage/query-usage.ts";
import { readCalls } from "#core/usage/read-calls.ts";
import type { LoggedCall } from "#shared/contract/calls.ts";
import { eventually } from "../eventually.ts";

const damages = process.env["POSTERN_SOAK"] === "1" ? 200 : 12;
const startMs = Date.UTC(2026, 8, 1, 12);
const nowMs = 1_790_000_000_000;

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "postern-damage-"));
  file = path.join(folder, "postern.db");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("openSoundStore() sets aside what cannot be read, whole, and goes on with the newest sound copy", () => {
  test("for a file that is no database", async () => {
    await writeCalls(300, { backup: true });
    const bytes = Buffer.from("# Notes\n".repeat(600));
    writeFileSync(file, bytes);
    const { store, recovery } = await openSoundStore(file, nowMs);
    expect(recovery).toEqual({
      setAside: `${file}.corrupt-${nowMs}`,
      restoredFrom: path.join(folder, "backups", backupNames()[0] as string),
    });
    expect(readFileSync(`${file}.corrupt-${nowMs}`)).toEqual(bytes);
    expect(await countCalls(store)).toBe(300);
    await store.close();
  });

  test("for a database that was emptied, but not for one that was never filled", async () => {
    await writeCalls(10, { backup: true });
    truncateSync(file, 0);
    const { store, recovery } = await openSoundStore(file, nowMs);
    expect([await countCalls(store), recovery?.setAside]).toEqual([10, `${file}.corrupt-${nowMs}`]);
    await store.close();
    rmSync(path.join(folder, "backups"), { recursive: true });
    truncateSync(file, 0);
    const anew = await openSoundStore(file, nowMs);
    expect(anew.recovery).toBeNull();
    await anew.store.close();
  });

  test("with the journal, so that it is not played into the copy", async () => {
    await writeCalls(10, { backup: true });
    using writer = new DatabaseSync(file);
    writer.exec("PRAGMA journal_mode = WAL; UPDATE calls SET trace_id = 'later'");
    const wal = readFileSync(`${file}-wal`);
    writer.close();
    writeFileSync(`${file}-wal`, wal);
    writeFileSync(file, "no database at all ".repeat(300));
    const { store } = await openSoundStore(file, nowMs);
    expect(await store.all("SELECT DISTINCT trace_id IS 'later' AS later FROM calls")).toEqual([{ later: 0 }]);
    expect(readFileSync(`${file}.corrupt-${nowMs}-wal`)).toEqual(wal);
    await store.close();
  });

  test("past a copy that is damaged too, and one of a newer Postern", async () => {
    await writeCalls(5, { backup: true });
    const [sound = ""] = backupNames();
    await writeFileLater("newer.db", (name) => {
      copyFileSync(path.join(folder, "backups", sound), name);
      using newer = new DatabaseSync(name);
      newer.exec("PRAGMA user_version = 900");
    });
    await writeFileLater("torn.db", (name) => writeFileSync(name, "SQLite format 3\0 and nothing of it"));
    await writeFileLater("empty.db", (name) => writeFileSync(name, ""));
    writeFileSync(file, "no database at all");
    const { store, recovery } = await openSoundStore(file, nowMs);
    expect(recovery?.restoredFrom).toBe(path.join(folder, "backups", sound));
    expect(await countCalls(store)).toBe(5);
    await store.close();
  });

  test("and begins an empty one where there is no copy, and says so", async () => {
    writeFileSync(file, "no database at all");
    const { store, recovery } = await openSoundStore(file, nowMs);
    expect(await countCalls(store)).toBe(0);
    expect(recovery === null ? "" : describeRecovery(recovery)).toContain("there was no sound copy, so an empty one begins");
    await store.close();
  });

  test("though it was killed between the one and the other", async () => {
    await writeCalls(7, { backup: true });
    // What a kill leaves behind after the old one was set aside.
    copyFileSync(path.join(folder, "backups", backupNames()[0] as string), `${file}.restored`);
    rmSync(file);
    expect(placeRestored(file, nowMs)).not.toBeNull();
    const { store } = await openSoundStore(file, nowMs);
    expect(await countCalls(store)).toBe(7);
    await store.close();
  });
});

describe("openSoundStore() leaves alone", () => {
  test("a database of a newer version", async () => {
    await writeCalls(3, { backup: true });
    using database = new DatabaseSync(file);
    database.exec("PRAGMA user_version = 900");
    database.close();
    const before = readFileSync(file);
    await expect(openSoundStore(file, nowMs)).rejects.toThrow("update Postern, or choose another data folder");
    expect(readFileSync(file)).toEqual(before);
  });

  test.skipIf(process.platform === "win32" || process.getuid?.() === 0)("a database that may not be read (not as root)", async () => {
    await writeCalls(3, { backup: true });
    execFileSync("chmod", ["000", file]);
    await expect(openSoundStore(file, nowMs)).rejects.toThrow("Cannot open the database");
    expect(readdirSync(folder).filter((name) => name.includes("corrupt"))).toEqual([]);
  });
});

describe(`a database with flipped bytes or a lost end (${damages} of each)`, () => {
  test.each(["flipped", "cut"] as const)(
    "%s: opens, or is set aside as it was and replaced; never a crash, never a wrong sum",
    { timeout: damages * 2_000 },
    async (kind) => {
      await writeCalls(2_000, { backup: true });
      const whole = readFileSync(file);
      const failures: unknown[] = [];
      const replaced: { readonly isKept: boolean; readonly calls: number }[] = [];
      for (let index = 0; index < damages; index++) {
        const at = Math.floor((whole.length * index) / damages);
        const bytes = kind === "cut" ? whole.subarray(0, at) : Buffer.from(whole);
        if (kind === "flipped")
          for (let offset = at; offset < Math.min(at + 512, bytes.length); offset++) bytes[offset] = (bytes[offset] as number) ^ 0xff;
        for (const name of readdirSync(folder)) if (name !== "backups") rmSync(path.join(folder, name));
        writeFileSync(file, bytes);
        const { store, recovery } = await openSoundStore(file, nowMs);
        if (recovery !== null) {
          const { total } = await queryUsage(store, "day", {});
          replaced.push({ isKept: readFileSync(recovery.setAside).equals(bytes), calls: total.calls });
        }
        // What a check of the pages cannot see (a flipped digit in a text) is read without a crash.
        const [reading] = await Promise.allSettled([store.all("SELECT * FROM calls")]);
        if (reading.status === "rejected") failures.push(reading.reason);
        await store.close().catch(() => undefined);
      }
      expect(replaced.length).toBeGreaterThan(damages / 4);
      expect(replaced).toEqual(replaced.map(() => ({ isKept: true, calls: 2_000 })));
      expect(failures).toEqual(failures.map(() => expect.objectContaining({ code: "internal" })));
    },
  );
});

describe("an older build's file", () => {
  test("is brought up to date, with a copy beside it, and its calls are in the sums", async () => {
    using old = new DatabaseSync(file);
    old.exec(`${migrations[0]}; PRAGMA user_version = 1`);
    for (let index = 0; index < 20; index++)
      old.exec(
        `INSERT INTO calls (started_at_ms, ending, attempts, provider, first_byte_ms) VALUES (${startMs}, 'finished', '[]', 'openai', 40)`,
      );
    old.close();
    const { store } = await openSoundStore(file, nowMs);
    const { groups } = await queryUsage(store, "provider", { since: startMs - 1 });
    expect(groups.map(({ key, calls }) => [key, calls])).toEqual([["openai", 20]]);
    await store.close();
    using copy = new DatabaseSync(`${file}.before-v${migrations.length}`, { readOnly: true });
    expect(copy.prepare("SELECT count(*) AS calls FROM calls").get()).toEqual({ calls: 20 });
  });
});

describe("a file of before prices had a table", () => {
  test("reads as it did: each call's price, and its tries with whatever the versions of before knew of them", async () => {
    const cheap = { inputUsdPerMillion: 0.15, source: "catalog" };
    const dear = { inputUsdPerMillion: 15, source: "person" };
    const target = { provider: "groq", model: "llama", keyName: null, status: 503, errorCode: null };
    const times = { startMs: 0, connectMs: 1, headMs: 12, firstByteMs: null, totalMs: 40 };
    const unknownTimes = { startMs: null, connectMs: null, headMs: null, firstByteMs: null, totalMs: 40 };
    const calls: readonly { price: unknown; written: unknown; read: unknown }[] = [
      { price: cheap, written: [{ ...target, ...times, why: "gave up" }], read: [{ ...target, ...times, why: "gave up" }] },
      { price: dear, written: [{ ...target, totalMs: 40 }], read: [{ ...target, ...unknownTimes }] },
      { price: null, written: [], read: [] },
      { price: cheap, written: [{ provider: "groq", totalMs: 40 }], read: [{ ...target, ...unknownTimes, model: null, status: null }] },
    ];
    using old = new DatabaseSync(file);
    for (const step of migrations.slice(0, 5)) old.exec(step);
    old.exec("PRAGMA user_version = 5");
    const insert = old.prepare(
      `INSERT INTO calls (started_at_ms, day, ending, provider, model_served, key_name, status, error_code, price, attempts)
       VALUES (${startMs}, 0, 'finished', 'openai', 'gpt-4o', 'work', 200, 'upstream_truncated', ?, ?)`,
    );
    for (const { price, written } of calls) insert.run(price === null ? null : JSON.stringify(price), JSON.stringify(written));
    old.close();

    const { store } = await openSoundStore(file, nowMs);
    const read = async (): Promise<readonly LoggedCall[]> => (await readCalls(store, {}, { beforeId: null, limit: 10 })).calls.toReversed();
    expect((await read()).map(({ price, attempts }) => ({ price, attempts }))).toEqual(
      calls.map((call) => ({ price: call.price, attempts: call.read })),
    );
    expect(await store.all("SELECT count(*) AS prices FROM prices")).toEqual([{ prices: 2 }]);
    // A new price beside them is its own call's.
    await store.transaction(callStatements({ ...newCall(startMs), price: newPrice }));
    expect((await read()).map(({ price }) => price)).toEqual([cheap, dear, null, cheap, newPrice]);
    await store.close();
  });
});

const canMount = process.platform === "linux" && process.getuid?.() === 0 && mounts();

describe("a full disk", () => {
  test.skipIf(!canMount)(
    "costs no row that was acknowledged, and the log goes on once there is room (a tmpfs of 1 MiB; root only)",
    async () => {
      const disk = path.join(folder, "disk");
      mkdirSync(disk);
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", disk]);
      try {
        const small = path.join(disk, "postern.db");
        const { store } = await openSoundStore(small, nowMs);
        const errors: string[] = [];
        const log = openCallLog(store, { clock, onError: (error) => errors.push(error.message) });
        const filler = path.join(disk, "filler");
        writeFileSync(filler, Buffer.alloc(550_000));
        let acknowledged = 0;
        let taken = 0;
        for (let batch = 0; errors.length === 0 && batch < 200; batch++) {
          for (let index = 0; index < 100; index++) log.record({ ...newCall(startMs), traceId: `${(taken += 1)} ${"x".repeat(80)}` });
          await log.flush().then(
            () => (acknowledged = taken),
            () => undefined,
          );
        }
        expect(errors[0]).toContain("database or disk is full; free space on its disk");
        expect(await countCalls(store)).toBeGreaterThanOrEqual(acknowledged);
        rmSync(filler);
        // A try that began while the disk was full may still be under way, and its failure is a flush's too.
        await eventually(() => log.flush());
        expect([await countCalls(store), log.dropped()]).toEqual([taken, 0]);
        await log.close();
        await store.close();
        const again = await openSoundStore(small, nowMs);
        expect([again.recovery, await countCalls(again.store)]).toEqual([null, taken]);
        await again.store.close();
      } finally {
        // Lazily: where an expectation failed, the database is still open.
        execFileSync("umount", ["-l", disk]);
      }
    },
  );
});

describe("createDaily()", () => {
  test("makes one copy a day, keeps the newest, and never lets go of what the person made", async () => {
    await writeCalls(1, { backup: false });
    const { store } = await openSoundStore(file, nowMs);
    let atMs = nowMs;
    const backups = openBackups(store, { file, clock: { nowMs: () => atMs } });
    const { name: own } = await backups.create();
    const left = path.join(backups.folder, "postern-uploaded.db.0123abcd.partial");
    writeFileSync(left, "what a kill in the middle of an upload leaves");
    utimesSync(left, nowMs / 1_000, nowMs / 1_000);
    for (let day = 0; day < 5; day++) {
      await backups.createDaily(3);
      await backups.createDaily(3);
      atMs += 86_400_000;
    }
    expect(existsSync(left)).toBe(false);
    const names = (await backups.list()).map(({ name }) => name);
    expect(names).toContain(own);
    expect(names.filter((name) => name.startsWith("daily-")).toSorted()).toEqual(
      [2, 3, 4].map((day) => `daily-${new Date(nowMs + day * 86_400_000).toISOString().slice(0, 10)}.db`),
    );
    // Windows has no modes of this kind.
    const others = process.platform === "win32" ? 0 : 0o077;
    expect(statSync(path.join(backups.folder, own)).mode & others).toBe(0);
    await store.close();
  });
});

const newPrice = {
  inputUsdPerMillion: 3,
  outputUsdPerMillion: 9,
  cacheReadUsdPerMillion: null,
  cacheWriteUsdPerMillion: null,
  requestUsd: null,
  source: "catalog",
} as const;

async function writeCalls(count: number, { backup }: { readonly backup: boolean }): Promise<void> {
  const { store } = await openSoundStore(file, nowMs);
  await store.transaction(Array.from({ length: count }, (_, index) => callStatements({ ...newCall(startMs), traceId: `${index}` })).flat());
  if (backup) await openBackups(store, { file, clock: { nowMs: () => nowMs } }).create();
  await store.close();
}

async function countCalls(store: Store): Promise<number> {
  const [row] = await store.all<{ calls: number }>("SELECT count(*) AS calls FROM calls");
  return row?.calls ?? -1;
}

function backupNames(): string[] {
  return readdirSync(path.join(folder, "backups"));
}

/** A backup that is newer than those before it, as file systems tell time. */
async function writeFileLater(name: string, write: (file: string) => void): Promise<void> {
  const backup = path.join(folder, "backups", name);
  const before = Math.max(...backupNames().map((one) => statSync(path.join(folder, "backups", one)).mtimeMs));
  do write(backup);
  while (statSync(backup).mtimeMs <= before);
}

function mounts(): boolean {
  const probe = mkdtempSync(path.join(tmpdir(), "postern-mount-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", probe], { stdio: "ignore" });
    execFileSync("umount", [probe], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
}

/** A second is ten milliseconds. */
const clock = {
  nowMs: () => nowMs,
  monotonicMs: () => performance.now(),
  wait: (ms: number, signal?: AbortSignal) => wait(ms / 100, undefined, signal === undefined ? {} : { signal }),
};
