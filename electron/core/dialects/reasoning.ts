import type { Reasoning } from "./chat.ts";

/** Anthropic refuses a smaller budget: https://platform.claude.com/docs/en/build-with-claude/extended-thinking */
export const leastBudget = 1_024;

const budgets = { none: 0, minimal: 1_024, low: 2_048, medium: 8_192, high: 24_576, xhigh: 32_768, max: 65_536 } as const;

/** How many tokens an effort may take, for providers that count; undefined where the client asked for nothing. */
export function budgetOf(reasoning: Reasoning | undefined): number | undefined {
  if (reasoning === undefined) return undefined;
  return reasoning.budget ?? (reasoning.effort === undefined ? undefined : budgets[reasoning.effort]);
}

/** The effort that a budget amounts to, for providers that have levels; undefined where the client asked for nothing. */
export function effortOf(reasoning: Reasoning | undefined): NonNullable<Reasoning["effort"]> | undefined {
  if (reasoning === undefined) return undefined;
  if (reasoning.effort !== undefined || reasoning.budget === undefined) return reasoning.effort;
  if (reasoning.budget === 0) return "none";
  if (reasoning.budget < budgets.low) return "minimal";
  if (reasoning.budget < budgets.medium) return "low";
  return reasoning.budget < budgets.high ? "medium" : "high";
}
