import * as z from "zod";
import type { ContractEntry } from "./endpoint.ts";

/** One setting: what it is called, what it takes, and what it is now. */
export const settingInfoSchema = z.object({
  /** `gateway` and `port`: where it stands in config.json. */
  section: z.string(),
  name: z.string(),
  title: z.string(),
  help: z.string(),
  /** `ms`, `bytes`, `s`; null where it counts nothing. */
  unit: z.string().nullable(),
  /** JSON Schema of the value: type, limits, choices. */
  schema: z.record(z.string(), z.unknown()),
  value: z.unknown(),
  default: z.unknown(),
  isDefault: z.boolean(),
});

/** {@link settingInfoSchema}'s values. */
export type SettingInfo = z.infer<typeof settingInfoSchema>;

/** The settings of config.json, one by one. */
export const settingsContract = {
  listSettings: { method: "GET", path: "/admin/settings", reply: z.object({ settings: z.array(settingInfoSchema) }) },
  putSetting: {
    method: "PUT",
    path: "/admin/settings/:section/:name",
    body: z.strictObject({ value: z.unknown() }),
    reply: settingInfoSchema,
  },
  /** Takes it out of config.json: the default is in force again. */
  resetSetting: { method: "DELETE", path: "/admin/settings/:section/:name", reply: settingInfoSchema },
} as const satisfies Record<string, ContractEntry>;
