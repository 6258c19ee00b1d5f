import { openBackups } from "#core/store/backups.ts";
import { backupNameSchema, type backupsContract } from "#shared/contract/backups.ts";
import { PosternError } from "#shared/errors.ts";
import type { HandlersOf } from "./handlers-of.ts";
import type { AdminParts } from "./parts.ts";

/** Answers what stands in `shared/contract/backups.ts`. */
export function createBackupHandlers(parts: Pick<AdminParts, "store" | "databaseFile" | "clock">): HandlersOf<typeof backupsContract> {
  const backups = openBackups(parts.store, { file: parts.databaseFile, clock: parts.clock });
  return {
    listBackups: async () => ({ folder: backups.folder, backups: await backups.list() }),
    createBackup: async () => backups.create(),
    restoreBackup: async ({ parameters }) => {
      const name = backupNameSchema.safeParse(parameters.name);
      if (!name.success) throw new PosternError("invalid_value", `Cannot restore this: it ${name.error.issues[0]?.message ?? ""}`);
      await backups.restore(name.data);
      return {
        words: `${name.data} is sound, and takes the database's place at Postern's next start; what is there now is kept beside it.`,
      };
    },
  };
}
