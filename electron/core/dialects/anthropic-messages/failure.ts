import type { Failure } from "../chat.ts";
import { isJsonObject, type JsonObject } from "../json.ts";

/** @see https://platform.claude.com/docs/en/api/errors */
const statuses: ReadonlyMap<string, number> = new Map(
  Object.entries({
    invalid_request_error: 400,
    authentication_error: 401,
    billing_error: 402,
    permission_error: 403,
    not_found_error: 404,
    conflict_error: 409,
    request_too_large: 413,
    rate_limit_error: 429,
    api_error: 500,
    timeout_error: 504,
    overloaded_error: 529,
  }),
);

const types: ReadonlyMap<number, string> = new Map([...statuses].map(([type, status]) => [status, type]));

const tooLong = "prompt is too long";
/** A proxy in between answers with a page of its own. */
const longestMessage = 4_096;

/**
 * Reads a provider's error. Servers that copy this API have their own envelopes: `{"error":{...}}`, `{"error":"..."}`,
 * `{"message":"..."}` and `{"detail":"..."}` are understood. A prompt that is too long gets the code that OpenAI's
 * clients know it by, since Anthropic tells it by its words alone.
 *
 * @param status the HTTP status; 200 for an error inside of an answer, which then gets the status of its type
 */
export function readFailure(status: number, body: unknown): Failure {
  const error = isJsonObject(body) && isJsonObject(body["error"]) ? body["error"] : body;
  const said = isJsonObject(error) ? (error["message"] ?? error["error"] ?? error["detail"]) : error;
  const message = typeof said === "string" ? said.slice(0, longestMessage) : "";
  const name = isJsonObject(error) && error !== body ? (error["type"] ?? error["code"]) : undefined;
  const type = typeof name === "string" ? name : undefined;
  return {
    status: status >= 400 ? status : (statuses.get(type ?? "") ?? 502),
    message,
    code: message.toLowerCase().startsWith(tooLong) ? "context_length_exceeded" : type,
    requestId: isJsonObject(body) && typeof body["request_id"] === "string" ? body["request_id"] : undefined,
  };
}

/**
 * Writes an error for a client. Claude Code shortens the conversation by itself where it reads that the prompt is too
 * long, so another provider's word for it is put in these.
 */
export function writeFailure(failure: Failure): JsonObject {
  const { status, message, code, requestId } = failure;
  const isTooLong = code === "context_length_exceeded" && !message.toLowerCase().includes(tooLong);
  return {
    type: "error",
    error: { type: types.get(status) ?? typeByClass(status), message: isTooLong ? `${tooLong}: ${message}` : message },
    ...(requestId === undefined ? {} : { request_id: requestId }),
  };
}

function typeByClass(status: number): string {
  if (status === 408) return "timeout_error";
  return status >= 400 && status < 500 ? "invalid_request_error" : "api_error";
}
