import { createHash } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import type { Store } from "#core/store/store.ts";
import { storeError } from "#core/store/store-error.ts";
import { PosternError } from "#shared/errors.ts";
import { attachmentHashSchema } from "#shared/schema/chat.ts";

/** Files that messages came with, each once, by the SHA-256 of its bytes: `attachments/ab/abcd...` (0700, each file 0600). */
export interface AttachmentFiles {
  /** Keeps a file; on disk when it resolves. One that is kept already is not written again. @returns its hash */
  add(bytes: Uint8Array): Promise<string>;
  /** @throws {PosternError} `not_found`; `internal` where its bytes are no longer those that were kept */
  read(hash: string): Promise<Uint8Array<ArrayBuffer>>;
  /** Notes which files no message names now, and removes those of which that was so before a moment already. */
  removeUnused(unusedBeforeMs: number): Promise<void>;
}

/** @param options.folder the data folder */
export function openAttachmentFiles(
  store: Pick<Store, "all" | "run">,
  options: { readonly folder: string; readonly nowMs: () => number },
): AttachmentFiles {
  const folder = path.join(options.folder, "attachments");
  // The name is the hash that is computed here or checked: no part of it comes from a path.
  const fileOf = (hash: string): string => path.join(folder, hash.slice(0, 2), hash);

  return {
    async add(bytes) {
      const hash = createHash("sha256").update(bytes).digest("hex");
      const file = fileOf(hash);
      try {
        await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
        // Its size tells a whole file: it is renamed into place only when it is on disk.
        if ((await stat(file).catch(() => null))?.size !== bytes.length) await writeWhole(file, bytes);
      } catch (error) {
        throw storeError(`keep this file in ${folder}`, error);
      }
      await store.run(
        `INSERT INTO attachments (hash, bytes) VALUES (?, ?)
         ON CONFLICT (hash) DO UPDATE SET unused_at_ms = CASE WHEN unused_at_ms IS NULL THEN NULL ELSE ? END`,
        [hash, bytes.length, options.nowMs()],
      );
      return hash;
    },
    async read(hash) {
      if (!attachmentHashSchema.safeParse(hash).success)
        throw new PosternError("not_found", "Cannot find this attachment: it is named by its SHA-256");
      const bytes = await readFile(fileOf(hash)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") throw new PosternError("not_found", "Cannot find this attachment: its file is gone");
        throw storeError(`read the attachment ${hash}`, error);
      });
      if (createHash("sha256").update(bytes).digest("hex") !== hash)
        throw new PosternError("internal", "Cannot show this attachment: its file was changed or is damaged");
      return bytes;
    },
    async removeUnused(unusedBeforeMs) {
      const isUsed = "EXISTS (SELECT 1 FROM message_attachments WHERE message_attachments.hash = attachments.hash)";
      await store.run(`UPDATE attachments SET unused_at_ms = NULL WHERE unused_at_ms IS NOT NULL AND ${isUsed}`);
      await store.run(`UPDATE attachments SET unused_at_ms = ? WHERE unused_at_ms IS NULL AND NOT ${isUsed}`, [options.nowMs()]);
      const gone = await store.all<{ hash: string }>("DELETE FROM attachments WHERE unused_at_ms < ? RETURNING hash", [unusedBeforeMs]);
      for (const { hash } of gone) await rm(fileOf(hash), { force: true });
    },
  };
}

async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  // A name of its own: the same file may be added twice at once.
  const partial = `${file}.${crypto.randomUUID()}.partial`;
  try {
    const handle = await open(partial, "wx", 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}
