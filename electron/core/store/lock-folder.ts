import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";

/** A data folder that is in use. */
export class FolderInUseError extends Error {
  override readonly name = "FolderInUseError";
  /** The process that uses it; null where it could not be read. */
  readonly pid: number | null;

  constructor(folder: string, pid: number | null, options: ErrorOptions) {
    super(`Cannot use ${folder}: another Postern uses it${pid === null ? "" : ` (pid ${pid})`}`, options);
    this.pid = pid;
  }
}

/**
 * Takes a data folder for this process, until it is released or the process ends: the operating system lets go of the
 * lock even when the process is killed, so there is no stale lock to clear.
 *
 * @throws {FolderInUseError} where another process has it
 */
export function lockFolder(folder: string): { release(): void } {
  const pidFile = path.join(folder, "postern.pid");
  // SQLite's own file lock is the one lock that Node has on every system without a native module.
  const lock = new DatabaseSync(path.join(folder, "postern.lock"), { timeout: 0 });
  try {
    lock.exec("PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    throw new FolderInUseError(folder, readPid(pidFile), { cause: error });
  }
  writeFileSync(pidFile, `${process.pid}\n`, { mode: 0o600 });
  return {
    release() {
      rmSync(pidFile, { force: true });
      lock.close();
    },
  };
}

function readPid(file: string): number | null {
  try {
    const pid = Number.parseInt(readFileSync(file, "utf8"), 10);
    return Number.isInteger(pid) ? pid : null;
  } catch {
    return null;
  }
}
