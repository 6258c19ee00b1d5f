import * as z from "zod";
import { settingGroups } from "../schema/setting-groups.ts";
import type { ContractEntry } from "./endpoint.ts";

/** One setting: what it is called, what it takes, and what it is now. */
export const settingInfoSchema = z.object({
  /** `gateway` and `port`: where it stands in config.json. */
  section: z.string(),
  name: z.string(),
  title: z.string(),
  help: z.string(),
  /** `ms`, `bytes`, `s`, `days`; null where it counts nothing. */
  unit: z.string().nullable(),
  /** The part of the settings page where it stands. */
  group: z.enum(settingGroups),
  /** What each choice is called, by its value. */
  choices: z.record(z.string(), z.string()),
  /** What a text stands for, where a plain field would not do. */
  kind: z.enum(["alias", "file", "model", "shortcuts"]).nullable(),
  /** JSON Schema of the value: type, limits, choices. */
  schema: z.record(z.string(), z.unknown()),
  value: z.unknown(),
  default: z.unknown(),
  isDefault: z.boolean(),
  /** Who decides the value. */
  source: z.enum(["default", "file", "environment", "flag"]),
  /** `POSTERN_PORT`, `--port`: what has to be taken away before it can be set; null where it can be. */
  pinnedBy: z.string().nullable(),
  /** The variable that can pin it. */
  environment: z.string(),
  /** Why the value is not what Postern does yet, and what would help; null where it is in force. */
  problem: z.string().nullable(),
});

/** {@link settingInfoSchema}'s values. */
export type SettingInfo = z.infer<typeof settingInfoSchema>;

/** The settings of config.json, one by one. */
export const settingsContract = {
  listSettings: {
    method: "GET",
    path: "/admin/settings",
    reply: z.object({
      /** The path of config.json. */
      file: z.string(),
      settings: z.array(settingInfoSchema),
    }),
  },
  /** Refused for a value that could not take effect: a port that is taken, a file that is not there, a setting that is pinned. */
  putSetting: {
    method: "PUT",
    path: "/admin/settings/:section/:name",
    body: z.strictObject({ value: z.unknown() }),
    reply: settingInfoSchema,
  },
  /** Takes it out of config.json: the default is in force again. */
  resetSetting: { method: "DELETE", path: "/admin/settings/:section/:name", reply: settingInfoSchema },
} as const satisfies Record<string, ContractEntry>;
