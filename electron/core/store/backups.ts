import { existsSync } from "node:fs";
import { copyFile, mkdir, open, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { PosternError } from "#shared/errors.ts";
import type { Clock } from "#core/platform.ts";
import { type DatabaseKind, databaseKinds, kindOfCopy } from "./database-kinds.ts";
import { ensurePrivateFile } from "./ensure-private-file.ts";
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
  store: Pick<Store, "all" | "run">,
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
    const partial = `${target}.partial`;
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
      const partial = `${restored}.partial`;
      await rm(partial, { force: true });
      try {
        // The copy is what is checked, so that nobody can change it between the check and its use.
        ensurePrivateFile(partial);
        await copyFile(source, partial);
        await check(store, { file: partial, name, kind });
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
      const target = path.join(folder, `${copies.made}uploaded-${isoNow().replaceAll(/[:.]/g, "-")}.db`);
      const partial = `${target}.partial`;
      try {
        await writeFile(partial, bytes, { mode: 0o600 });
        await check(store, { file: partial, name: "this file", kind });
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

/** Looks at a copy through the store's thread: it may be large, and looking blocks. */
async function check(
  store: Pick<Store, "all" | "run">,
  { file, name, kind }: { readonly file: string; readonly name: string; readonly kind: DatabaseKind },
): Promise<void> {
  const newest = databaseKinds[kind].steps.length;
  const refuse = (why: string, cause?: unknown): PosternError =>
    new PosternError("invalid_value", `Cannot restore "${name}": ${why}; nothing was changed`, { cause });
  try {
    await store.run("ATTACH DATABASE ? AS restored", [file]);
    try {
      const [version] = await store.all<{ user_version: number }>("PRAGMA restored.user_version");
      if ((version?.user_version ?? 0) > newest) {
        throw refuse(`it has version ${version?.user_version ?? 0}, and this Postern knows versions up to ${newest}; update Postern`);
      }
      const tables = await store.all<{ name: string }>("SELECT name FROM restored.sqlite_schema WHERE type = 'table'");
      const isOurs = databaseKinds[kind].tables.every((table) => tables.some((found) => found.name === table));
      if (!isOurs) throw refuse("it is no database of Postern's");
      const [finding] = await store.all<{ quick_check: string }>("PRAGMA restored.quick_check(1)");
      if (finding?.quick_check !== "ok") throw refuse(`it is damaged (${finding?.quick_check ?? "no finding"})`);
    } finally {
      await store.run("DETACH DATABASE restored");
    }
  } catch (error) {
    throw error instanceof PosternError && error.code === "invalid_value" ? error : refuse("it is damaged, or no database", error);
  }
}

async function flush(file: string): Promise<void> {
  const handle = await open(file, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
