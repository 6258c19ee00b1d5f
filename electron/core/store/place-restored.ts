import { existsSync, renameSync } from "node:fs";

/** Where a checked backup waits for the next start. */
export function restoredFileOf(file: string): string {
  return `${file}.restored`;
}

/**
 * Puts a backup that waits in the place of the database, before that is opened. What was there is kept beside it, with
 * the journal that belongs to it. A kill in between leaves the backup waiting or placed: the next start goes on.
 *
 * @param nowMs names what is kept: `postern.db.before-restore-1760000000000`
 * @returns the name under which the database that was there is kept; null where nothing waited
 */
export function placeRestored(file: string, nowMs: number): string | null {
  const restored = restoredFileOf(file);
  if (!existsSync(restored)) return null;
  const kept = `${file}.before-restore-${nowMs}`;
  // The journal first: left beside the backup, it would be played into it.
  for (const suffix of ["-wal", "-shm", ""]) if (existsSync(file + suffix)) renameSync(file + suffix, kept + suffix);
  renameSync(restored, file);
  return kept;
}
