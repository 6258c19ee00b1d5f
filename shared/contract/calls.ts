import * as z from "zod";
import { callEndings } from "../call-endings.ts";
import type { ContractEntry } from "./endpoint.ts";
import { momentSchema, usageFilterSchema } from "./usage.ts";

/**
 * Which calls. A name that is empty means calls that have none; `model` is the one that served, or was asked for where
 * none did.
 */
export const callFilterSchema = usageFilterSchema.extend({
  endpoint: z.string().max(64).optional(),
  /** `ok` finished; `left` lost its client, or was stopped by its person; `error` is every other ending. */
  outcome: z.enum(["ok", "error", "left"]).optional(),
  ending: z.enum(callEndings).optional(),
  /** What the client got: `429`, or `4xx` for all of them. */
  status: z
    .string()
    .regex(/^[1-5](?:\d\d|xx)$/, "must be a status such as 429 or 4xx")
    .optional(),
  error: z.string().max(64).optional(),
  /** What Postern's own cache said. */
  cache: z.enum(["HIT", "MISS", "REFRESH"]).optional(),
  trace: z.string().max(256).optional(),
  /** Calls that took at least so long. */
  slowerMs: z.coerce.number().int().min(0).max(86_400_000).optional(),
  /** In a name, a status, an error, a try's words, or in the body where it is kept. Capitals of ASCII do not matter. */
  text: z.string().min(1).max(200).optional(),
});

/** {@link callFilterSchema}'s values. */
export type CallFilter = z.output<typeof callFilterSchema>;

/** One try of a call. */
export const callAttemptSchema = z.object({
  provider: z.string(),
  model: z.string().nullable(),
  keyName: z.string().nullable(),
  status: z.number().nullable(),
  errorCode: z.string().nullable(),
  /** From the call's start, in milliseconds; the others from the try's own start. Null where it did not come to that. */
  startMs: z.number().nullable(),
  /** When a connection was there and the request went out on it. */
  connectMs: z.number().nullable(),
  /** When the provider's header came. */
  headMs: z.number().nullable(),
  /** When the answer's first byte went to the client. */
  firstByteMs: z.number().nullable(),
  totalMs: z.number().nullable(),
  /** What followed and why; left out of the try that was answered with. */
  why: z.string().optional(),
});

/** {@link callAttemptSchema}'s values. */
export type CallAttemptInfo = z.infer<typeof callAttemptSchema>;

/** One call as the log has it. What is not known is null. */
export const loggedCallSchema = z.object({
  id: z.number(),
  startedAtMs: z.number(),
  endpoint: z.string().nullable(),
  grantId: z.string().nullable(),
  tool: z.string().nullable(),
  userAgent: z.string().nullable(),
  alias: z.string().nullable(),
  provider: z.string().nullable(),
  modelAsked: z.string().nullable(),
  modelServed: z.string().nullable(),
  keyName: z.string().nullable(),
  clientDialect: z.string().nullable(),
  providerDialect: z.string().nullable(),
  status: z.number().nullable(),
  errorCode: z.string().nullable(),
  ending: z.enum(callEndings),
  streamed: z.boolean().nullable(),
  attempts: z.array(callAttemptSchema).readonly(),
  firstByteMs: z.number().nullable(),
  totalMs: z.number().nullable(),
  tokensPerSecond: z.number().nullable(),
  uncachedInputTokens: z.number().nullable(),
  cacheReadTokens: z.number().nullable(),
  cacheWriteTokens: z.number().nullable(),
  outputTokens: z.number().nullable(),
  reasoningTokens: z.number().nullable(),
  costMicroUsd: z.number().nullable(),
  costSource: z.enum(["reported", "estimated"]).nullable(),
  /** What a cache spared, in millionths of a US dollar; below 0 where filling it cost more. */
  savedMicroUsd: z.number().nullable(),
  /** What it was estimated from: US dollars for a million tokens, and who says so. */
  price: z.record(z.string(), z.union([z.number(), z.string(), z.null()])).nullable(),
  cacheStatus: z.string().nullable(),
  requestBytes: z.number().nullable(),
  responseBytes: z.number().nullable(),
  traceId: z.string().nullable(),
  metadata: z.record(z.string(), z.unknown()).nullable(),
  dropped: z.array(z.string()).readonly(),
  hasBodies: z.boolean(),
});

