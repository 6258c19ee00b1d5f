import * as z from "zod";
import { localKeyPrefix } from "../local-key.ts";
import type { ContractEntry } from "./endpoint.ts";

/** What a tool is started with. */
export const runSchema = z.object({
  /** A local key for this run alone. */
  key: z.string(),
  /** The stored grant that the key has the rights of. */
  grantId: z.string().nullable(),
  /** Where the gateway listens: `http://127.0.0.1:8787`. */
  origin: z.string(),
  aliases: z.array(z.string()),
});

/** {@link runSchema}'s values. */
export type Run = z.infer<typeof runSchema>;

/** Tools that run with a key of their own. */
export const runsContract = {
  /**
   * Makes a local key that is good for as long as the answer is read: its one event holds the key, and whoever leaves,
   * or dies, takes the key with them. One that came back after a restart brings the key that its tool has.
   */
  startRun: {
    method: "POST",
    path: "/admin/runs",
    body: z.strictObject({
      tool: z.string().regex(/^[\w.-]{1,64}$/, "must be letters, digits and . _ -"),
      key: z
        .string()
        .regex(new RegExp(`^${localKeyPrefix}[\\w-]{43}$`), "must be a local key")
        .optional(),
      /** Beside `key`: what the run was told before. */
      grantId: z.string().max(64).nullable().optional(),
    }),
    reply: runSchema,
    type: "text/event-stream",
  },
} as const satisfies Record<string, ContractEntry>;
