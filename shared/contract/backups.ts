import * as z from "zod";
import type { ContractEntry } from "./endpoint.ts";

/** A copy of a database in the data folder. */
export const backupInfoSchema = z.object({
  /** The file's name in `backups/`. */
  name: z.string(),
  /** `postern`: calls, grants, the index of the keys. `chats`: chats and presets, without the attached files. */
  database: z.enum(["postern", "chats"]),
  bytes: z.number(),
  createdAtMs: z.number(),
});

/** A backup's name: no path, nothing that another program could read as one. */
export const backupNameSchema = z.string().regex(/^[A-Za-z0-9][\w.-]{0,100}\.db$/, "must be the name of a file in backups/");

/** Copies of the databases: calls, grants, the index of the keys; chats. The keys themselves and config.json are in none of them. */
export const backupsContract = {
  listBackups: {
    method: "GET",
    path: "/admin/backups",
    reply: z.object({
      folder: z.string(),
      backups: z.array(backupInfoSchema),
      /** Of which database a copy waits to take its place at the next start. */
      waiting: z.array(z.enum(["postern", "chats"])),
    }),
  },
  /** Copies both; the chats' is null where there are none yet. */
  createBackup: { method: "POST", path: "/admin/backups", reply: backupInfoSchema.extend({ chats: backupInfoSchema.nullable() }) },
  /** Checks a backup and lays it ready: it takes the database's place at the next start, and what was there is kept beside it. */
  restoreBackup: {
    method: "POST",
    path: "/admin/backups/:name/restore",
    reply: z.object({ words: z.string() }),
  },
  /** Takes back what was laid ready: the next start goes on with what is there now. */
  cancelRestore: { method: "DELETE", path: "/admin/restore", reply: z.object({ cancelled: z.boolean() }) },
  downloadBackup: { method: "GET", path: "/admin/backups/:name", reply: z.string(), type: "application/vnd.sqlite3" },
  /** Puts a copy that was downloaded back into `backups/`, under a name that says which database it is of. It is checked first. */
  uploadBackup: {
    method: "POST",
    path: "/admin/backups/upload",
    body: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
    bodyType: "application/octet-stream",
    mostBodyBytes: 1_073_741_824,
    reply: backupInfoSchema,
  },
  removeBackup: { method: "DELETE", path: "/admin/backups/:name", reply: z.object({ removed: z.boolean() }) },
} as const satisfies Record<string, ContractEntry>;
