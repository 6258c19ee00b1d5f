import type { Failure } from "../chat.ts";
import { isJsonObject, type JsonObject, parseJsonObject } from "../json.ts";

const longestExcerpt = 500;

/**
 * Reads the error body of a provider: OpenAI's `{error: {message, type, param, code}}` and the shapes of its followers
 * (`{message}`, `{detail}`, `{error: "..."}`, Google's list of one, plain text).
 *
 * @see https://platform.openai.com/docs/guides/error-codes
 */
export function readFailure(status: number, body: unknown): Failure {
  const value: unknown = Array.isArray(body) ? (body as readonly unknown[])[0] : body;
  if (typeof value === "string") return { status, message: readText(value) };
  if (!isJsonObject(value)) return { status, message: "" };
  const error = isJsonObject(value["error"]) ? value["error"] : value;
  return {
    status,
    message: readMessage(value, error),
    code: firstText(error["code"], error["type"] === "error" ? undefined : error["type"], error["status"], value["code"], value["type"]),
    param: firstText(error["param"]),
  };
}

/**
 * Reads an error that came in place of an answer, inside a stream or a body with status 200; its status is what it says
 * or what its name means.
 */
export function readLateFailure(body: JsonObject): Failure {
  const failure = readFailure(500, body);
  const error = isJsonObject(body["error"]) ? body["error"] : body;
  return { ...failure, status: statusOf(error) ?? namedStatus(failure.code) ?? namedStatus(firstText(error["type"])) ?? 500 };
}

/** Writes an error for an OpenAI client: its SDKs choose their exception by the HTTP status and show `message`. */
export function writeFailure(failure: Failure): JsonObject {
  return {
    error: {
      message: failure.message === "" ? `The provider answered ${failure.status} and gave no reason` : failure.message,
      type: typeOf(failure),
      param: failure.param ?? null,
      code: failure.code ?? null,
    },
  };
}

function typeOf({ status, code }: Failure): string {
  if (code === "insufficient_quota") return code;
  if (status === 401) return "authentication_error";
  if (status === 403) return "permission_error";
  if (status === 408) return "timeout_error";
  if (status === 429) return "rate_limit_error";
  return status >= 500 ? "server_error" : "invalid_request_error";
}

function readMessage(body: JsonObject, error: JsonObject): string {
  const said = firstText(body["error"], error["message"], body["message"], body["detail"], body["title"]) ?? "";
  const cause = readCause(error["metadata"]);
  if (cause !== "") return said === "" ? cause : `${said}: ${cause}`;
  if (said !== "" || body["detail"] === undefined) return said;
  // FastAPI servers name each field at fault in a list.
  return JSON.stringify(body["detail"]).slice(0, longestExcerpt);
}

/** OpenRouter says "Provider returned error" and keeps the provider's own words beside it: https://openrouter.ai/docs/api/reference/errors-and-debugging */
function readCause(metadata: unknown): string {
  const raw = isJsonObject(metadata) ? metadata["raw"] : undefined;
  if (typeof raw !== "string" || raw === "") return "";
  const inner = parseJsonObject(raw);
  const error = inner === null ? undefined : inner["error"];
  const said = isJsonObject(error) ? error["message"] : (inner?.["message"] ?? raw);
  return typeof said === "string" ? said.slice(0, longestExcerpt) : "";
}

function readText(text: string): string {
  const trimmed = text.trim();
  // A page of HTML is no reason that a person could read.
  return trimmed.startsWith("<") ? "" : trimmed.slice(0, longestExcerpt);
}

function firstText(...values: readonly unknown[]): string | undefined {
  return values.find((value): value is string => typeof value === "string" && value !== "");
}

function statusOf(error: JsonObject): number | undefined {
  for (const value of [error["code"], error["status"], error["status_code"], error["raw_status_code"]]) {
    const status = typeof value === "string" ? Number(value) : value;
    if (typeof status === "number" && status >= 400 && status <= 599) return status;
  }
  return undefined;
}

const statuses: ReadonlyMap<string, number> = new Map(
  Object.entries({
    invalid_request_error: 400,
    context_length_exceeded: 400,
    invalid_prompt: 400,
    authentication_error: 401,
    invalid_api_key: 401,
    insufficient_credits: 402,
    permission_error: 403,
    permission_denied: 403,
    not_found_error: 404,
    model_not_found: 404,
    request_too_large: 413,
    rate_limit_error: 429,
    rate_limit_exceeded: 429,
    rate_limit_reached_error: 429,
    insufficient_quota: 429,
    exceeded_current_quota_error: 429,
    server_error: 500,
    api_error: 500,
    internal_server_error: 500,
    upstream_error: 502,
    service_unavailable: 503,
    service_unavailable_error: 503,
    engine_overloaded_error: 529,
    overloaded: 529,
    overloaded_error: 529,
    server_overloaded: 529,
    timeout: 504,
    timeout_error: 504,
  }),
);

function namedStatus(name: string | undefined): number | undefined {
  return name === undefined ? undefined : statuses.get(name);
}