/** {@link loggedCallSchema}'s values. */
export type LoggedCall = z.infer<typeof loggedCallSchema>;

/** What a call sent and got, where that is kept; cut where it was longer than the settings allow. */
export const callBodiesSchema = z.object({
  request: z.string().nullable(),
  response: z.string().nullable(),
  /** Of the whole. */
  requestBytes: z.number(),
  responseBytes: z.number(),
});

/** {@link callBodiesSchema}'s values. */
export type CallBodies = z.infer<typeof callBodiesSchema>;

/** A call that has no whole answer yet. */
export const callUnderWaySchema = z.object({
  /** Another one than the log will give it, and never given again. */
  id: z.number(),
  startedAtMs: z.number(),
  endpoint: z.string().nullable(),
  grantId: z.string().nullable(),
  tool: z.string().nullable(),
  alias: z.string().nullable(),
  provider: z.string().nullable(),
  modelAsked: z.string().nullable(),
  modelServed: z.string().nullable(),
  streamed: z.boolean().nullable(),
  attempts: z.array(callAttemptSchema).readonly(),
  firstByteMs: z.number().nullable(),
  responseBytes: z.number().nullable(),
});

/** {@link callUnderWaySchema}'s values. */
export type CallUnderWay = z.infer<typeof callUnderWaySchema>;

const deleteRangeSchema = z.strictObject({ since: momentSchema, until: momentSchema });
const id = z.coerce.number().int().min(0);

/** Single calls: the log, and what is under way. */
export const callsContract = {
  /**
   * The newest first, as they were logged: a cursor stays right while calls come in. `before` is the `next` of the page
   * before; `after` asks for what came since. A page may hold fewer than asked for, even none, and have a `next`: a
   * search looks at a part of the log at a time.
   */
  listCalls: {
    method: "GET",
    path: "/admin/calls",
    query: callFilterSchema.extend({
      before: id.optional(),
      after: id.optional(),
      limit: z.coerce.number().int().min(1).max(500).default(100),
    }),
    reply: z.object({
      calls: z.array(loggedCallSchema).readonly(),
      next: z.number().nullable(),
      /** The newest call of the whole log, the `after` of whoever has seen this page; null where there is none. */
      newest: z.number().nullable(),
    }),
  },
  /** The longest under way first, at most 200. */
  listCallsUnderWay: {
    method: "GET",
    path: "/admin/calls/under-way",
    reply: z.object({ calls: z.array(callUnderWaySchema).readonly(), count: z.number() }),
  },
  /**
   * By the number that it has among those under way. Its client gets `call_stopped`, and nothing more is sent for it. False
   * where there is no such call: it may have ended meanwhile.
   */
  stopCall: { method: "DELETE", path: "/admin/calls/under-way/:id", reply: z.object({ stopped: z.boolean() }) },
  getCall: { method: "GET", path: "/admin/calls/:id", reply: loggedCallSchema },
  getCallBodies: { method: "GET", path: "/admin/calls/:id/bodies", reply: callBodiesSchema },
  exportCallsCsv: { method: "GET", path: "/admin/calls.csv", query: callFilterSchema, reply: z.string(), type: "text/csv; charset=utf-8" },
  /** One array of {@link loggedCallSchema}. */
  exportCallsJson: { method: "GET", path: "/admin/calls.json", query: callFilterSchema, reply: z.string(), type: "application/json" },
  /** A {@link loggedCallSchema} a line. */
  exportCallsJsonl: {
    method: "GET",
    path: "/admin/calls.jsonl",
    query: callFilterSchema,
    reply: z.string(),
    type: "application/jsonl; charset=utf-8",
  },
  /** For good, with their bodies and their part of every sum; what has been written to backups stays there. */
  deleteCalls: { method: "DELETE", path: "/admin/calls", query: deleteRangeSchema, reply: z.object({ deleted: z.number() }) },
} as const satisfies Record<string, ContractEntry>;
