import { createReadStream, existsSync } from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { notOfThisKind } from "#core/store/inspect-copy.ts";
import { type Backup, type Backups, openBackups } from "#core/store/backups.ts";
import { type DatabaseKind, kindOfCopy } from "#core/store/database-kinds.ts";
import { backupNameSchema, type backupsContract } from "#shared/contract/backups.ts";
import { PosternError } from "#shared/errors.ts";
import type { HandlersOf } from "./handlers-of.ts";
import type { AdminParts } from "./parts.ts";

/** Answers what stands in `shared/contract/backups.ts`. */
export function createBackupHandlers(
  parts: Pick<AdminParts, "store" | "databaseFile" | "clock" | "chats">,
): HandlersOf<typeof backupsContract> {
  const { chats } = parts;
  const backups = openBackups(parts.store, { file: parts.databaseFile, clock: parts.clock });
  return {
    listBackups: async () => {
      const listed = [...(await list("postern", backups)), ...(chats.exist ? await list("chats", (await chats.open()).backups) : [])];
      const waiting = [
        ...(backups.isWaiting ? (["postern"] as const) : []),
        ...(chats.exist && (await chats.open()).backups.isWaiting ? (["chats"] as const) : []),
      ];
      return { folder: backups.folder, backups: listed.sort((one, other) => other.createdAtMs - one.createdAtMs), waiting };
    },
    createBackup: async () => ({
      ...about("postern", await backups.create()),
      chats: chats.exist ? about("chats", await (await chats.open()).backups.create()) : null,
    }),
    restoreBackup: async ({ parameters }) => {
      const name = readName(parameters.name);
      await (kindOfCopy(name) === "chats" ? (await chats.open()).backups : backups).restore(name);
      return {
        words: `${name} is sound, and takes the database's place at Postern's next start; what is there now is kept beside it.`,
      };
    },
    cancelRestore: async () => {
      const cancelled = [await backups.cancelRestore(), chats.exist && (await (await chats.open()).backups.cancelRestore())];
      return { cancelled: cancelled.includes(true) };
    },
    downloadBackup: async ({ parameters }) => {
      const file = path.join(backups.folder, readName(parameters.name));
      if (!existsSync(file))
        throw new PosternError("not_found", `Cannot download "${path.basename(file)}": there is no such file in backups/`);
      return Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array>;
    },
    uploadBackup: async ({ body }) => {
      try {
        return about("postern", await backups.adopt(body));
      } catch (error) {
        if (!(error instanceof PosternError) || error.cause !== notOfThisKind) throw error;
        return about("chats", await (await chats.open()).backups.adopt(body));
      }
    },
    removeBackup: async ({ parameters }) => ({ removed: await backups.remove(readName(parameters.name)) }),
  };
}

function readName(given: string): string {
  const name = backupNameSchema.safeParse(given);
  if (name.success) return name.data;
  throw new PosternError("invalid_value", `Cannot use this backup: it ${name.error.issues[0]?.message ?? ""}`);
}

async function list(database: DatabaseKind, backups: Pick<Backups, "list">): Promise<ReturnType<typeof about>[]> {
  return (await backups.list()).map((backup) => about(database, backup));
}

function about(database: DatabaseKind, backup: Backup): Backup & { readonly database: DatabaseKind } {
  return { ...backup, database };
}
