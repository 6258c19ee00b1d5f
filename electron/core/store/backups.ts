import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, open, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { PosternError } from "#shared/errors.ts";
import type { Clock } from "#core/platform.ts";
import { type DatabaseKind, databaseKinds, kindOfCopy } from "./database-kinds.ts";
import { ensurePrivateFile } from "./ensure-private-file.ts";
import { inspectCopyInThread } from "./open-store.ts";
import { restoredFileOf } from "./place-restored.ts";
import { storeError } from "./store-error.ts";
import type { Store } from "./store.ts";

/** A copy of a database. */
export interface Backup {
  /** Its name in {@link Backups.folder}. */
  readonly name: string;
  readonly bytes: number;
  readonly createdAtMs: number;
}

/** Whole, compact copies of one database, in `backups/` of the data folder (0700, each file 0600). */
export interface Backups {
  readonly folder: string;
  /** The newest first. */
  list(): Promise<Backup[]>;
  /** Makes a copy while everything goes on. @throws {PosternError} the store's failure; nothing half is left then */
  create(): Promise<Backup>;
  /** Makes today's copy, unless there is one, and removes all daily ones but the newest so many; 0 does nothing. */
  createDaily(kept: number): Promise<void>;
  /**
   * Checks a backup and lays a copy of it ready to take the database's place at the next start. The running database is
   * not touched.
   *
   * @throws {PosternError} `not_found`, or `invalid_value` for a file that is damaged, newer than this Postern or no database of it
   */
  restore(name: string): Promise<void>;
  /** Whether a backup waits for the next start. */
  readonly isWaiting: boolean;
  /** Lets go of the one that waits. @returns whether there was one */
  cancelRestore(): Promise<boolean>;
  /**
   * Checks the bytes of a copy, and puts it among the others.
   *
   * @throws {PosternError} `invalid_value` as {@link Backups.restore}
   */
  adopt(bytes: Uint8Array): Promise<Backup>;
  /** @returns whether there was one of this name */
  remove(name: string): Promise<boolean>;
}

/** @param options.file the database's own; @param options.kind whose tables it holds */
export function openBackups(
  store: Pick<Store, "run">,
  options: { readonly file: string; readonly clock: Pick<Clock, "nowMs">; readonly kind?: DatabaseKind },
): Backups {
  const folder = path.join(path.dirname(options.file), "backups");
  const kind = options.kind ?? "postern";
  const { copies } = databaseKinds[kind];

  async function read(name: string): Promise<Backup> {
    const { size, mtimeMs } = await stat(path.join(folder, name));
    return { name, bytes: size, createdAtMs: Math.round(mtimeMs) };
  }

  const isoNow = (): string => new Date(options.clock.nowMs()).toISOString();

  async function createAs(name: string): Promise<Backup> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const target = path.join(folder, name);
    const partial = partialOf(target);
    try {
      // VACUUM INTO takes an empty file as its target, and so keeps its mode.
      ensurePrivateFile(partial);
      await store.run("VACUUM INTO ?", [partial]);
      await flush(partial);
      await rename(partial, target);
    } catch (error) {
      await rm(partial, { force: true });
      throw storeError(`copy the database to ${target}`, error);
    }
    return read(path.basename(target));
  }

  return {
    folder,
    async list() {
      const names = await readdir(folder).catch(() => []);
      const backups = await Promise.all(names.filter((name) => name.endsWith(".db") && kindOfCopy(name) === kind).map(read));
      return backups.sort((one, other) => other.createdAtMs - one.createdAtMs);
    },
    create: () => createAs(`${copies.made}${isoNow().replaceAll(/[:.]/g, "-")}.db`),
    async createDaily(kept) {
      await sweepPartials([folder, path.dirname(options.file)], options.clock.nowMs());
      if (kept === 0) return;
      const isDaily = (name: string): boolean =>
        name.startsWith(copies.daily) && /^\d{4}-\d{2}-\d{2}\.db$/.test(name.slice(copies.daily.length));
      const today = `${copies.daily}${isoNow().slice(0, 10)}.db`;
      const names = (await readdir(folder).catch(() => [])).filter(isDaily);
      if (!names.includes(today)) names.push((await createAs(today)).name);
      // By when they were made, and not by their names: those a clock that was ahead has given would never get old.
      const made = (await Promise.all(names.map(read))).sort((one, other) => other.createdAtMs - one.createdAtMs);
      for (const { name } of made.slice(kept)) if (name !== today) await rm(path.join(folder, name), { force: true });
    },
    async restore(name) {
      const source = path.join(folder, name);
      const restored = restoredFileOf(options.file);
      const partial = partialOf(restored);
      try {
        // The copy is what is checked, so that nobody can change it between the check and its use.
        ensurePrivateFile(partial);
        await copyFile(source, partial);
        await check(partial, name, kind);
        await flush(partial);
        await rename(partial, restored);
      } catch (error) {
        await rm(partial, { force: true });
        if (error instanceof Error && "code" in error && error.code === "ENOENT")
          throw new PosternError("not_found", `Cannot restore "${name}": there is no such file in ${folder}`, { cause: error });
        throw error;
      }
    },
    get isWaiting() {
      return existsSync(restoredFileOf(options.file));
    },
    async cancelRestore() {
      const wasWaiting = existsSync(restoredFileOf(options.file));
      await rm(restoredFileOf(options.file), { force: true });
      return wasWaiting;
    },
    async adopt(bytes) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const target = path.join(folder, `${copies.made}uploaded-${isoNow().replaceAll(/[:.]/g, "-")}-${randomBytes(2).toString("hex")}.db`);
      const partial = partialOf(target);
      try {
        await writeFile(partial, bytes, { mode: 0o600 });
        await check(partial, "this file", kind);
        await flush(partial);
        await rename(partial, target);
      } catch (error) {
        await rm(partial, { force: true });
        throw error;
      }
      return read(path.basename(target));
    },
    async remove(name) {
      const file = path.join(folder, name);
      const isThere = existsSync(file);
      await rm(file, { force: true });
      return isThere;
    },
  };
}

/** A name of its own each time: of two that come at once, each is checked and kept as it came. */
function partialOf(file: string): string {
  return `${file}${ownMark}${randomBytes(4).toString("hex")}.partial`;
}

/** Of this run: a copy keeps the time of what it is a copy of, and looks old while it is made. */
const ownMark = `.${process.pid}-`;

/** Removes what a kill in the middle of a copy has left behind, in an earlier run. */
async function sweepPartials(folders: readonly string[], nowMs: number): Promise<void> {
  for (const folder of folders) {
    for (const name of await readdir(folder).catch(() => [])) {
      if (!/\.db\b.*\.partial$/.test(name) || name.includes(ownMark)) continue;
      const file = path.join(folder, name);
      const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: nowMs }));
      // Where it cannot be removed it stays: today's copy matters more.
      if (nowMs - mtimeMs > oldPartialMs) await rm(file, { force: true }).catch(() => undefined);
    }
  }
}

/** No copy takes so long. */
const oldPartialMs = 24 * 3_600_000;

async function check(file: string, name: string, kind: DatabaseKind): Promise<void> {
  const refuse = (why: string, cause?: unknown): PosternError =>
    new PosternError("invalid_value", `Cannot restore "${name}": ${why}; nothing was changed`, { cause });
  const why = await inspectCopyInThread(file, kind).catch((error: unknown) => {
    throw refuse("it is damaged, or no database", error);
  });
  if (why !== null) throw refuse(why, why);
}

async function flush(file: string): Promise<void> {
  const handle = await open(file, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
