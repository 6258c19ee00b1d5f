import { renameSync, rmSync } from "node:fs";
import path from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { threadId } from "node:worker_threads";
import { PosternError } from "#shared/errors.ts";
import { ensurePrivateFile } from "./ensure-private-file.ts";
import { flushToDisk } from "./flush-to-disk.ts";
import { storeError } from "./store-error.ts";

/**
 * Refuses a database that a newer Postern has written: this one cannot know what it would break there.
 *
 * @param newest the version that this program knows
 * @throws {PosternError} naming both versions; nothing was written
 */
export function refuseNewerDatabase(database: DatabaseSync, options: { readonly file: string; readonly newest: number }): void {
  const version = versionOf(database);
  if (version <= options.newest) return;
  throw new PosternError(
    "internal",
    `Cannot open the database ${options.file}: it has version ${version} and this Postern knows versions up to ${options.newest}; ` +
      "update Postern, or choose another data folder (nothing was changed)",
  );
}

/**
 * Brings a database to the newest version, each step in a transaction of its own. Before the first step a database that
 * holds something is copied to `<file>.before-v<newest>`.
 *
 * @throws {PosternError} when a step fails; the database then has the version of the last step that went well
 */
export function migrateDatabase(database: DatabaseSync, options: { readonly file: string; readonly steps: readonly string[] }): void {
  const { file, steps } = options;
  const newest = steps.length;
  refuseNewerDatabase(database, { file, newest });
  if (versionOf(database) === newest) return;
  const isEmpty = database.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get() === undefined;
  const copy = `${file}.before-v${newest}`;
  if (!isEmpty) copyDatabase(database, copy);
  for (const [index, step] of steps.entries()) {
    try {
      applyStep(database, { step, version: index + 1 });
    } catch (error) {
      const remedy = isEmpty ? "nothing was changed" : `its data are as they were, and ${copy} is a copy of them`;
      throw storeError(`bring the database ${file} to version ${index + 1}`, error, { remedy });
    }
  }
}

function applyStep(database: DatabaseSync, next: { readonly step: string; readonly version: number }): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    // Asked inside the transaction: another process may have made this very step while we waited for the lock.
    if (versionOf(database) < next.version) database.exec(`${next.step};\nPRAGMA user_version = ${next.version}`);
    database.exec("COMMIT");
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

/** Writes a whole, compact copy, and only then gives it its name: a file of that name is never half a copy. */
function copyDatabase(database: DatabaseSync, copy: string): void {
  // A file of its own for each thread: several may open one database at once.
  const partial = `${copy}.${process.pid}-${threadId}.partial`;
  try {
    rmSync(partial, { force: true });
    // VACUUM INTO takes an empty file as its target, and so keeps its mode.
    ensurePrivateFile(partial);
    database.prepare("VACUUM INTO ?").run(partial);
    flushToDisk(partial);
    renameSync(partial, copy);
    // Windows cannot open a folder for flushing.
    if (process.platform !== "win32") flushToDisk(path.dirname(copy));
  } catch (error) {
    rmSync(partial, { force: true });
    throw storeError(`copy the database to ${copy} before its new version`, error);
  }
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare("PRAGMA user_version").get()?.user_version ?? 0);
}
