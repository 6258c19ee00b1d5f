import type { ChatRequest, Reasoning } from "../chat.ts";
import type { JsonObject } from "../json.ts";
import { budgetOf, effortOf, leastBudget } from "../reasoning.ts";
import type { Turn } from "../turns.ts";
import type { Effort, ModelTraits } from "./model-traits.ts";

/** How a request asks a model to think. */
export interface ThinkingPlan {
  /** The field `thinking`; undefined leaves the model's own way. */
  readonly thinking?: JsonObject | undefined;
  /** `output_config.effort` */
  readonly effort?: Effort | undefined;
  /** Whether the request turns thinking on, which forbids some other fields. */
  readonly isOn: boolean;
}

/** What decides on thinking beside the reasoning that was asked for. */
export interface ThinkingCall {
  readonly request: ChatRequest;
  readonly traits: ModelTraits;
  readonly maxTokens: number;
  readonly turns: readonly Turn[];
  readonly drop: (field: string) => void;
}

const ranks: Readonly<Record<NonNullable<Reasoning["effort"]>, number>> = {
  none: 0,
  minimal: 1,
  low: 2,
  medium: 3,
  high: 4,
  xhigh: 5,
  max: 6,
};

/**
 * Plans thinking as the model can be asked for it: an effort where it thinks adaptively, a budget of tokens where it
 * does not. Where a budget cannot stand (a forced tool call, an answer that is too short, a loop of tools that began
 * without a thought) thinking is left out and named, because Anthropic refuses the call otherwise.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/thinking
 */
export function planThinking({ request, traits, maxTokens, turns, drop }: ThinkingCall): ThinkingPlan {
  const { reasoning } = request;
  if (reasoning === undefined) return { isOn: false };
  if (reasoning.effort === "none" || reasoning.budget === 0) return planNone(traits, drop);
  const wanted = effortOf(reasoning);
  if (wanted === undefined && reasoning.isAdaptive !== true && reasoning.visible !== true) return { isOn: false };
  if (traits.thinking === "none") {
    drop("reasoning");
    return { isOn: false };
  }
  if (traits.thinking === "adaptive") {
    const effort = wanted === undefined ? undefined : nearestEffort(wanted, traits.efforts);
    return { thinking: { type: "adaptive", ...displayOf(reasoning, traits) }, effort, isOn: true };
  }
  // The effort is another matter than the budget to the one model that has both.
  const effort = reasoning.effort === undefined ? undefined : nearestEffort(reasoning.effort, traits.efforts);
  const budget = fitBudget(budgetOf(reasoning) ?? defaultBudget, maxTokens);
  if (budget === undefined || forcesTool(request) || isInUnthoughtLoop(turns)) {
    drop("reasoning");
    return { effort, isOn: false };
  }
  return { thinking: { type: "enabled", budget_tokens: budget, ...displayOf(reasoning, traits) }, effort, isOn: true };
}

/** What a client that leaves it to the model may spend: a medium effort. */
const defaultBudget = 8_192;

function planNone({ thinking, thinkingOff }: ModelTraits, drop: (field: string) => void): ThinkingPlan {
  if (thinking === "none") return { isOn: false };
  if (thinkingOff !== null) return { thinking: { type: thinkingOff }, isOn: false };
  drop("reasoning");
  return { effort: "low", isOn: false };
}

/** The model's level that comes next below, or its lowest; undefined where it has none. */
function nearestEffort(wanted: NonNullable<Reasoning["effort"]>, levels: readonly Effort[]): Effort | undefined {
  return levels.findLast((level) => ranks[level] <= ranks[wanted]) ?? levels[0];
}

/** A budget that leaves room for an answer: at most half of a limit that it would fill; undefined where there is none. */
function fitBudget(wanted: number, maxTokens: number): number | undefined {
  const budget = Math.max(leastBudget, wanted < maxTokens ? wanted : Math.floor(maxTokens / 2));
  return budget < maxTokens ? budget : undefined;
}

function displayOf({ visible }: Reasoning, { hidesThoughts }: ModelTraits): { readonly display?: "summarized" | "omitted" } {
  if (visible === false) return { display: "omitted" };
  return visible === true || hidesThoughts ? { display: "summarized" } : {};
}

/** Whether the request leaves no choice but to call a tool. */
export function forcesTool({ toolChoice }: ChatRequest): boolean {
  return toolChoice?.kind === "required" || toolChoice?.kind === "tool" || (toolChoice?.kind === "allowed" && toolChoice.required);
}

/**
 * Whether the conversation waits for an assistant's turn to go on after its tools' results, and that turn began without
 * a thought that Anthropic can verify. With a budget it must begin with one.
 */
function isInUnthoughtLoop(turns: readonly Turn[]): boolean {
  let first: Turn | undefined;
  let last: Turn | undefined;
  for (let index = turns.length - 1; index > 0; index -= 2) {
    const answer = turns[index - 1];
    if (turns[index]?.role !== "user" || turns[index]?.content.some(({ type }) => type === "tool-result") !== true) break;
    if (answer?.role !== "assistant") break;
    last ??= answer;
    first = answer;
  }
  return last !== undefined && !beginsWithThought(last) && !beginsWithThought(first);
}

function beginsWithThought(turn: Turn | undefined): boolean {
  const part = turn?.content[0];
  return part?.type === "reasoning" && part.signature !== undefined;
}
