import { mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { replaceFile } from "#core/store/replace-file.ts";

const changedFileSchema = z.object({
  path: z.string(),
  /** Base64 of what it was; null where there was none. */
  before: z.string().nullable(),
  mode: z.number(),
  /** SHA-256 of what was written. */
  after: z.string(),
  /** Folders that were made for it. */
  folders: z.array(z.string()),
});

const recordSchema = z.object({
  appliedAtMs: z.number(),
  origin: z.string(),
  model: z.string().nullable(),
  files: z.array(changedFileSchema),
});

/** What was changed for a tool at one time, with all that is needed to change it back. */
export type ConnectionRecord = z.infer<typeof recordSchema>;

/** A file of a {@link ConnectionRecord}. */
export type ChangedFile = z.infer<typeof changedFileSchema>;

const recordsSchema = z.array(recordSchema);

/** What was changed for each tool: a file each in the data folder, which only its owner can read. */
export interface ConnectionRecords {
  /** The oldest first. */
  read(tool: string): Promise<readonly ConnectionRecord[]>;
  write(tool: string, records: readonly ConnectionRecord[]): Promise<void>;
}

/** Opens the records; nothing is read yet. */
export function openConnectionRecords(dataFolder: string): ConnectionRecords {
  const folder = path.join(dataFolder, "connections");
  const fileOf = (tool: string): string => path.join(folder, `${tool}.json`);
  return {
    async read(tool) {
      let text: string;
      try {
        text = await readFile(fileOf(tool), "utf8");
      } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
        throw error;
      }
      return recordsSchema.parse(JSON.parse(text));
    },
    async write(tool, records) {
      if (records.length === 0) return rm(fileOf(tool), { force: true });
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await replaceFile(fileOf(tool), JSON.stringify(records));
    },
  };
}
