import type { FinishReason } from "../chat.ts";

/**
 * What a `finishReason` means: why a whole answer ended, or `broken` where the model's output could not be used, so that
 * there is no answer; null for none. A reason that nobody documented is no natural end either: it counts as a filter's.
 *
 * @see https://ai.google.dev/api/generate-content#FinishReason
 */
export function readFinishReason(reason: string): FinishReason | "broken" | null {
  switch (reason) {
    case "FINISH_REASON_UNSPECIFIED":
      return null;
    case "STOP":
      return "stop";
    case "MAX_TOKENS":
    // More could be had with a continuation token, which no other API knows.
    case "CONTINUATION":
      return "length";
    case "MALFORMED_FUNCTION_CALL":
    case "MALFORMED_RESPONSE":
    case "UNEXPECTED_TOOL_CALL":
    case "TOO_MANY_TOOL_CALLS":
    case "MISSING_THOUGHT_SIGNATURE":
    case "NO_IMAGE":
    case "IMAGE_OTHER":
      return "broken";
    default:
      return "content-filter";
  }
}

/** The `finishReason` for a client. Calls end in `STOP` too: Gemini's clients look for the parts. */
export function writeFinishReason(reason: FinishReason): string {
  if (reason === "length") return "MAX_TOKENS";
  return reason === "content-filter" ? "SAFETY" : "STOP";
}
