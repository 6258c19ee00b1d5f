import * as z from "zod";
import { grantNameSchema, permissionsSchema } from "../schema/grant.ts";
import type { ContractEntry } from "./endpoint.ts";
import { grantInfoSchema } from "./grants.ts";

/** Somebody who was refused, and could be let in. */
export const permissionRequestSchema = z.object({
  id: z.string(),
  /** What the program calls itself. A claim: anybody can say so. */
  tool: z.string().nullable(),
  userAgent: z.string().nullable(),
  /** The web page that it came from; null for a program. */
  origin: z.string().nullable(),
  endpoint: z.string().nullable(),
  model: z.string().nullable(),
  /** The grant whose bounds it met; null for one that nobody knows. */
  grant: z.string().nullable(),
  count: z.number(),
  firstSeenAtMs: z.number(),
  lastSeenAtMs: z.number(),
  /** Whether it came with a credential that can be let in; else allowing it always makes a new key, and allowing it once is not possible. */
  hasCredential: z.boolean(),
  /** What "always" gives, unless another is sent. */
  proposal: z.object({ name: z.string(), permissions: permissionsSchema }),
});

/** {@link permissionRequestSchema}'s values. */
export type PermissionRequest = z.output<typeof permissionRequestSchema>;

/** Who asks to be let in. They are held in memory, for as long as Postern runs. */
export const requestsContract = {
  /** The latest first. */
  listRequests: { method: "GET", path: "/admin/requests", reply: z.object({ requests: z.array(permissionRequestSchema) }) },
  /**
   * Lets it in: `once` its credential's next call within 60 s, `always` by a grant. The reply holds the only copy of a new
   * key, where it came without a credential that could be bound.
   */
  allowRequest: {
    method: "POST",
    path: "/admin/requests/:id/allow",
    body: z.strictObject({
      mode: z.enum(["once", "always"]),
      name: grantNameSchema.optional(),
      permissions: permissionsSchema.optional(),
    }),
    reply: z.object({ grant: grantInfoSchema.nullable(), key: z.string().nullable() }),
  },
  /** Refuses it. It asks nobody again until Postern is started anew; with `forget`, its next call asks as if it were the first. */
  denyRequest: {
    method: "POST",
    path: "/admin/requests/:id/deny",
    body: z.strictObject({ forget: z.boolean() }),
    reply: z.object({ denied: z.boolean() }),
  },
} as const satisfies Record<string, ContractEntry>;
