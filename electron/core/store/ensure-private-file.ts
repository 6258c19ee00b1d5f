import { chmodSync, closeSync, openSync, statSync } from "node:fs";

/**
 * Makes an empty file that only its owner may read or write (0600), unless a file of that name exists: that one is left alone.
 * SQLite gives `-wal` and `-shm` the mode of the database file, so this has to come before SQLite makes one by itself.
 *
 * @throws the file system's error, such as ENOENT where the folder is missing
 */
export function ensurePrivateFile(file: string): void {
  try {
    // Never opens what exists: to close a descriptor of one's own drops every POSIX lock that another connection of this
    // process holds on the database (https://www.sqlite.org/howtocorrupt.html, section 2.2).
    closeSync(openSync(file, "wx", 0o600));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}

/** Takes every right on a file from everybody but its owner, if the file exists. Windows has no such modes; nothing is done there. */
export function restrictFile(file: string): void {
  if (process.platform === "win32") return;
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat?.isFile() === true && (stat.mode & 0o777) !== 0o600) chmodSync(file, 0o600);
}
