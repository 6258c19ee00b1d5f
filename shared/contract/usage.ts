import * as z from "zod";
import type { ContractEntry } from "./endpoint.ts";

/** What calls can be summed up by. */
export const usageKeys = ["day", "tool", "alias", "provider", "model", "key"] as const;

/** One of {@link usageKeys}. */
export type UsageKey = (typeof usageKeys)[number];

/** A moment in a query: milliseconds since 1970. */
export const momentSchema = z.coerce.number().int("must be milliseconds since 1970").min(0);
const name = z.string().max(512).optional();

/** Which calls: begun from `since` on and before `until`, in milliseconds since 1970, with just these names. */
export const usageFilterSchema = z.strictObject({
  since: momentSchema.optional(),
  until: momentSchema.optional(),
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
  /** Of these, those that did not finish, apart from those whose client left and those that their person stopped. */
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
  /** What caches spared, a provider's or Postern's own, in millionths of a US dollar; below 0 where filling one cost more. */
  savedMicroUsd: z.number(),
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

/** How long one point of a series lasts. */
export const usageSteps = ["hour", "day", "week", "month"] as const;

/** One of {@link usageSteps}. */
export type UsageStep = (typeof usageSteps)[number];

/** What groups can be ranked by. */
export const usageMeasures = ["cost", "tokens", "calls", "errors"] as const;

/** One of {@link usageMeasures}. */
export type UsageMeasure = (typeof usageMeasures)[number];

/** Which series: all of it in the time zone of the machine that Postern runs on. */
export const usageSeriesQuerySchema = usageFilterSchema.extend({
  by: z.enum(["tool", "alias", "provider", "model", "key"]).default("tool"),
  step: z.enum(usageSteps).default("day"),
  since: momentSchema,
  until: momentSchema,
  /** Which groups come by name: those with the most of this. */
  rank: z.enum(usageMeasures).default("cost"),
  /** How many groups come by name; what is left is one more. */
  most: z.coerce.number().int().min(1).max(50).default(8),
});

/** {@link usageSeriesQuerySchema}'s values. */
export type UsageSeriesQuery = z.output<typeof usageSeriesQuerySchema>;

/** Usage over time. */
export const usageSeriesSchema = z.object({
  by: usageSeriesQuerySchema.shape.by.unwrap(),
  step: z.enum(usageSteps),
  /** Of the whole period, the one with the most first. */
  groups: z.array(usageGroupSchema).readonly(),
  /** All groups that do not come by name, as one; null where there are none. Its key is empty. */
  others: usageGroupSchema.nullable(),
  /** How many groups {@link others} stands for. */
  otherCount: z.number(),
  /** One for each step, the earliest first, those without a call too. */
  points: z
    .array(
      z.object({
        /** When the step begins, in milliseconds since 1970. */
        startMs: z.number(),
        /** As in the whole; a group without a call in this step is left out. */
        groups: z.array(usageGroupSchema).readonly(),
        others: usageGroupSchema.nullable(),
        total: usageGroupSchema,
      }),
    )
    .readonly(),
  total: usageGroupSchema,
  /** The whole of as long a period just before. */
  before: usageGroupSchema,
});

/** {@link usageSeriesSchema}'s values. */
export type UsageSeries = z.output<typeof usageSeriesSchema>;

/** What was called, what it cost, and how it went, summed up. Single calls are in `calls.ts`. */
export const usageContract = {
  getUsage: {
    method: "GET",
    path: "/admin/usage",
    query: usageFilterSchema.extend({ by: z.enum(usageKeys).default("day") }),
    reply: usageReportSchema,
  },
  /** Hours only of up to three days: their sums are not kept. Other steps are whole days, the first that `since` falls into. */
  getUsageSeries: { method: "GET", path: "/admin/usage/series", query: usageSeriesQuerySchema, reply: usageSeriesSchema },
  /** The same, a line for each step and group, none of them folded into others. */
  exportUsageCsv: {
    method: "GET",
    path: "/admin/usage.csv",
    query: usageSeriesQuerySchema.omit({ rank: true, most: true }),
    reply: z.string(),
    type: "text/csv; charset=utf-8",
  },
} as const satisfies Record<string, ContractEntry>;
