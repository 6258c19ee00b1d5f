import { hash } from "node:crypto";
import { lstat, mkdir, readFile, realpath, rm, rmdir, stat } from "node:fs/promises";
import path from "node:path";
import { replaceFile } from "#core/store/replace-file.ts";
import { PosternError } from "#shared/errors.ts";

/** A tool's own file as it is now. */
export interface ToolFile {
  /** As the tool names it. */
  readonly path: string;
  /** The file itself, with every link on the way followed: inside the home folder. */
  readonly target: string;
  /** Null where there is none. */
  readonly content: Buffer | null;
  readonly mode: number;
}

const mostBytes = 2_097_152;
const ownMode = 0o600;

/**
 * Reads a tool's file.
 *
 * @throws {PosternError} where it, or a link on the way to it, leads out of the home folder, where it is no plain file, or cannot be read
 */
export async function readToolFile(file: string, home: string): Promise<ToolFile> {
  const target = await follow(file, home);
  try {
    const found = await stat(target);
    if (!found.isFile()) throw refuse(file, "it is no plain file");
    if (found.size > mostBytes) throw refuse(file, "it is larger than 2 MiB");
    return { path: file, target, content: await readFile(target), mode: found.mode & 0o777 };
  } catch (error) {
    if (codeOf(error) === "ENOENT") return { path: file, target, content: null, mode: ownMode };
    throw error instanceof PosternError ? error : refuse(file, `it cannot be read (${codeOf(error) ?? "unknown"})`, error);
  }
}

/** The text of a file. @throws {PosternError} where it is no UTF-8 */
export function textOf({ path: file, content }: ToolFile): string {
  if (content === null) return "";
  const text = content.toString("utf8");
  if (Buffer.from(text, "utf8").equals(content)) return text;
  throw refuse(file, "it is not written in UTF-8");
}

/** What tells one content from another; null for a file that does not exist. */
export function fingerprintOf(content: Uint8Array | null): string | null {
  return content === null ? null : hash("sha256", content, "hex");
}

/**
 * Writes a tool's file whole or not at all, with the rights that it had; a new one is its owner's alone.
 *
 * @param content null removes it
 * @returns the folders that were made for it, the outermost first
 * @throws {PosternError} where it is no longer what `before` says: it is left alone then
 */
export async function writeToolFile(before: ToolFile, content: Uint8Array | null, home: string): Promise<readonly string[]> {
  const folders = content === null ? [] : await makeFolders(path.dirname(before.target));
  const check = async (): Promise<void> => {
    const now = await readToolFile(before.path, home);
    if (now.target === before.target && fingerprintOf(now.content) === fingerprintOf(before.content)) return;
    throw refuse(before.path, "somebody else changed it this moment; look at the change again");
  };
  try {
    if (content === null) {
      await check();
      await rm(before.target, { force: true });
    } else {
      const temporary = path.join(path.dirname(before.target), `.${path.basename(before.target)}.postern-tmp`);
      await replaceFile(before.target, content, { mode: before.mode, temporary, beforeRename: check });
    }
    return folders;
  } catch (error) {
    await removeFolders(folders);
    if (error instanceof PosternError) throw error;
    throw refuse(before.path, `it cannot be written (${codeOf(error) ?? "unknown"})`, error);
  }
}

/** Removes folders that were made for a file, as far as nothing else is in them. */
export async function removeFolders(folders: readonly string[]): Promise<void> {
  for (const folder of folders.toReversed()) {
    try {
      await rmdir(folder);
    } catch {
      return;
    }
  }
}

async function makeFolders(folder: string): Promise<readonly string[]> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (first === undefined) return [];
  const made: string[] = [];
  for (let one = folder; one.length >= first.length; one = path.dirname(one)) made.unshift(one);
  return made;
}

/** Follows links as far as the path exists. A link is a person's own way to keep files elsewhere, as long as it stays at home. */
async function follow(file: string, home: string): Promise<string> {
  const realHome = await realpath(home).catch(() => home);
  let existing = file;
  const missing: string[] = [];
  for (;;) {
    try {
      await lstat(existing);
      break;
    } catch (error) {
      if (codeOf(error) !== "ENOENT" && codeOf(error) !== "ENOTDIR") throw refuse(file, "its folder cannot be read", error);
      if (existing === path.dirname(existing)) break;
      missing.unshift(path.basename(existing));
      existing = path.dirname(existing);
    }
  }
  const real = await realpath(existing).catch((error: unknown) => {
    throw refuse(file, "a link on the way to it leads nowhere", error);
  });
  const target = path.join(real, ...missing);
  const inside = path.relative(realHome, target);
  if (inside === "" || inside.startsWith("..") || path.isAbsolute(inside)) {
    throw refuse(file, "it lies outside your home folder; change it by hand, or use the snippet");
  }
  return target;
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}

function refuse(file: string, state: string, cause?: unknown): PosternError {
  return new PosternError("invalid_value", `Cannot change ${file}: ${state}`, { cause });
}
