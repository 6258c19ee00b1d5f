import { closeSync, fsyncSync, openSync } from "node:fs";

/** Waits until what was written to a file, or which names a folder holds, is on the disk. */
export function flushToDisk(fileOrFolder: string): void {
  const handle = openSync(fileOrFolder, process.platform === "win32" ? "r+" : "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
