import * as z from "zod";
import { callEndings } from "#shared/call-endings.ts";
import type { CallFilter } from "#shared/contract/calls.ts";

const minuteMs = 60_000;

/** How far back, by its name in the URL. */
export const periods = {
  "15m": 15 * minuteMs,
  "1h": 60 * minuteMs,
  "24h": 1_440 * minuteMs,
  "7d": 7 * 1_440 * minuteMs,
  "30d": 30 * 1_440 * minuteMs,
} as const;

/** One of {@link periods}. */
export type Period = keyof typeof periods;

const name = z.string().max(512).optional().catch(undefined);
const moment = z.coerce.number().int().min(0).optional().catch(undefined);

/** What of the page stands in the URL: its filters. What does not fit is left out. */
export const activitySearchSchema = z.object({
  text: z.string().min(1).max(200).optional().catch(undefined),
  outcome: z.enum(["ok", "error", "left"]).optional().catch(undefined),
  within: z
    .enum(Object.keys(periods) as [Period, ...Period[]])
    .optional()
    .catch(undefined),
  since: moment,
  until: moment,
  tool: name,
  alias: name,
  provider: name,
  model: name,
  key: name,
  grant: name,
  endpoint: name,
  status: z.coerce
    .string()
    .regex(/^[1-5](?:\d\d|xx)$/)
    .optional()
    .catch(undefined),
  error: name,
  ending: z.enum(callEndings).optional().catch(undefined),
  cache: z.enum(["HIT", "MISS", "REFRESH"]).optional().catch(undefined),
  slowerMs: z.coerce.number().int().min(0).max(86_400_000).optional().catch(undefined),
  trace: name,
});

/** {@link activitySearchSchema}'s values. */
export type ActivitySearch = z.output<typeof activitySearchSchema>;

/** The filters that the URL names, as the log is asked for them. */
export function filterOf({ within, ...filter }: ActivitySearch, nowMs: number): CallFilter {
  const since = within === undefined ? filter.since : nowMs - periods[within];
  return Object.fromEntries(Object.entries({ ...filter, since }).filter(([, value]) => value !== undefined));
}
