import type { Failure } from "../chat.ts";
import { isJsonObject, type JsonObject } from "../json.ts";

/**
 * Reads an error: `{"message": ...}`, no name. A token that is not valid may be 498, which nobody else knows.
 *
 * @see https://docs.cohere.com/reference/errors
 */
export function readFailure(status: number, body: unknown): Failure {
  const known = status === 498 ? 401 : status;
  if (!isJsonObject(body)) return { status: known, message: typeof body === "string" ? body : "" };
  const message = body["message"] ?? body["error"] ?? body["detail"];
  return { status: known, message: typeof message === "string" ? message : "" };
}

/** Writes an error. */
export function writeFailure(failure: Failure): JsonObject {
  return { message: failure.message };
}
