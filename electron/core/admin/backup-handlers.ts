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
      return { folder: backups.folder, backups: listed.sort((one, other) => other.createdAtMs - one.createdAtMs) };
    },
    createBackup: async () => ({
      ...about("postern", await backups.create()),
      chats: chats.exist ? about("chats", await (await chats.open()).backups.create()) : null,
    }),
    restoreBackup: async ({ parameters }) => {
      const name = backupNameSchema.safeParse(parameters.name);
      if (!name.success) throw new PosternError("invalid_value", `Cannot restore this: it ${name.error.issues[0]?.message ?? ""}`);
      await (kindOfCopy(name.data) === "chats" ? (await chats.open()).backups : backups).restore(name.data);
      return {
        words: `${name.data} is sound, and takes the database's place at Postern's next start; what is there now is kept beside it.`,
      };
    },
  };
}

async function list(database: DatabaseKind, backups: Pick<Backups, "list">): Promise<ReturnType<typeof about>[]> {
  return (await backups.list()).map((backup) => about(database, backup));
}

function about(database: DatabaseKind, backup: Backup): Backup & { readonly database: DatabaseKind } {
  return { ...backup, database };
}
