import * as z from "zod";
import { budgetSchema, grantNameSchema, permissionsSchema } from "../schema/grant.ts";
import type { ContractEntry } from "./endpoint.ts";

/** A tool's grant, as a person sees it: never its key. */
export const grantInfoSchema = z.object({
  id: z.string(),
  name: z.string(),
  state: z.enum(["active", "paused", "expired"]),
  /** The key's last four characters; null where it is a credential that the tool brought. */
  keyHint: z.string().nullable(),
  permissions: permissionsSchema,
  /** Each budget with what is spent or reserved of it. */
  spent: z.array(budgetSchema.extend({ spent: z.number() })),
  createdAtMs: z.number(),
});

/** {@link grantInfoSchema}'s values. */
export type GrantInfo = z.output<typeof grantInfoSchema>;

/** When a grant was used last, and what it came to today. */
export const grantActivitySchema = z.object({
  grantId: z.string(),
  /** The begin of its last call; to the day, where the calls themselves are no longer kept. */
  lastSeenAtMs: z.number(),
  callsToday: z.number(),
  /** Millionths of a US dollar, of the calls whose cost is known. */
  costTodayMicroUsd: z.number(),
});

/** {@link grantActivitySchema}'s values. */
export type GrantActivity = z.output<typeof grantActivitySchema>;

/** The local keys of tools. A parameter `:grant` is a grant's id or its name. */
export const grantsContract = {
  listGrants: { method: "GET", path: "/admin/grants", reply: z.object({ grants: z.array(grantInfoSchema) }) },
  /** What each grant was used for lately. One that made no call is not in it. */
  listGrantActivity: { method: "GET", path: "/admin/grants/activity", reply: z.object({ activity: z.array(grantActivitySchema) }) },
  /** Makes a grant. The reply holds the only copy of its key. */
  addGrant: {
    method: "POST",
    path: "/admin/grants",
    body: z.strictObject({ name: grantNameSchema, permissions: permissionsSchema }),
    reply: z.object({ grant: grantInfoSchema, key: z.string() }),
  },
  /** Replaces what stands in the body; it holds from the next call on. A paused or expired key stops at once, streams too. */
  changeGrant: {
    method: "PUT",
    path: "/admin/grants/:grant",
    body: z.strictObject({ name: grantNameSchema.optional(), permissions: permissionsSchema }),
    reply: grantInfoSchema,
  },
  /** Gives a grant a new key; the old one stops at once. The reply holds the only copy. */
  replaceGrantKey: {
    method: "POST",
    path: "/admin/grants/:grant/key",
    reply: z.object({ grant: grantInfoSchema, key: z.string() }),
  },
  /** Ends a grant: its key, and the streams that run on it, stop at once. */
  revokeGrant: { method: "DELETE", path: "/admin/grants/:grant", reply: z.object({ revoked: z.boolean() }) },
} as const satisfies Record<string, ContractEntry>;
