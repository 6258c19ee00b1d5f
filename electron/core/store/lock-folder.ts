import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { sqliteCodeOf, sqliteCodes, storeError } from "./store-error.ts";

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
 * @throws {PosternError} `internal`, naming the file, where it cannot be locked for another reason
 */
export function lockFolder(folder: string): { release(): void } {
  const pidFile = path.join(folder, "postern.pid");
  // SQLite's own file lock is the one lock that Node has on every system without a native module.
  const lockFile = path.join(folder, "postern.lock");
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(lockFile, { timeout: 0 });
    lock.exec("PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (error) {
    lock?.close();
    if (sqliteCodeOf(error) === sqliteCodes.busy) throw new FolderInUseError(folder, readPid(pidFile), { cause: error });
    throw storeError(`lock ${lockFile}`, error);
  }
  const held = lock;
  writeFileSync(pidFile, `${process.pid}\n`, { mode: 0o600 });
  return {
    release() {
      rmSync(pidFile, { force: true });
      held.close();
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
