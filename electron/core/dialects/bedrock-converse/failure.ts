import type { Failure } from "../chat.ts";
import { isJsonObject, type JsonObject } from "../json.ts";

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html#API_runtime_ConverseStream_Errors */
const statuses: ReadonlyMap<string, number> = new Map(
  Object.entries({
    accessdenied: 403,
    expiredtoken: 403,
    internalfailure: 500,
    internalserver: 500,
    modelerror: 424,
    modelnotready: 429,
    modelstreamerror: 500,
    modeltimeout: 408,
    resourcenotfound: 404,
    servicequotaexceeded: 400,
    serviceunavailable: 503,
    throttling: 429,
    unrecognizedclient: 403,
    validation: 400,
  }),
);

/** The status of an exception by its name, in any spelling: `throttlingException`, `ThrottlingException`, `Throttling`. */
function statusOf(name: string): number | undefined {
  const lower = name.toLowerCase();
  return statuses.get(lower.replace(/(?:exception|error)$/, "")) ?? statuses.get(lower.replace(/exception$/, ""));
}

/**
 * Whether an event's name is an exception's. In a stream only five are documented, but AWS sends others as well
 * (`InternalFailure`).
 */
export function isException(event: string): boolean {
  return statusOf(event) !== undefined || /(?:Exception|Error|Failure|Fault)$/.test(event);
}

/** Reads an exception in the middle of a stream. */
export function readException(name: string, data: JsonObject): Failure {
  const original = data["originalStatusCode"];
  // Where the model itself failed, its own status says more than the exception's name.
  const status = typeof original === "number" && original >= 400 && original < 600 ? original : (statusOf(name) ?? 500);
  return { status, message: readMessage(data), code: name };
}

/** Reads an error answer: `{"message": ...}`, with its name in `__type` or only in a header. */
export function readFailure(status: number, body: unknown): Failure {
  if (!isJsonObject(body)) return { status, message: typeof body === "string" ? body : "" };
  const type = body["__type"] ?? body["code"];
  return {
    status,
    message: readMessage(body),
    // `com.amazon.coral.service#ThrottlingException`
    code: typeof type === "string" ? type.slice(type.lastIndexOf("#") + 1) : undefined,
  };
}

/** Writes an error answer. Its name stands in the body, where AWS's clients look for it if no header has it. */
export function writeFailure(failure: Failure): JsonObject {
  const name = exceptionFor(failure.status);
  return { __type: name.charAt(0).toUpperCase() + name.slice(1), message: failure.message };
}

/** The documented exception that says a status best, as a stream spells it. */
export function exceptionFor(status: number): string {
  switch (status) {
    case 401:
    case 403:
      return "accessDeniedException";
    case 404:
      return "resourceNotFoundException";
    case 408:
    case 504:
      return "modelTimeoutException";
    case 424:
      return "modelErrorException";
    case 429:
      return "throttlingException";
    case 503:
    case 529:
      return "serviceUnavailableException";
    default:
      return status >= 500 ? "internalServerException" : "validationException";
  }
}

function readMessage(body: JsonObject): string {
  const message = body["message"] ?? body["Message"] ?? body["originalMessage"];
  return typeof message === "string" ? message : "";
}
