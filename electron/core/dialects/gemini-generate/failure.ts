import type { Failure } from "../chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";

const longestText = 500;

/**
 * Reads Google's error, `{"error":{"code","message","status","details"}}`, or the list of one that a stream without
 * `alt=sse` sends. A key that is not valid comes with status 400; it reads as 401, as any client expects it. Too long an
 * input has no name of its own there and gets the one that clients act upon.
 *
 * @see https://ai.google.dev/gemini-api/docs/troubleshooting
 * @see https://google.aip.dev/193
 */
export function readFailure(status: number, body: unknown): Failure {
  const whole = Array.isArray(body) ? (body as readonly unknown[])[0] : body;
  const error = isJsonObject(whole) ? whole["error"] : undefined;
  if (!isJsonObject(error)) return { status, message: typeof error === "string" ? error : typeof body === "string" ? excerpt(body) : "" };
  const message = text(error["message"]) ?? "";
  const details = Array.isArray(error["details"]) ? (error["details"] as readonly JsonValue[]).filter(isJsonObject) : [];
  const reason = details.map((detail) => text(detail["reason"])).find((found) => found !== undefined);
  if (reason === "API_KEY_INVALID") return { status: 401, message, code: reason };
  if (status === 400 && /token count .*exceeds the maximum/i.test(message)) return { status, message, code: "context_length_exceeded" };
  return { status, message, code: text(error["status"]) ?? reason, param: fieldOf(details) };
}

/** Reads the error of a frame inside a stream, whose `code` is the status that it would have had. */
export function readFrameFailure(body: JsonObject): Failure {
  const error = body["error"];
  const code = isJsonObject(error) && typeof error["code"] === "number" ? error["code"] : 500;
  return readFailure(code >= 400 && code <= 599 ? code : 500, body);
}

/** Writes Google's error, with the field and the code in the details that Google has for them. */
export function writeFailure(failure: Failure): JsonObject {
  const { status, message, code, param } = failure;
  const details: JsonObject[] = [];
  if (code !== undefined) details.push({ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: code });
  if (param !== undefined)
    details.push({ "@type": "type.googleapis.com/google.rpc.BadRequest", fieldViolations: [{ field: param, description: message }] });
  return {
    error: {
      code: status,
      message: message === "" ? `The provider answered ${status}` : message,
      status: statusName(status),
      details: details.length === 0 ? undefined : details,
    },
  };
}

/** The `google.rpc.Code` that belongs to an HTTP status: https://google.aip.dev/193 */
function statusName(status: number): string {
  switch (status) {
    case 401:
      return "UNAUTHENTICATED";
    case 403:
      return "PERMISSION_DENIED";
    case 404:
      return "NOT_FOUND";
    case 408:
    case 504:
      return "DEADLINE_EXCEEDED";
    case 409:
      return "ABORTED";
    case 429:
      return "RESOURCE_EXHAUSTED";
    case 499:
      return "CANCELLED";
    case 501:
      return "UNIMPLEMENTED";
    case 502:
    case 503:
    case 529:
      return "UNAVAILABLE";
    default:
      return status >= 500 ? "INTERNAL" : "INVALID_ARGUMENT";
  }
}

function fieldOf(details: readonly JsonObject[]): string | undefined {
  for (const detail of details) {
    const violations = detail["fieldViolations"];
    const first = Array.isArray(violations) ? (violations as readonly JsonValue[])[0] : undefined;
    if (isJsonObject(first)) return text(first["field"]);
  }
  return undefined;
}

function text(value: JsonValue | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function excerpt(page: string): string {
  // A proxy's HTML page says nothing that a client could show.
  if (page.trimStart().startsWith("<")) return "";
  return page.length > longestText ? `${page.slice(0, longestText)}...` : page;
}
