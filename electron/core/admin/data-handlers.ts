import { readFileSync } from "node:fs";
import { readdir, rm, truncate } from "node:fs/promises";
import path from "node:path";
import { kindOfCopy } from "#core/store/database-kinds.ts";
import { deleteCalls } from "#core/usage/call-sums.ts";
import { type dataContract, type Licences, licencesSchema } from "#shared/contract/data.ts";
import { PosternError } from "#shared/errors.ts";
import { version } from "#shared/version.ts";
import { exportData } from "./export-data.ts";
import type { HandlersOf } from "./handlers-of.ts";
import type { AdminParts } from "./parts.ts";

/** Answers what stands in `shared/contract/data.ts`. */
export function createDataHandlers(parts: AdminParts): HandlersOf<typeof dataContract> {
  const { dataFolder, store } = parts;
  const logFolder = path.join(dataFolder, "logs");
  const backupFolder = path.join(dataFolder, "backups");
  return {
    getAbout: async () => ({
      version,
      node: process.versions.node,
      electron: process.versions["electron"] ?? null,
      platform: process.platform,
      architecture: process.arch,
      dataFolder,
      configFile: parts.config.file,
      logFolder,
      backupFolder,
    }),
    listLicences: async () => readLicences(parts.assetsFolder),
    exportData: () => exportData(parts),
    eraseLogs: async ({ query }) => {
      await parts.calls.flush().catch(() => undefined);
      const calls = await deleteCalls(store, { fromMs: 0, untilMs: Number.MAX_SAFE_INTEGER });
      // What was deleted stands in the free pages of the file until it is written anew.
      await store.run("VACUUM");
      await store.all("PRAGMA wal_checkpoint(TRUNCATE)");
      const files = await eraseLogFiles(logFolder);
      return { calls, files, backups: query.backups === "delete" ? await removeBackups(backupFolder) : 0 };
    },
  };
}

/** The file that is written to is emptied and stays: its writer goes on at its end. */
async function eraseLogFiles(folder: string): Promise<number> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".log"));
  for (const name of names) {
    if (/\.\d+\.log$/.test(name)) await rm(path.join(folder, name), { force: true });
    else await truncate(path.join(folder, name));
  }
  return names.length;
}

/** Those of the calls alone: chats have copies of their own. */
async function removeBackups(folder: string): Promise<number> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".db") && kindOfCopy(name) === "postern");
  await Promise.all(names.map((name) => rm(path.join(folder, name), { force: true })));
  return names.length;
}

function readLicences(assetsFolder: string): Licences {
  try {
    return licencesSchema.parse(JSON.parse(readFileSync(path.join(assetsFolder, "licences.json"), "utf8")));
  } catch (error) {
    throw new PosternError("internal", "Cannot show the licences: assets/licences.json is missing or broken; reinstall Postern", {
      cause: error,
    });
  }
}
