import { open, rename, rm } from "node:fs/promises";
import path from "node:path";

/** How a file is written that is not one of Postern's own. */
export interface ReplaceOptions {
  /** The file's rights afterwards; 0600 unless given. */
  readonly mode?: number;
  /** Called when the new content is on disk and nothing is left to do but the renaming: what it throws stops that. */
  readonly beforeRename?: () => void | Promise<void>;
  /** The temporary file's name; the file's with `.tmp` behind it unless given. Whatever has this name is removed. */
  readonly temporary?: string;
}

/**
 * Replaces a file so that a kill or a power cut leaves the old content or the new one, never half of either: a
 * temporary file beside it (0600), flushed, renamed over it, and the folder flushed.
 *
 * @throws the file system's error, or what `beforeRename` threw; the old file is untouched then, and the temporary one gone
 */
export async function replaceFile(file: string, content: string | Uint8Array, options: ReplaceOptions = {}): Promise<void> {
  // One name, so that a kill leaves at most one of them and the next write clears it.
  const { mode = 0o600, temporary = `${file}.tmp` } = options;
  await rm(temporary, { force: true });
  try {
    const handle = await open(temporary, "wx", 0o600);
    try {
      await handle.writeFile(content);
      if (mode !== 0o600) await handle.chmod(mode);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await options.beforeRename?.();
    await renameOver(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  // Windows cannot open a folder for flushing.
  if (process.platform === "win32") return;
  const folder = await open(path.dirname(file), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

const heldCodes: readonly unknown[] = ["EPERM", "EBUSY", "EACCES"];

async function renameOver(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await rename(from, to);
    } catch (error) {
      // On Windows a virus scanner or an indexer may hold the target open for a moment.
      const isHeld = process.platform === "win32" && error instanceof Error && "code" in error && heldCodes.includes(error.code);
      if (!isHeld || attempt === 10) throw error;
      await new Promise((resolve) => setTimeout(resolve, attempt * 20));
    }
  }
}
