import * as z from "zod";

/** Which stretch of time; `custom` takes its days from `from` and `to`. */
export const usagePeriods = ["today", "24h", "7d", "30d", "90d", "12m", "custom"] as const;

const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .optional()
  .catch(undefined);
const name = z.string().max(512).optional().catch(undefined);

/** What of the page stands in the URL. */
export const usageSearchSchema = z.object({
  period: z.enum(usagePeriods).optional().catch(undefined),
  /** `2026-11-21`, the first day and the last, for a custom period. */
  from: day,
  to: day,
  by: z.enum(["tool", "alias", "model", "provider", "key"]).optional().catch(undefined),
  measure: z.enum(["cost", "tokens", "calls"]).optional().catch(undefined),
  tool: name,
  alias: name,
  model: name,
  provider: name,
  key: name,
});

/** {@link usageSearchSchema}'s values. */
export type UsageSearch = z.output<typeof usageSearchSchema>;

/** What the sums can be split by and held to. */
export const dimensions = ["tool", "alias", "model", "provider", "key"] as const;

/** One of {@link dimensions}. */
export type Dimension = (typeof dimensions)[number];
