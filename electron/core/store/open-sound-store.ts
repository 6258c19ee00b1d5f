import { constants, copyFileSync, existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { type DatabaseKind, kindOfCopy } from "./database-kinds.ts";
import { flushToDisk } from "./flush-to-disk.ts";
import { ensurePrivateFile } from "./ensure-private-file.ts";
import { inspectDatabase } from "./open-database.ts";
import { openStore } from "./open-store.ts";
import { restoredFileOf } from "./place-restored.ts";
import { sqliteCodeOf, sqliteCodes } from "./store-error.ts";
import type { Store } from "./store.ts";

/** That the database could not be read, and what was done about it. */
export interface Recovery {
  /** Where the unreadable one is now, with the journal that belongs to it. Nothing of it was changed. */
  readonly setAside: string;
  /** The copy that took its place; null where none was sound and an empty one begins. */
  readonly restoredFrom: string | null;
}

/**
 * Opens the database as {@link openStore} does; one that is damaged is set aside and the newest sound copy of `backups/`
 * takes its place. Only damage has this answer: a database that is locked, full, out of reach or from a newer Postern is
 * left where it is. A kill at any moment leaves the old one or the copy in place, and the other beside it.
 *
 * @param nowMs names what is set aside: `postern.db.corrupt-1760000000000`
 * @throws {PosternError} as {@link openStore}
 */
export async function openSoundStore(
  file: string,
  nowMs: number,
  kind: DatabaseKind = "postern",
): Promise<{ readonly store: Store; readonly recovery: Recovery | null }> {
  try {
    // SQLite takes an empty file for a new database. Where there are copies, it is what is left of an old one.
    if (!isEmptied(file, kind)) return { store: await openStore(file, kind), recovery: null };
  } catch (error) {
    if (!isDamage(error)) throw error;
  }
  const setAside = `${file}.corrupt-${nowMs}`;
  const restoredFrom = layReady(file, kind);
  // The journal first: left beside the copy, it would be played into it.
  for (const suffix of ["-wal", "-shm", ""]) if (existsSync(file + suffix)) renameSync(file + suffix, setAside + suffix);
  // From here on a kill finds the copy waiting, and the next start places it.
  if (restoredFrom !== null) renameSync(restoredFileOf(file), file);
  return { store: await openStore(file, kind), recovery: { setAside, restoredFrom } };
}

function isDamage(error: unknown): boolean {
  const code = sqliteCodeOf(error);
  return code === sqliteCodes.corrupt || code === sqliteCodes.notADatabase;
}

function isEmptied(file: string, kind: DatabaseKind): boolean {
  return (
    statSync(file, { throwIfNoEntry: false })?.size === 0 &&
    statSync(`${file}-wal`, { throwIfNoEntry: false }) === undefined &&
    backupsOf(file, kind).length > 0
  );
}

/** The newest first. */
function backupsOf(file: string, kind: DatabaseKind): readonly string[] {
  const folder = path.join(path.dirname(file), "backups");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".db") && kindOfCopy(name) === kind)
    .map((name) => path.join(folder, name))
    .map((backup) => ({ backup, atMs: statSync(backup).mtimeMs }))
    .sort((one, other) => other.atMs - one.atMs)
    .map(({ backup }) => backup);
}

/** Copies the newest sound backup to where the next start would look for it. @returns its path; null where there is none */
function layReady(file: string, kind: DatabaseKind): string | null {
  const restored = restoredFileOf(file);
  const partial = `${restored}.partial`;
  for (const backup of backupsOf(file, kind)) {
    try {
      rmSync(partial, { force: true });
      ensurePrivateFile(partial);
      copyFileSync(backup, partial, constants.COPYFILE_FICLONE);
      if (statSync(partial).size === 0) continue;
      inspectDatabase(partial, kind);
    } catch {
      // Whatever is wrong with this copy, an older one may be sound.
      continue;
    }
    flushToDisk(partial);
    renameSync(partial, restored);
    return backup;
  }
  rmSync(partial, { force: true });
  return null;
}

/** What happened, in words for the person. */
export function describeRecovery({ setAside, restoredFrom }: Recovery, kind: DatabaseKind = "postern"): string {
  const instead = restoredFrom === null ? "there was no sound copy, so an empty one begins" : `${restoredFrom} took its place`;
  if (kind === "chats") return `The database of the chats was damaged and is kept as ${setAside}; ${instead}.`;
  return `The database was damaged and is kept as ${setAside}; ${instead}. Budgets count from what that one knows: check what was spent since.`;
}
