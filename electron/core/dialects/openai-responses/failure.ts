import type { Failure } from "../chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";

const longestExcerpt = 500;

/**
 * Reads a provider's error: OpenAI's object, or what servers that speak its dialect say instead.
 *
 * @see https://platform.openai.com/docs/guides/error-codes
 */
export function readFailure(status: number, body: unknown): Failure {
  if (typeof body === "string") {
    const text = body.trim();
    // A page is no message.
    return { status, message: text.startsWith("<") ? "" : text.slice(0, longestExcerpt) };
  }
  if (!isJsonObject(body)) return { status, message: "" };
  const error = body["error"];
  if (isJsonObject(error)) return { status, ...readError(error) };
  return { status, ...readError(typeof error === "string" ? { ...body, message: error } : body) };
}

/** Reads the error of a stream or of a stored answer, which has no status of its own. */
export function readStreamError(error: JsonValue | undefined): Failure {
  if (!isJsonObject(error)) return { status: 502, message: typeof error === "string" ? error : "" };
  const read = readError(error);
  const type = error["type"];
  const known = statuses.get(read.code ?? "") ?? (typeof type === "string" ? statuses.get(type) : undefined);
  return { status: known ?? (read.code?.startsWith("invalid_") || read.code?.includes("image") ? 400 : 502), ...read };
}

/** A failure of the stream itself: what came is no event of this API. */
export function malformed(what: string): Failure {
  return { status: 502, message: `The provider's stream has ${what}`, code: "upstream_invalid" };
}

function readError(error: JsonObject): Omit<Failure, "status"> {
  const { message, detail, code, type, param } = error;
  return {
    message: typeof message === "string" ? message : typeof detail === "string" ? detail : "",
    code: typeof code === "string" && code !== "" ? code : typeof type === "string" && type !== "error" ? type : undefined,
    param: typeof param === "string" ? param : undefined,
  };
}

/** The status that an error would have had, by its `code` or its `type`. */
const statuses: ReadonlyMap<string, number> = new Map([
  ["invalid_api_key", 401],
  ["authentication_error", 401],
  ["insufficient_quota", 429],
  ["rate_limit_exceeded", 429],
  ["rate_limit_error", 429],
  ["requests", 429],
  ["tokens", 429],
  ["usage_not_included", 403],
  ["permission_error", 403],
  ["model_not_found", 404],
  ["context_length_exceeded", 400],
  ["bio_policy", 400],
  ["cyber_policy", 400],
  ["misalignment_policy_violation", 400],
  ["content_filter", 400],
  ["data_residency_mismatch", 400],
  ["server_error", 500],
  ["vector_store_timeout", 500],
  ["server_is_overloaded", 529],
  ["slow_down", 529],
  ["overloaded_error", 529],
]);

/** Writes an error as OpenAI's clients expect it. */
export function writeFailure(failure: Failure): JsonObject {
  const code = isOverflow(failure) ? "context_length_exceeded" : (failure.code ?? null);
  return { error: { message: failure.message, type: typeOf(failure.status), param: failure.param ?? null, code } };
}

/**
 * Writes the error of an answer that failed after it had begun. Its `code` is one of few that clients act upon: Codex
 * shortens its history after `context_length_exceeded`, waits after `rate_limit_exceeded`, and tries again after others.
 */
export function writeResponseError(failure: Failure): JsonObject {
  return { code: responseCode(failure), message: failure.message === "" ? "The provider's answer broke off." : failure.message };
}

/**
 * Writes the members of a stream's `error` event, in both forms that are about: documented are `code`, `message` and
 * `param`, while OpenAI's package before version 7 throws only where there is an `error` object, and else goes on.
 *
 * @see https://platform.openai.com/docs/api-reference/responses-streaming/error
 */
export function writeStreamError(failure: Failure): JsonObject {
  const error = { ...writeResponseError(failure), param: failure.param ?? null };
  return { ...error, error: { type: typeOf(failure.status), ...error } };
}

function responseCode(failure: Failure): string {
  if (isOverflow(failure)) return "context_length_exceeded";
  if (failure.code !== undefined && kept.has(failure.code)) return failure.code;
  if (failure.status === 429) return "rate_limit_exceeded";
  if (failure.status >= 400 && failure.status < 500) return "invalid_prompt";
  return "server_error";
}

const kept: ReadonlySet<string> = new Set(["insufficient_quota", "rate_limit_exceeded", "usage_not_included", "invalid_prompt"]);

/** Whether the input is longer than the model takes, in whatever words providers say it. */
function isOverflow({ status, code, message }: Failure): boolean {
  if (code === "context_length_exceeded") return true;
  if (status !== 400 && status !== 413) return false;
  return /prompt is too long|context (?:length|window)|maximum context|input is too long|input token count.*exceeds/i.test(message);
}

function typeOf(status: number): string {
  if (status === 401) return "authentication_error";
  if (status === 403) return "permission_error";
  if (status === 429) return "rate_limit_error";
  return status >= 500 ? "server_error" : "invalid_request_error";
}
