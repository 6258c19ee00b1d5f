import * as z from "zod";
import type { ContractEntry } from "./endpoint.ts";

const atMs = z.number();

/** Something that just happened. Holds no secret, no prompt and no answer; more is behind the admin API's other calls. */
export const liveEventSchema = z.discriminatedUnion("type", [
  /** The first of every stream, and again where a slow reader missed events: what it shows may be old. */
  z.object({ type: z.literal("hello"), atMs, version: z.string(), missed: z.number() }),
  /** One call that ended. Of a busy second only the first 20 are told one by one: `calls-changed` misses none. */
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
    /** Whether another target answered than the one that was asked first. */
    failedOver: z.boolean(),
    firstByteMs: z.number().nullable(),
    totalMs: z.number().nullable(),
    inputTokens: z.number().nullable(),
    outputTokens: z.number().nullable(),
    /** Millionths of a US dollar; null where the price is unknown. */
    costMicroUsd: z.number().nullable(),
  }),
  /** Calls began or ended: at most ten times a second. `finished` counts those that ended since Postern started; `listCalls` has them. */
  z.object({ type: z.literal("calls-changed"), atMs, underWay: z.number(), finished: z.number() }),
  /** `problems` counts what is wrong with the file on disk; above 0 the last good one is still in force. */
  z.object({ type: z.literal("config-changed"), atMs, problems: z.number() }),
  z.object({ type: z.literal("permission-requested"), atMs, id: z.string(), tool: z.string().nullable(), model: z.string().nullable() }),
  z.object({ type: z.literal("grants-changed"), atMs }),
  /** It was started, stopped, paused or resumed: `getStatus` says which. */
  z.object({ type: z.literal("gateway-changed"), atMs }),
  /** Null where it is more than one. Not told while a message grows. */
  z.object({ type: z.literal("chats-changed"), atMs, chatId: z.string().nullable() }),
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
