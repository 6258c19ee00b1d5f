import type { ChatRequest, Reasoning } from "../chat.ts";
import type { JsonObject } from "../json.ts";
import { budgetOf, effortOf, leastBudget } from "../reasoning.ts";
import type { Traits } from "./traits.ts";

/** How a request says how much to think. */
export interface Thinking {
  /** For `additionalModelRequestFields`. */
  readonly fields: JsonObject;
  /** For `outputConfig.effort`. */
  readonly effort?: string | undefined;
  /** Whether the model will think, which forbids Claude some other fields. */
  readonly isOn: boolean;
  /** The model takes neither sampling nor a limit beside it: Nova 2's highest effort. */
  readonly isUnbounded?: boolean;
}

const nothing: Thinking = { fields: {}, isOn: false };

/**
 * Says how much to think in the words of the model.
 *
 * @param mayThink whether the conversation allows Claude to begin thinking
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html
 * @see https://docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-openai.html
 */
export function writeThinking(request: ChatRequest, traits: Traits, mayThink: boolean, drop: (field: string) => void): Thinking {
  const { reasoning } = request;
  if (reasoning === undefined) return nothing;
  const effort = effortOf(reasoning);
  const isAsked = effort !== undefined || reasoning.isAdaptive === true;
  if (!isAsked) return nothing;
  if (effort === "none") return writeNoThinking(traits, drop);
  switch (traits.thinking) {
    case "adaptive":
      return mayThink ? writeAdaptive(reasoning, effort, traits) : dropped(drop);
    case "budget":
      return mayThink ? writeBudget(request, reasoning, drop) : dropped(drop);
    case "nova":
      return writeNova(request, effort, drop);
    case "effort":
      return { fields: { reasoning_effort: threeLevels(effort) }, isOn: true };
    case "none":
      return dropped(drop);
  }
}

function writeNoThinking(traits: Traits, drop: (field: string) => void): Thinking {
  if (traits.thinking === "nova") return { fields: { reasoningConfig: { type: "disabled" } }, isOn: false };
  // What cannot think needs no telling; gpt-oss, Fable and Mythos always do.
  if (!traits.mayNotThink) return traits.thinking === "effort" ? { fields: { reasoning_effort: "low" }, isOn: true } : dropped(drop);
  return traits.thinking === "adaptive" ? { fields: { thinking: { type: "disabled" } }, isOn: false } : nothing;
}

type Effort = ReturnType<typeof effortOf>;

function writeAdaptive(reasoning: Reasoning, effort: Effort, traits: Traits): Thinking {
  const display = reasoning.visible === undefined ? undefined : reasoning.visible ? "summarized" : "omitted";
  const isTooHigh = (effort === "xhigh" || effort === "max") && traits.highestEffort === "high";
  return {
    fields: { thinking: { type: "adaptive", display } },
    effort: isTooHigh ? "high" : effort === "minimal" ? "low" : effort,
    isOn: true,
  };
}

function writeBudget(request: ChatRequest, reasoning: Reasoning, drop: (field: string) => void): Thinking {
  const wanted = Math.max(leastBudget, budgetOf(reasoning) ?? (budgetOf({ effort: "medium" }) as number));
  // The budget is a part of the whole answer, and has to be less.
  const budget = request.maxTokens === undefined ? wanted : Math.min(wanted, request.maxTokens - 1);
  if (budget < leastBudget) return dropped(drop);
  return { fields: { thinking: { type: "enabled", budget_tokens: budget } }, isOn: true };
}

function writeNova(request: ChatRequest, effort: Effort, drop: (field: string) => void): Thinking {
  let level = threeLevels(effort);
  // At the highest effort Nova takes no limit, and a limit is what somebody pays for.
  if (level === "high" && request.maxTokens !== undefined) {
    drop("reasoning_effort");
    level = "medium";
  }
  return { fields: { reasoningConfig: { type: "enabled", maxReasoningEffort: level } }, isOn: true, isUnbounded: level === "high" };
}

function threeLevels(effort: Effort): "low" | "medium" | "high" {
  if (effort === undefined || effort === "medium") return "medium";
  return effort === "minimal" || effort === "low" || effort === "none" ? "low" : "high";
}

function dropped(drop: (field: string) => void): Thinking {
  drop("reasoning_effort");
  return nothing;
}
