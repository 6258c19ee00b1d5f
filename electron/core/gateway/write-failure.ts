import type { IncomingHttpHeaders } from "node:http";
import type { PosternError } from "#shared/errors.ts";
import { scrubSecret } from "#core/upstream/scrub-secret.ts";
import { translateFailure, writeOpenAiError } from "#core/dialects/openai-chat-error.ts";
import type { Exchange } from "./exchange.ts";
import { ownHeaders, relayedHeaders } from "./response-headers.ts";

/**
 * The one way in which Postern says no: the error in the client's dialect, with Portkey's own fields beside it where
 * the call came with Portkey's headers.
 *
 * @param headers the gateway's headers for this answer, as a flat list
 */
export function writeFailure(exchange: Exchange, error: PosternError, headers: readonly string[] = []): void {
  const { response, record, head } = exchange;
  record.errorCode = error.code;
  record.status = error.status;
  record.ending = error.code === "client_closed" ? "client_closed" : error.fault === "provider" ? "failed" : "refused";
  if (error.code === "client_closed" || response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const shared = writeOpenAiError(error);
  const body = head.portkey === null ? shared : { status: "failure", message: error.message, ...shared };
  send(exchange, error.status, Buffer.from(JSON.stringify(body)), [...ownHeaders, ...headers, ...Object.entries(error.headers).flat()]);
}

/** Hands a provider's refusal to the client: its status, its own words, its rate-limit headers. */
export function writeProviderFailure(
  exchange: Exchange,
  failure: {
    readonly provider: string;
    readonly status: number;
    readonly headers: IncomingHttpHeaders;
    readonly body: Buffer;
    readonly secret: string | null;
  },
  headers: readonly string[],
): void {
  // Once more: reading JSON undoes escapes that hid the key from a search of the bytes.
  const body = scrubSecret(translateFailure(failure.provider, failure.status, failure.body), failure.secret);
  exchange.record.status = failure.status;
  exchange.record.ending = "failed";
  exchange.record.errorCode = `upstream_${failure.status}`;
  send(exchange, failure.status, body, [...withoutContentType(relayedHeaders(failure.headers, failure.secret)), ...headers]);
}

/** Answers with JSON of the gateway's own making. */
export function writeJson(exchange: Exchange, body: unknown): void {
  exchange.record.status = 200;
  exchange.record.ending = "finished";
  send(exchange, 200, Buffer.from(JSON.stringify(body)), ownHeaders);
}

function send(exchange: Exchange, status: number, body: Buffer, headers: readonly string[]): void {
  const { request, response } = exchange;
  const unread = !request.complete && request.method !== "GET" && request.method !== "HEAD";
  response.writeHead(status, [
    ...headers,
    ...exchange.extraHeaders,
    "content-type",
    "application/json",
    "content-length",
    String(body.length),
    // What is left of the body is not worth reading: the connection ends with this answer.
    ...(unread ? ["connection", "close"] : []),
  ]);
  response.end(request.method === "HEAD" ? undefined : body);
  if (!unread) return;
  // A client that is still sending would lose the answer to a reset: what comes in the next moments is thrown away.
  request.on("error", () => {});
  request.resume();
  setTimeout(() => request.destroy(), lingerMs).unref();
}

const lingerMs = 1_000;

function withoutContentType(headers: readonly string[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] !== "content-type") kept.push(headers[index] as string, headers[index + 1] as string);
  }
  return kept;
}
