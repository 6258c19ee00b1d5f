import type { FinishReason, ReadEvent } from "../chat.ts";

const reasons: Readonly<Record<string, FinishReason>> = {
  COMPLETE: "stop",
  STOP_SEQUENCE: "stop-sequence",
  MAX_TOKENS: "length",
  TOOL_CALL: "tool-calls",
  // Known from before v2
  ERROR_TOXIC: "content-filter",
  ERROR_LIMIT: "length",
};

const failures: Readonly<Record<string, { readonly status: number; readonly message: string }>> = {
  ERROR: { status: 500, message: "The generation failed" },
  TIMEOUT: { status: 504, message: "The generation took longer than is allowed" },
  USER_CANCEL: { status: 499, message: "The generation was cancelled" },
};

/**
 * Reads why an answer ended. A generation that failed is no end, whatever came before it; a reason that nobody
 * documented is one.
 *
 * @param error Cohere's own words, where it has some
 */
export function readFinishReason(reason: unknown, error: unknown): ReadEvent {
  const name = typeof reason === "string" ? reason : "";
  const failure = failures[name] ?? (typeof error === "string" ? failures["ERROR"] : undefined);
  if (failure === undefined) return { type: "finish", reason: reasons[name] ?? "stop" };
  return { type: "failure", failure: { status: failure.status, message: typeof error === "string" ? error : failure.message, code: name } };
}

/** Writes why an answer ended. */
export const finishReasons: Readonly<Record<FinishReason, string>> = {
  stop: "COMPLETE",
  "stop-sequence": "STOP_SEQUENCE",
  length: "MAX_TOKENS",
  "tool-calls": "TOOL_CALL",
  "content-filter": "ERROR_TOXIC",
};
