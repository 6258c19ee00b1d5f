import { mkdirSync } from "node:fs";
import { type FileHandle, open, rename } from "node:fs/promises";
import path from "node:path";

/** A file that lines are put at the end of, and that is set aside when it has grown. */
export interface LogFile {
  /** Takes a line with its line break; it is on disk about a quarter of a second later. Never waits, never throws. */
  write(line: string): void;
  /** Writes what waits, and closes. */
  close(): Promise<void>;
}

const flushDelayMs = 250;
/** Lines that the disk does not take in time are dropped, the newest first: memory is for calls. */
const mostWaitingBytes = 1_048_576;

/**
 * Opens `<name>.log` in a folder (0700, made if need be; files 0600). At `maxBytes` it becomes `<name>.1.log`, that one
 * `<name>.2.log`, and so on; the last is given up.
 *
 * @param options `files` counts the one that is written; `onError` is told once of a disk that takes nothing
 */
export function openLogFile(
  folder: string,
  options: { readonly name: string; readonly maxBytes: number; readonly files: number; readonly onError: (error: Error) => void },
): LogFile {
  const nameOf = (index: number): string => path.join(folder, index === 0 ? `${options.name}.log` : `${options.name}.${index}.log`);
  let waiting = "";
  let handle: FileHandle | null = null;
  let size = 0;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  let hasFailed = false;

  async function reopen(): Promise<FileHandle> {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const opened = await open(nameOf(0), "a", 0o600);
    size = (await opened.stat()).size;
    return opened;
  }

  async function rotate(): Promise<void> {
    await handle?.close();
    handle = null;
    for (let index = options.files - 1; index > 0; index--) {
      await rename(nameOf(index - 1), nameOf(index)).catch(() => undefined);
    }
  }

  async function flush(): Promise<void> {
    const text = waiting;
    waiting = "";
    if (text === "") return;
    try {
      handle ??= await reopen();
      const bytes = Buffer.byteLength(text);
      if (size > 0 && size + bytes > options.maxBytes) {
        await rotate();
        handle = await reopen();
      }
      await handle.appendFile(text);
      size += bytes;
      hasFailed = false;
    } catch (error) {
      await handle?.close().catch(() => undefined);
      handle = null;
      if (!hasFailed) options.onError(error as Error);
      hasFailed = true;
    }
  }

  function schedule(): void {
    timer = undefined;
    writing = writing.then(flush);
  }

  return {
    write(line) {
      if (waiting.length + line.length > mostWaitingBytes) return;
      waiting += line;
      timer ??= setTimeout(schedule, flushDelayMs).unref();
    },
    async close() {
      clearTimeout(timer);
      schedule();
      await writing;
      await handle?.close();
      handle = null;
    },
  };
}
