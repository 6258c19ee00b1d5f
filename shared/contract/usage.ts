import * as z from "zod";
import type { ContractEntry } from "./endpoint.ts";

/** What calls can be summed up by. */
export const usageKeys = ["day", "tool", "alias", "provider", "model", "key"] as const;

/** One of {@link usageKeys}. */
export type UsageKey = (typeof usageKeys)[number];

const moment = z.coerce.number().int("must be milliseconds since 1970").min(0);
const name = z.string().max(512).optional();

/** Which calls: begun from `since` on and before `until`, in milliseconds since 1970, with just these names. */
export const usageFilterSchema = z.strictObject({
  since: moment.optional(),
  until: moment.optional(),
  tool: name,
  alias: name,
  provider: name,
  model: name,
  key: name,
  grant: name,
});

/** {@link usageFilterSchema}'s values. */
export type UsageFilter = z.infer<typeof usageFilterSchema>;

const quantilesSchema = z.object({ p50: z.number().nullable(), p95: z.number().nullable() });

/** What some calls came to. */
export const usageGroupSchema = z.object({
  /** What they have in common: `2026-11-21`, a name; empty where they have none. */
  key: z.string(),
  calls: z.number(),
  /** Of these, those that did not finish, apart from those whose client left. */
  errors: z.number(),
  /** 0 to 1. */
  errorRate: z.number(),
  /** Answered from Postern's own cache. */
  cacheHits: z.number(),
  tokens: z.object({
    uncachedInput: z.number(),
    cacheRead: z.number(),
    cacheWrite: z.number(),
    output: z.number(),
    /** Among the output. */
    reasoning: z.number(),
  }),
  /** Millionths of a US dollar, of the calls whose cost is known; null where it is known of none of them. */
  costMicroUsd: z.number().nullable(),
  /** Calls that may have cost something, and nobody knows how much. */
  unpricedCalls: z.number(),
  /** Milliseconds, at most a fifth off. */
  firstByteMs: quantilesSchema,
  totalMs: quantilesSchema,
  /** Of streams, behind their first byte. */
  tokensPerSecond: z.number().nullable(),
});

/** {@link usageGroupSchema}'s values. */
export type UsageGroup = z.infer<typeof usageGroupSchema>;

/** Calls, summed up. */
export const usageReportSchema = z.object({
  by: z.enum(usageKeys),
  groups: z.array(usageGroupSchema).readonly(),
  total: usageGroupSchema,
});

/** {@link usageReportSchema}'s values. */
export type UsageReport = z.infer<typeof usageReportSchema>;

/** One try of a call. */
export const callAttemptSchema = z.object({
  provider: z.string(),
  model: z.string().nullable(),
  keyName: z.string().nullable(),
  status: z.number().nullable(),
  errorCode: z.string().nullable(),
  totalMs: z.number().nullable(),
  why: z.string().optional(),
});

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
  ending: z.string(),
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

const deleteRangeSchema = z.strictObject({ since: moment, until: moment });

/** What was called, what it cost, and how it went. */
export const usageContract = {
  getUsage: {
    method: "GET",
    path: "/admin/usage",
    query: usageFilterSchema.extend({ by: z.enum(usageKeys).default("day") }),
    reply: usageReportSchema,
  },
  /** The newest first; `before` is the `next` of the page before. */
  listCalls: {
    method: "GET",
    path: "/admin/calls",
    query: usageFilterSchema.extend({
      before: z.coerce.number().int().min(1).optional(),
      limit: z.coerce.number().int().min(1).max(500).default(100),
    }),
    reply: z.object({ calls: z.array(loggedCallSchema).readonly(), next: z.number().nullable() }),
  },
  getCallBodies: { method: "GET", path: "/admin/calls/:id/bodies", reply: callBodiesSchema },
  exportCallsCsv: { method: "GET", path: "/admin/calls.csv", query: usageFilterSchema, reply: z.string(), type: "text/csv; charset=utf-8" },
  /** One array of {@link loggedCallSchema}. */
  exportCallsJson: { method: "GET", path: "/admin/calls.json", query: usageFilterSchema, reply: z.string(), type: "application/json" },
  /** For good, with their bodies and their part of every sum; what has been written to backups stays there. */
  deleteCalls: { method: "DELETE", path: "/admin/calls", query: deleteRangeSchema, reply: z.object({ deleted: z.number() }) },
} as const satisfies Record<string, ContractEntry>;
