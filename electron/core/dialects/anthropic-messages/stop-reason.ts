import type { FinishReason } from "../chat.ts";

/**
 * Reads `stop_reason`. One that nobody documented is an end like any other. `pause_turn` stops a loop of tools that the
 * provider runs itself, and none of those was asked for.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons
 */
export function readStopReason(reason: string): FinishReason {
  switch (reason) {
    case "max_tokens":
    case "model_context_window_exceeded":
      return "length";
    case "stop_sequence":
      return "stop-sequence";
    case "tool_use":
      return "tool-calls";
    case "refusal":
      return "content-filter";
    default:
      return "stop";
  }
}

const written = {
  stop: "end_turn",
  "stop-sequence": "stop_sequence",
  length: "max_tokens",
  "tool-calls": "tool_use",
  "content-filter": "refusal",
} as const;

/** Writes `stop_reason`. An answer that ended in the model's own refusal is one here, whatever its provider called the end. */
export function writeStopReason(reason: FinishReason, hasRefusal: boolean): string {
  return hasRefusal && reason === "stop" ? "refusal" : written[reason];
}
