import { copyFile, mkdtemp, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { createWriteStream, existsSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ensurePrivateFile } from "#core/store/ensure-private-file.ts";
import { exportJson } from "#core/usage/export-calls.ts";
import type { AdminParts } from "./parts.ts";
import { type TarEntry, writeTar } from "./write-tar.ts";

type Parts = Pick<AdminParts, "store" | "calls" | "config" | "chats" | "dataFolder">;

const folderPrefix = "export-";
/** The folders of exports that are still read: the next one may not take them for leftovers. */
const underWay = new Set<string>();

/**
 * Everything that a person has here as a tar.gz. The copies that it is made of are in a folder of their own until the reader
 * has it all, or leaves.
 */
export async function exportData(parts: Parts): Promise<ReadableStream<Uint8Array>> {
  await removeLeftovers(parts.dataFolder);
  const folder = await mkdtemp(path.join(parts.dataFolder, folderPrefix));
  underWay.add(folder);
  const forget = async (): Promise<void> => {
    underWay.delete(folder);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const entries = await gather(parts, folder);
    const packed = ReadableStream.from(forgetAfter(writeTar(entries), forget)) as ReadableStream<Uint8Array<ArrayBuffer>>;
    return packed.pipeThrough(new CompressionStream("gzip"));
  } catch (error) {
    await forget();
    throw error;
  }
}

async function gather({ store, calls, config, chats }: Parts, folder: string): Promise<TarEntry[]> {
  await calls.flush().catch(() => undefined);
  const at = (name: string): string => path.join(folder, name);
  if (existsSync(config.file)) await copyFile(config.file, at("config.json"));
  ensurePrivateFile(at("postern.db"));
  await store.run("VACUUM INTO ?", [at("postern.db")]);
  await write(exportJson(store, {}), at("calls.json"));
  if (chats.exist) await write((await chats.open()).exportAll(), at("chats.json"));
  const names = (await readdir(folder)).sort();
  return names.map((name) => ({ name: `postern-export/${name}`, file: at(name) }));
}

async function write(content: ReadableStream<Uint8Array> | string, file: string): Promise<void> {
  const source = typeof content === "string" ? Readable.from([content]) : Readable.fromWeb(content as never);
  await pipeline(source, createWriteStream(file, { mode: 0o600 }));
}

async function* forgetAfter<Piece>(pieces: AsyncIterable<Piece>, forget: () => Promise<void>): AsyncGenerator<Piece> {
  try {
    yield* pieces;
  } finally {
    await forget();
  }
}

/** What an export left that was cut short by the end of the process. */
async function removeLeftovers(dataFolder: string): Promise<void> {
  const found = (await readdir(dataFolder)).filter((name) => name.startsWith(folderPrefix)).map((name) => path.join(dataFolder, name));
  const left = found.filter((folder) => !underWay.has(folder));
  await Promise.all(left.map((folder) => rm(folder, { recursive: true, force: true })));
}
