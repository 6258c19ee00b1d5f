import * as z from "zod";
import type { ContractEntry } from "./endpoint.ts";

/** One of the programs by others that Postern is made of. */
export const licenceSchema = z.object({
  name: z.string(),
  version: z.string(),
  /** SPDX: `MIT`. */
  licence: z.string(),
  /** Its place in the list of texts; null where the package brings none. */
  text: z.number().nullable(),
});

/** {@link licenceSchema}'s values. */
export type Licence = z.infer<typeof licenceSchema>;

/** Every licence, and the texts that they name: many have the same one. */
export const licencesSchema = z.object({ packages: z.array(licenceSchema).readonly(), texts: z.array(z.string()).readonly() });

/** {@link licencesSchema}'s values. */
export type Licences = z.infer<typeof licencesSchema>;

/** What this Postern is, and the person's data as a whole. */
export const dataContract = {
  getAbout: {
    method: "GET",
    path: "/admin/about",
    reply: z.object({
      version: z.string(),
      node: z.string(),
      /** The desktop app's; null where Postern runs without it. */
      electron: z.string().nullable(),
      /** `linux`, `darwin`, `win32`. */
      platform: z.string(),
      architecture: z.string(),
      dataFolder: z.string(),
      configFile: z.string(),
      logFolder: z.string(),
      backupFolder: z.string(),
    }),
  },
  /** Postern's own licence first, then those of what ships with it, by name. */
  listLicences: { method: "GET", path: "/admin/licences", reply: licencesSchema },
  /**
   * Everything that a person has here, in one tar.gz: config.json, both databases, and calls and chats as JSON too. Keys are
   * not among it: they never leave their storage.
   */
  exportData: { method: "GET", path: "/admin/export", reply: z.string(), type: "application/gzip" },
  /** Deletes every call with its prompts, answers and sums, and the log files, for good. Chats, grants and settings stay. */
  eraseLogs: {
    method: "DELETE",
    path: "/admin/logs",
    query: z.strictObject({
      /** Whether the copies of the database go as well: the calls are in those too. */
      backups: z.enum(["keep", "delete"]).default("keep"),
    }),
    reply: z.object({ calls: z.number(), files: z.number(), backups: z.number() }),
  },
} as const satisfies Record<string, ContractEntry>;
