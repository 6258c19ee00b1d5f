import type { Reasoning } from "../chat.ts";
import type { ReadCall } from "../dialect.ts";
import type { Fields } from "../fields.ts";

const efforts = ["none", "minimal", "low", "medium", "high", "xhigh", "max"] as const;

type Effort = (typeof efforts)[number];

/**
 * Reads how much the model may think, in each way that chat clients know: OpenAI's `reasoning_effort`, OpenRouter's
 * `reasoning` object and `include_reasoning`, and the `thinking` object of Anthropic, which DeepSeek, Z.ai and Moonshot
 * took over as a switch.
 *
 * @see https://platform.openai.com/docs/guides/reasoning
 * @see https://openrouter.ai/docs/use-cases/reasoning-tokens
 */
export function readReasoning(body: Fields, call: ReadCall): Reasoning | undefined {
  const plain = readEffort(body, "reasoning_effort");
  const include = body.flag("include_reasoning");
  const object = readObject(body, call);
  const thinking = readThinking(body, call);
  const reasoning: Reasoning = {
    effort: plain ?? object?.effort ?? thinking?.effort,
    budget: object?.budget ?? thinking?.budget,
    isAdaptive: thinking?.isAdaptive,
    visible: object?.visible ?? include,
  };
  return Object.values(reasoning).every((value) => value === undefined) ? undefined : reasoning;
}

function readObject(body: Fields, call: ReadCall): Reasoning | undefined {
  const reasoning = body.fields("reasoning");
  if (reasoning === undefined) return undefined;
  const isEnabled = reasoning.flag("enabled");
  const effort = readEffort(reasoning, "effort");
  const budget = reasoning.integer("max_tokens");
  const exclude = reasoning.flag("exclude");
  // How the summary is worded is each model's own business.
  reasoning.ignore("summary", "generate_summary");
  for (const path of reasoning.rest()) call.drop(path);
  // OpenRouter's default for `enabled` alone is a medium effort.
  const implied = isEnabled === true && effort === undefined && budget === undefined ? "medium" : undefined;
  return {
    effort: isEnabled === false ? "none" : (effort ?? implied),
    budget: isEnabled === false ? undefined : budget,
    visible: exclude === undefined ? undefined : !exclude,
  };
}

function readThinking(body: Fields, call: ReadCall): Reasoning | undefined {
  const thinking = body.fields("thinking");
  if (thinking === undefined) return undefined;
  const type = thinking.choice("type", ["enabled", "disabled", "adaptive", "auto"]);
  const budget = thinking.integer("budget_tokens");
  // Z.ai's and Moonshot's words on what becomes of earlier thoughts, and Anthropic's on how they are shown.
  thinking.ignore("clear_thinking", "keep", "display");
  for (const path of thinking.rest()) call.drop(path);
  if (type === "disabled") return { effort: "none" };
  return budget === undefined ? { isAdaptive: true } : { budget };
}

/** Groq's `default` asks for nothing. */
function readEffort(fields: Fields, key: string): Effort | undefined {
  const effort = fields.choice(key, [...efforts, "default"]);
  return effort === "default" ? undefined : effort;
}
