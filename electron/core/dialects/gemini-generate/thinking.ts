import type { Reasoning } from "../chat.ts";
import type { JsonObject } from "../json.ts";
import { budgetOf, effortOf } from "../reasoning.ts";
import type { ModelFacts } from "./model-facts.ts";

/**
 * Writes `thinkingConfig`: a level for Gemini 3, a budget for 2.5; both in one call are refused. Where a model cannot stop
 * thinking, it is told to think least.
 *
 * @returns undefined where nothing is asked for, null where the model does not think at all
 * @see https://ai.google.dev/gemini-api/docs/thinking
 */
export function writeThinking(reasoning: Reasoning | undefined, facts: ModelFacts): JsonObject | null | undefined {
  if (reasoning === undefined) return undefined;
  const { effort, budget, isAdaptive, visible } = reasoning;
  if (effort === undefined && budget === undefined && isAdaptive === undefined && visible === undefined) return undefined;
  if (facts.thinking === "none") return isOff(reasoning) ? undefined : null;
  const config: JsonObject = {
    thinkingLevel: facts.thinking === "level" ? levelOf(reasoning, facts) : undefined,
    thinkingBudget: facts.thinking === "budget" ? budgetFor(reasoning, facts) : undefined,
    includeThoughts: isOff(reasoning) ? undefined : visible,
  };
  return Object.values(config).every((value) => value === undefined) ? undefined : config;
}

function isOff(reasoning: Reasoning): boolean {
  return reasoning.budget === 0 || (reasoning.budget === undefined && reasoning.effort === "none");
}

function levelOf(reasoning: Reasoning, facts: ModelFacts): string | undefined {
  switch (effortOf(reasoning)) {
    case undefined:
      return undefined;
    case "none":
    case "minimal":
      return facts.levels.least;
    case "low":
      return "LOW";
    case "medium":
      return facts.levels.middle;
    default:
      return "HIGH";
  }
}

function budgetFor(reasoning: Reasoning, facts: ModelFacts): number | undefined {
  const wanted = budgetOf(reasoning);
  if (wanted === undefined) return reasoning.isAdaptive === true ? -1 : undefined;
  if (wanted === 0 && facts.budget.canBeOff) return 0;
  return Math.min(Math.max(wanted, facts.budget.least), facts.budget.most);
}
