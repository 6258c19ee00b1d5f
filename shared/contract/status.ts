import * as z from "zod";
import type { ContractEntry } from "./endpoint.ts";

/** How Postern stands, and the few things that a person does about it. */
export const statusContract = {
  getStatus: {
    method: "GET",
    path: "/admin/status",
    reply: z.object({
      version: z.string(),
      /** The process that listens; null where none does. */
      pid: z.number().nullable(),
      /** Where the gateway listens; empty when it does not. */
      addresses: z.array(z.string()),
      /** Where the window is served to browsers: `http://127.0.0.1:4711`; null where it is not. */
      window: z.string().nullable(),
      /** Until when new calls are refused because the person paused it; null where it is not. */
      pausedUntilMs: z.number().nullable(),
      startedAtMs: z.number(),
      dataFolder: z.string(),
      /** Calls that have no whole answer yet. */
      callsUnderWay: z.number(),
      vault: z.object({ kind: z.string(), status: z.string(), words: z.string() }),
      config: z.object({
        file: z.string(),
        problems: z.array(z.object({ line: z.number(), column: z.number(), path: z.string(), message: z.string() })),
      }),
      /** Model servers that answer on this machine. */
      localServers: z.array(z.object({ id: z.string(), name: z.string(), origin: z.string(), models: z.number(), accepted: z.boolean() })),
    }),
  },
  /** Refuses new calls for so many minutes; 0 takes them again. Calls under way go on. */
  pauseGateway: {
    method: "POST",
    path: "/admin/pause",
    body: z.strictObject({ minutes: z.int().min(0).max(1_440) }),
    reply: z.object({ pausedUntilMs: z.number().nullable() }),
  },
  /** Makes a new owner's key; the old one stops at once. The reply is the only copy. */
  replaceOwnerKey: { method: "POST", path: "/admin/owner-key", reply: z.object({ key: z.string() }) },
  /** Makes the URL with which a browser logs in once. Refused where the window is not served to browsers. */
  createLogin: { method: "POST", path: "/admin/login", reply: z.object({ url: z.string(), expiresInSeconds: z.number() }) },
} as const satisfies Record<string, ContractEntry>;
