import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";

/** A file that goes into an archive. */
export interface TarEntry {
  /** Its name in the archive, at most 100 bytes. */
  readonly name: string;
  readonly file: string;
}

const blockBytes = 512;

/**
 * Writes files as a tar archive (POSIX ustar), one behind the other, as fast as somebody reads it. Each has the length that it
 * had when its turn came.
 *
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06
 */
export async function* writeTar(entries: readonly TarEntry[]): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (const { name, file } of entries) {
    const { size, mtimeMs } = await stat(file);
    yield header(name, size, Math.floor(mtimeMs / 1_000));
    if (size === 0) continue;
    for await (const chunk of createReadStream(file, { end: size - 1 }) as AsyncIterable<Buffer>) yield new Uint8Array(chunk);
    yield new Uint8Array((blockBytes - (size % blockBytes)) % blockBytes);
  }
  yield new Uint8Array(2 * blockBytes);
}

function header(name: string, size: number, modifiedAt: number): Uint8Array<ArrayBuffer> {
  const block = Buffer.alloc(blockBytes);
  const octal = (value: number, length: number): string => value.toString(8).padStart(length - 1, "0");
  block.write(path.posix.normalize(name), 0, 100);
  block.write(octal(0o600, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  // Twelve places of octal reach to 8 GiB; a larger size is written in base 256.
  if (size < 8 ** 11) block.write(octal(size, 12), 124);
  else {
    block.writeBigUInt64BE(BigInt(size), 128);
    block[124] = 0x80;
  }
  block.write(octal(modifiedAt, 12), 136);
  block.write(" ".repeat(8), 148);
  block.write("0", 156);
  block.write("ustar\u000000", 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return new Uint8Array(block);
}
