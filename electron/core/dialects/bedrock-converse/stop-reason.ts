import type { FinishReason, ReadEvent } from "../chat.ts";
import { isJsonObject } from "../json.ts";

const reasons: Readonly<Record<string, FinishReason>> = {
  end_turn: "stop",
  stop_sequence: "stop-sequence",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  tool_use: "tool-calls",
  content_filtered: "content-filter",
  guardrail_intervened: "content-filter",
  // Claude's own, where it comes through
  refusal: "content-filter",
};

/**
 * Reads `stopReason`, with the sequence that stopped Claude where the request asked for it. Output that the model
 * spoiled is a failure: half a tool call must not look like an end. A reason that nobody documented is an end.
 */
export function readStopReason(reason: unknown, additionalFields: unknown): ReadEvent {
  if (reason === "malformed_model_output" || reason === "malformed_tool_use")
    return { type: "failure", failure: { status: 502, message: "The model's output was malformed", code: reason } };
  const finish = (typeof reason === "string" ? reasons[reason] : undefined) ?? "stop";
  if (finish !== "stop-sequence") return { type: "finish", reason: finish };
  const sequence = isJsonObject(additionalFields) ? additionalFields["stop_sequence"] : undefined;
  return { type: "finish", reason: finish, stopSequence: typeof sequence === "string" ? sequence : undefined };
}

/** Writes `stopReason`. */
export const stopReasons: Readonly<Record<FinishReason, string>> = {
  stop: "end_turn",
  "stop-sequence": "stop_sequence",
  length: "max_tokens",
  "tool-calls": "tool_use",
  "content-filter": "content_filtered",
};
