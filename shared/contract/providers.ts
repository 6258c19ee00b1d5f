import * as z from "zod";
import { providerOverrideSchema } from "../schema/config-file.ts";
import { authSchemes, dialectIds } from "../schema/provider.ts";
import type { ContractEntry } from "./endpoint.ts";
import { listedKeySchema } from "./keys.ts";

/**
 * How a provider stands: `ready` for calls; `no-key`; `key-waits` where its keys are bound to another address;
 * `incomplete` where its address lacks a value; `not-accepted` for a model server on this machine; `off` by the person.
 */
const providerStateSchema = z.enum(["ready", "no-key", "key-waits", "incomplete", "not-accepted", "off"]);

/** A provider's row as it is in force, with what the person changed about it and the keys that it has. */
export const providerInfoSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** Where the row comes from: `changed` is a built-in one with fields of the person's own. */
  source: z.enum(["built-in", "changed", "own"]),
  state: providerStateSchema,
  /** The state in words, with what would change it. */
  words: z.string(),
  dialect: z.enum(dialectIds),
  baseUrl: z.string(),
  origin: z.string(),
  auth: z.enum(authSchemes),
  endpoints: z.array(z.string()).readonly(),
  local: z.boolean(),
  links: z.object({ site: z.string().optional(), keys: z.string().optional(), docs: z.string().optional() }),
  /** Variables that may hold the key. */
  environment: z.array(z.string()).readonly(),
  /** How its keys begin; empty where that tells nothing. */
  keyPrefixes: z.array(z.string()).readonly(),
  /** The values that the address or the signing takes; null where one is missing. */
  values: z.array(z.object({ name: z.string(), title: z.string(), value: z.string().nullable() })),
  /** What config.json says about it; null where it says nothing. */
  override: z.record(z.string(), z.unknown()).nullable(),
  keys: z.array(listedKeySchema),
});

/** {@link providerInfoSchema}'s values. */
export type ProviderInfo = z.infer<typeof providerInfoSchema>;

/** The providers: rows that ship, and what config.json makes of them. */
export const providersContract = {
  listProviders: { method: "GET", path: "/admin/providers", reply: z.object({ providers: z.array(providerInfoSchema) }) },
  /** Replaces what config.json says about a provider; for one that does not ship this is its whole row. */
  putProvider: { method: "PUT", path: "/admin/providers/:provider", body: providerOverrideSchema, reply: providerInfoSchema },
  /** Takes out what config.json says: a built-in row is as it ships again, one's own is gone. Its keys stay. */
  removeProvider: { method: "DELETE", path: "/admin/providers/:provider", reply: z.object({ removed: z.boolean() }) },
  /** Lets calls go to a model server on this machine. */
  acceptProvider: { method: "POST", path: "/admin/providers/:provider/accept", reply: z.object({ id: z.string(), origin: z.string() }) },
} as const satisfies Record<string, ContractEntry>;
