import { statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { type DatabaseKind, databaseKinds } from "./database-kinds.ts";
import { restrictFile } from "./ensure-private-file.ts";
import { migrateDatabase, refuseNewerDatabase } from "./migrate-database.ts";
import { sqliteCodeOf, sqliteCodes, storeError } from "./store-error.ts";

const busyTimeoutMs = 5000;
/** `quick_check` takes about 0.9 ms for each MB that is in the page cache; past a quarter of a second, starting matters more. */
const largestCheckedBytes = 256 * 1024 * 1024;

/**
 * Opens one of Postern's databases and brings it to the newest version. Belongs into a worker thread: everything here blocks.
 * A file that is no database, is damaged, or comes from a newer Postern is refused before anything could be written to it.
 *
 * @throws {PosternError} with SQLite's error as its `cause`
 */
export function openDatabase(file: string, kind: DatabaseKind): DatabaseSync {
  const { steps } = databaseKinds[kind];
  let database: DatabaseSync | undefined;
  try {
    inspectDatabase(file, kind);
    for (const suffix of ["", "-wal", "-shm"]) restrictFile(file + suffix);
    database = new DatabaseSync(file, { timeout: busyTimeoutMs, enableForeignKeyConstraints: true, defensive: true });
    // Once more: where the inspection was not possible, this connection is the first that can say it.
    refuseNewerDatabase(database, { file, newest: steps.length });
    configureDatabase(database);
    migrateDatabase(database, { file, steps });
    return database;
  } catch (error) {
    if (database?.isOpen === true) database.close();
    throw storeError(`open the database ${file}`, error);
  }
}

/**
 * Looks at an existing database through a connection that cannot write, not even by putting a left-over WAL in its place.
 *
 * @throws SQLite's error, with its `errcode`, where it is damaged or none, and {@link refuseNewerDatabase}'s
 */
export function inspectDatabase(file: string, kind: DatabaseKind): void {
  const { size } = statSync(file);
  if (size === 0) return;
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { readOnly: true, timeout: busyTimeoutMs });
    refuseNewerDatabase(database, { file, newest: databaseKinds[kind].steps.length });
    if (size > largestCheckedBytes) return;
    const finding = String(database.prepare("PRAGMA quick_check(1)").get()?.quick_check);
    if (finding !== "ok") throw Object.assign(new Error(`database disk image is malformed: ${finding}`), { errcode: sqliteCodes.corrupt });
  } catch (error) {
    const code = sqliteCodeOf(error);
    // A crash can leave a journal that only a writing connection may roll back. That connection then looks itself.
    if (code !== sqliteCodes.readonly && code !== sqliteCodes.cannotOpen) throw error;
  } finally {
    if (database?.isOpen === true) database.close();
  }
}

function configureDatabase(database: DatabaseSync): void {
  database.exec("PRAGMA trusted_schema = OFF; PRAGMA synchronous = FULL");
  // macOS: fsync() leaves data in the drive's cache; F_FULLFSYNC does not. https://www.sqlite.org/pragma.html#pragma_fullfsync
  if (process.platform === "darwin") database.exec("PRAGMA fullfsync = 1; PRAGMA checkpoint_fullfsync = 1");
  switchToWal(database);
}

/**
 * Tries for as long as the busy timeout says. SQLite itself does not where several connections make this switch at once:
 * of 800 openings of a new file, four at a time, 15 got SQLITE_BUSY at once (SQLite 3.53.4).
 */
function switchToWal(database: DatabaseSync): void {
  const deadlineMs = performance.now() + busyTimeoutMs;
  for (;;) {
    try {
      const { journal_mode: mode } = database.prepare("PRAGMA journal_mode = WAL").get() ?? {};
      // A file system without shared memory keeps the old mode and says so only here.
      if (mode !== "wal") throw new Error(`its journal mode is "${String(mode)}", not "wal"; put the data folder on a local disk`);
      return;
    } catch (error) {
      if (sqliteCodeOf(error) !== sqliteCodes.busy || performance.now() > deadlineMs) throw error;
      sleep(10);
    }
  }
}

/** Blocks the thread, which is the store's own. */
function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
