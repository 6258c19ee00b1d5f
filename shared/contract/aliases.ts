import * as z from "zod";
import { storedConfigSchema } from "../schema/routing.ts";
import type { ContractEntry } from "./endpoint.ts";

const removedSchema = z.object({ removed: z.boolean() });

/** A named routing config. */
export const namedConfigSchema = z.object({
  name: z.string(),
  config: storedConfigSchema,
  /** `changed`: one that ships, replaced by the person's own of the same name. */
  source: z.enum(["shipped", "changed", "own"]),
});

/** {@link namedConfigSchema}'s values. */
export type NamedConfig = z.infer<typeof namedConfigSchema>;

/**
 * Aliases, which are called as a `model`, and saved configs, which are named by `x-portkey-config`. They stand in
 * config.json, whose comments and order each change keeps.
 */
export const aliasesContract = {
  listAliases: { method: "GET", path: "/admin/aliases", reply: z.object({ aliases: z.array(namedConfigSchema) }) },
  getAlias: { method: "GET", path: "/admin/aliases/:name", reply: namedConfigSchema },
  putAlias: { method: "PUT", path: "/admin/aliases/:name", body: storedConfigSchema, reply: namedConfigSchema },
  /** One that ships comes back as it ships. */
  removeAlias: { method: "DELETE", path: "/admin/aliases/:name", reply: removedSchema },
  listConfigs: { method: "GET", path: "/admin/configs", reply: z.object({ configs: z.array(namedConfigSchema) }) },
  getConfig: { method: "GET", path: "/admin/configs/:name", reply: namedConfigSchema },
  putConfig: { method: "PUT", path: "/admin/configs/:name", body: storedConfigSchema, reply: namedConfigSchema },
  removeConfig: { method: "DELETE", path: "/admin/configs/:name", reply: removedSchema },
} as const satisfies Record<string, ContractEntry>;
