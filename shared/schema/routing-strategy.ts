import * as z from "zod";
import { querySchema } from "./routing-query.ts";
import { strictKeys } from "./strict-keys.ts";

/** How a node of a routing config chooses among its targets. */
export const strategyModes = ["single", "fallback", "loadbalance", "conditional", "fastest", "cheapest"] as const;

/** One of {@link strategyModes}. */
export type StrategyMode = (typeof strategyModes)[number];

/** HTTP statuses, as Portkey's configs list them. */
export const statusCodesSchema = z.array(z.int().min(100).max(599)).max(64);

/**
 * When a target that keeps failing is left alone for a while, with Portkey's field names.
 *
 * @see https://portkey.ai/docs/product/ai-gateway/circuit-breaker
 */
export const circuitBreakerSchema = strictKeys({
  /** False: the target is tried whatever happened before. */
  enabled: z.boolean().optional(),
  /** So many failures within a minute open it, whatever their share. */
  failure_threshold: z.int().min(1).max(10_000).optional(),
  /** Such a share of failures opens it, or nothing but failures, where there were enough calls; default 50. */
  failure_threshold_percentage: z.number().min(1).max(100).optional(),
  /** How many calls within a minute are enough to judge by share; default 10. */
  minimum_requests: z.int().min(1).max(10_000).optional(),
  /** Milliseconds until one call may probe; default 30,000. Doubled after each probe that fails, eight times at most. */
  cooldown_interval: z.int().min(100).max(3_600_000).optional(),
  /** Which statuses are failures; default 500 and above, and no answer at all. */
  failure_status_codes: statusCodesSchema.optional(),
});

/** {@link circuitBreakerSchema}'s values. */
export type CircuitBreakerConfig = z.infer<typeof circuitBreakerSchema>;

const stickyPlace = z
  .string()
  .max(256)
  .regex(
    /^(?:user|conversation|(?:metadata|params|headers)\..+)$/,
    'must be "user", "conversation", "metadata.<key>", "params.<field>" or "headers.<name>"',
  );

const stickyFields = {
  /** What stays with its target: the end user, the conversation, or a value of the call. */
  by: stickyPlace.optional(),
  /** Portkey's way to say it: all of these values together. */
  hash_fields: z.array(stickyPlace).min(1).max(8).optional(),
  enabled: z.boolean().optional(),
  /** Seconds after which another target may be drawn; default: never. */
  ttl: z.int().min(1).max(31_536_000).optional(),
};

const stickySchema = strictKeys(stickyFields);

const conditionSchema = strictKeys({
  query: querySchema,
  /** The name of a target. */
  // oxlint-disable-next-line unicorn/no-thenable -- Portkey's name for it
  then: z.string().min(1),
});

/** What every mode may say. */
export const strategySchema = strictKeys({
  mode: z.enum(strategyModes, {
    error: (issue) => `must be ${strategyModes.map((mode) => `"${mode}"`).join(", ")}, found ${JSON.stringify(issue.input)?.slice(0, 40)}`,
  }),
  /** Where targets are tried in order: which statuses move on to the next; default: any failure. */
  on_status_codes: statusCodesSchema.optional(),
  /** `conditional` only: the first that holds decides. */
  conditions: z.array(conditionSchema).min(1).max(64).optional(),
  /** `conditional` only: the name of the target where none holds. */
  default: z.string().min(1).optional(),
  /** `loadbalance` only: the same user or conversation stays with its target, so that prompt caches stay warm. */
  sticky: stickySchema.optional(),
  /** The same, by hosted Portkey's name. */
  sticky_session: stickySchema.optional(),
  /** `circuit_breaker`, where Portkey has it. */
  cb_config: circuitBreakerSchema.optional(),
}).superRefine((strategy, context) => {
  const complain = (key: keyof typeof strategy, message: string): void => context.addIssue({ code: "custom", path: [key], message });
  if (strategy.mode === "conditional") {
    if (strategy.conditions === undefined) complain("conditions", "is missing; a conditional strategy needs at least one");
  } else {
    for (const key of ["conditions", "default"] as const) {
      if (strategy[key] !== undefined) complain(key, `belongs to the mode "conditional", found "${strategy.mode}"`);
    }
  }
  for (const key of ["sticky", "sticky_session"] as const) {
    const sticky = strategy[key];
    if (sticky === undefined) continue;
    if (strategy.mode !== "loadbalance") complain(key, `belongs to the mode "loadbalance", found "${strategy.mode}"`);
    else if ((sticky.by === undefined) === (sticky.hash_fields === undefined))
      complain(key, 'must say "by", such as { "by": "conversation" }, or "hash_fields"');
  }
  if (strategy.sticky !== undefined && strategy.sticky_session !== undefined)
    complain("sticky_session", 'says the same as "sticky"; keep one of them');
});

/** {@link strategySchema}'s values. */
export type Strategy = z.infer<typeof strategySchema>;
