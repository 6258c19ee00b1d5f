import type { IncomingHttpHeaders } from "node:http";
import type { PosternError } from "#shared/errors.ts";
import type { Failure } from "#core/dialects/chat.ts";
import type { Dialect } from "#core/dialects/dialect.ts";
import { parseJsonObject } from "#core/dialects/json.ts";
import { translateFailure, writeOpenAiError } from "#core/dialects/openai-chat-error.ts";
import { scrubSecret, type Secrets } from "#core/upstream/scrub-secret.ts";
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
  const shared = exchange.dialect.id.startsWith("openai-") ? writeOpenAiError(error) : exchange.dialect.writeFailure(failureOf(error));
  const { details } = error;
  const body =
    head.portkey === null
      ? shared
      : { status: "failure", message: error.message, ...(details.length > 0 ? { errors: details } : {}), ...shared };
  const own = [...ownHeaders, ...headers, ...Object.entries(error.headers).flat()];
  // Portkey's gateway answers 500 where a provider has no such endpoint, and marks what it threw itself.
  const isThrown = head.portkey !== null && error.code === "endpoint_unsupported";
  if (isThrown) {
    record.status = 500;
    own.push("x-portkey-gateway-exception", "true");
  }
  send(exchange, isThrown ? 500 : error.status, Buffer.from(JSON.stringify(body)), own);
}

/** A failure of Postern's own in words that any dialect can say. */
export function failureOf({ status, message, code, param }: PosternError): Failure {
  return { status, message, code, ...(param === null ? {} : { param }) };
}

/** What a provider said no with, before anything of an answer was sent. */
export interface ProviderRefusal {
  readonly provider: string;
  /** What it speaks. */
  readonly dialect: Dialect;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly said: Buffer | Failure;
  readonly secrets: Secrets;
}

/** Hands a provider's refusal to the client: its status, its own words, its rate-limit headers. */
export function writeProviderFailure(exchange: Exchange, refusal: ProviderRefusal, headers: readonly string[]): void {
  // Once more: reading JSON undoes escapes that hid the key from a search of the bytes.
  const refused = writeRefusal(exchange.dialect, refusal);
  const body = scrubSecret(refused.body, refusal.secrets);
  exchange.record.status = refused.status;
  exchange.record.ending = "failed";
  exchange.record.errorCode = `upstream_${refusal.status}`;
  send(exchange, refused.status, body, [...withoutContentType(relayedHeaders(refusal.headers, refusal.secrets)), ...headers]);
}

const leads: Readonly<Record<number, string>> = {
  401: "Upstream authentication error",
  403: "Upstream authentication error",
  429: "Upstream rate limit",
};

/** The refusal in the client's dialect. Another API's status is the one that means the same: Gemini's 400 for a wrong key is a 401. */
function writeRefusal(
  client: Dialect,
  { provider, dialect, status, said }: ProviderRefusal,
): { readonly status: number; readonly body: Buffer } {
  const isOwn = client === dialect;
  if (Buffer.isBuffer(said) && isOwn) {
    if (client.id === "openai-chat") return { status, body: translateFailure(provider, status, said) };
    // As it came, so that nothing of its details is lost; only a refused key says whose refusal it is.
    if (status !== 401 && status !== 403 && parseJsonObject(said.toString("utf8")) !== null) return { status, body: said };
  }
  const failure = Buffer.isBuffer(said) ? dialect.readFailure(status, parsedOrText(said)) : said;
  const told = isOwn ? status : failure.status;
  const words = failure.message === "" ? "nothing" : failure.message;
  const lead = leads[told];
  const own = failure.message === "" ? `${provider} answered ${status}` : failure.message;
  const message = lead === undefined ? own : `${lead}: ${provider} says: ${words}`;
  return { status: told, body: Buffer.from(JSON.stringify(client.writeFailure({ ...failure, status: told, message }))) };
}

function parsedOrText(bytes: Buffer): unknown {
  const text = bytes.toString("utf8");
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Answers with JSON of the gateway's own making. */
export function writeJson(exchange: Exchange, body: unknown): void {
  exchange.record.status = 200;
  exchange.record.ending = "finished";
  send(exchange, 200, Buffer.from(JSON.stringify(body)), ownHeaders);
}

function send(exchange: Exchange, status: number, written: Buffer, headers: readonly string[]): void {
  const { request, response } = exchange;
  const body = prettyIfAsked(exchange, written);
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

/** JSON as people read it, where the request's query holds `pretty`, as Portkey's gateway has it. */
export function prettyIfAsked({ request }: Exchange, body: Buffer): Buffer {
  const url = request.url ?? "";
  if (!url.includes("pretty") || !/[?&]pretty(?:[=&]|$)/.test(url)) return body;
  try {
    return Buffer.from(JSON.stringify(JSON.parse(body.toString("utf8")), null, 2));
  } catch {
    return body;
  }
}

const lingerMs = 1_000;

function withoutContentType(headers: readonly string[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] !== "content-type") kept.push(headers[index] as string, headers[index + 1] as string);
  }
  return kept;
}
