import type { FinishReason } from "../chat.ts";

/**
 * Reads `finish_reason`. Beside OpenAI's five there are `model_length` (Mistral), `max_tokens`, `end_turn`, `eos` and
 * others of servers that pass on a model's own word: an answer that came to an unknown end has ended.
 */
export function readFinishReason(reason: string): FinishReason {
  switch (reason) {
    case "length":
    case "max_tokens":
    case "model_length":
      return "length";
    case "tool_calls":
    case "function_call":
    case "tool_use":
      return "tool-calls";
    case "content_filter":
    case "safety":
    case "refusal":
      return "content-filter";
    default:
      return "stop";
  }
}

/** Whether a `finish_reason` says that the provider broke off: OpenRouter's `error`, DeepSeek's for want of machines. */
export function isBreak(reason: string): boolean {
  return reason === "error" || reason === "insufficient_system_resource";
}

/** Writes `finish_reason`. */
export function writeFinishReason(reason: FinishReason): string {
  switch (reason) {
    case "stop":
    case "stop-sequence":
      return "stop";
    case "length":
      return "length";
    case "tool-calls":
      return "tool_calls";
    case "content-filter":
      return "content_filter";
    default:
      return reason satisfies never;
  }
}
