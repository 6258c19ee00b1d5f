import * as z from "zod";
import type { ContractEntry } from "./endpoint.ts";

const atMs = z.number();

/** Something that just happened. Holds no secret, no prompt and no answer; more is behind the admin API's other calls. */
export const liveEventSchema = z.discriminatedUnion("type", [
  /** The first of every stream, and again where a slow reader missed events: what it shows may be old. */
  z.object({ type: z.literal("hello"), atMs, version: z.string(), missed: z.number() }),
  z.object({
    type: z.literal("call-finished"),
    atMs,
    endpoint: z.string().nullable(),
    grantId: z.string().nullable(),
    tool: z.string().nullable(),
    alias: z.string().nullable(),
    provider: z.string().nullable(),
    model: z.string().nullable(),
    status: z.number().nullable(),
    ending: z.string(),
    errorCode: z.string().nullable(),
    firstByteMs: z.number().nullable(),
    totalMs: z.number().nullable(),
    inputTokens: z.number().nullable(),
    outputTokens: z.number().nullable(),
    /** Millionths of a US dollar; null where the price is unknown. */
    costMicroUsd: z.number().nullable(),
  }),
  /** `problems` counts what is wrong with the file on disk; above 0 the last good one is still in force. */
  z.object({ type: z.literal("config-changed"), atMs, problems: z.number() }),
  z.object({ type: z.literal("permission-requested"), atMs, id: z.string(), tool: z.string().nullable(), model: z.string().nullable() }),
  z.object({ type: z.literal("grants-changed"), atMs }),
  z.object({ type: z.literal("catalog-refreshed"), atMs, source: z.string().nullable(), models: z.number().nullable() }),
  z.object({ type: z.literal("keys-changed"), atMs, provider: z.string().nullable(), vault: z.string() }),
]);

/** {@link liveEventSchema}'s values. */
export type LiveEvent = z.infer<typeof liveEventSchema>;

/** What happens, as it happens. */
export const eventsContract = {
  /** Server-sent events, each with its `type` as its name; a comment every 15 s shows that the line is alive. */
  watchEvents: { method: "GET", path: "/admin/events", reply: liveEventSchema, type: "text/event-stream" },
} as const satisfies Record<string, ContractEntry>;
