import type { ChatRequest } from "../chat.ts";
import type { WriteTarget } from "../dialect.ts";
import type { JsonObject } from "../json.ts";
import { effortOf } from "../reasoning.ts";

/**
 * Families that do not think and are answered with an error where `reasoning_effort` is sent (OpenAI's, and on Groq,
 * Mistral and others): clients such as Claude Code ask every model to think.
 */
const thoughtless =
  /(?:^|\/)(?:gpt-3|gpt-4|chatgpt-4o|(?:meta-)?llama|gemma|mixtral|mistral-(?:large|nemo|7b|tiny)|ministral|codestral|pixtral|phi-?3|command-|qwen-?2|qwen3-coder|moonshot-v1|kimi-k2-(?:0|instruct|turbo))/i;
/** Those that can be told not to: https://platform.openai.com/docs/guides/reasoning */
const canStop = /(?:^|\/)gpt-(?:5\.[1-9]|[6-9])/;

/**
 * Writes how much the model may think, in the provider's way.
 *
 * - `reasoning_effort`: every thinking model knows low, medium and high, so a budget becomes one of these. "none" is
 *   left out except where it is known to be taken: not thinking less costs tokens, an error costs the answer.
 * - `reasoning`: OpenRouter's object says budget and visibility too.
 * - `thinking`: DeepSeek's switch, with the effort beside it: https://api-docs.deepseek.com/guides/thinking_mode
 */
export function writeReasoning({ reasoning, model }: ChatRequest, { quirks, drop }: WriteTarget): JsonObject {
  if (reasoning === undefined) return {};
  const asked = effortOf(reasoning);
  const effort = reasoning.effort === undefined && asked === "minimal" ? "low" : asked;
  if (effort === undefined && reasoning.isAdaptive !== true && quirks.reasoningField !== "reasoning") return {};
  switch (quirks.reasoningField) {
    case "reasoning":
      return writeObject(reasoning, effort);
    case "thinking":
      if (effort === "none") return { thinking: { type: "disabled" } };
      return { thinking: { type: "enabled" }, reasoning_effort: effort };
    case "reasoning_effort":
      // The model decides by itself: that is what happens without the field.
      if (effort === undefined) return {};
      if (!thoughtless.test(model) && (effort !== "none" || canStop.test(model))) return { reasoning_effort: effort };
      if (effort !== "none") drop("reasoning_effort");
      return {};
    default:
      return quirks.reasoningField satisfies never;
  }
}

function writeObject(reasoning: NonNullable<ChatRequest["reasoning"]>, effort: string | undefined): JsonObject {
  const exclude = reasoning.visible === false ? true : undefined;
  if (reasoning.budget !== undefined && reasoning.budget > 0) return { reasoning: { max_tokens: reasoning.budget, exclude } };
  if (effort === undefined && reasoning.isAdaptive !== true && exclude === undefined) return {};
  return { reasoning: effort === undefined ? { enabled: reasoning.isAdaptive, exclude } : { effort, exclude } };
}
