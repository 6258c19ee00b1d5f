import type { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import { PosternError } from "#shared/errors.ts";
import { endpointPaths, type EndpointId } from "#shared/schema/endpoint.ts";
import type { ProviderRow } from "#core/config/provider-rows.ts";
import type { Clock } from "#core/platform.ts";
import type { PlannedTry } from "#core/routing/walk-route.ts";
import type { RouteTarget } from "#core/routing/route-types.ts";
import type { Connections } from "#core/upstream/connections.ts";
import type { Secrets } from "#core/upstream/scrub-secret.ts";
import type { Signer } from "#core/upstream/sign-outgoing.ts";
import type { Vault } from "#core/vault/vault.ts";
import { answerHeaders, requestHeaders } from "./attempt-headers.ts";
import { type Exchange, hasLeft } from "./exchange.ts";
import { findSecret } from "./find-secret.ts";
import { type Outcome, ReplyPump } from "./pump-reply.ts";
import type { CacheAnswer, ReplyCache } from "./reply-cache.ts";
import type { ReplyWay } from "./reply-way.ts";

/** A target of a route, with a provider of this build. */
export type Target = RouteTarget<ProviderRow>;

/** What a try needs beside the call. */
export interface TargetTools {
  readonly vault: Vault;
  readonly connections: Connections;
  readonly sign: Signer;
  readonly replyCache: ReplyCache;
  readonly clock: Clock;
  /** The built-in model's dispatcher; its row's calls stay in the process. */
  readonly builtIn: { readonly providerId: string; readonly dispatcher: Dispatcher };
  /** Whether this is one of Postern's own keys, which never go to a provider. */
  isLocalKey(credential: string): boolean;
  /** Sent to plain-http hosts, so that a call which comes back is known: `Via`'s name for this instance. */
  readonly via: string;
}

/** What is to be sent, apart from where. */
export interface Outgoing {
  readonly endpoint: EndpointId | null;
  readonly method: "GET" | "POST" | "DELETE";
  readonly contentType: string | null;
  /** Whether the body can be made more than once. */
  readonly replayable: boolean;
  /**
   * Makes what one target gets. A body that cannot be made again is gone from here on.
   *
   * @throws {PosternError} where this target cannot be asked for this
   */
  prepare(target: Target): Prepared;
}

/** One target's request, and what becomes of its answer. */
export interface Prepared {
  readonly bytes: Buffer | Readable | null;
  /** The path under the base URL, with its query; null for the endpoint's own. */
  readonly path: string | null;
  readonly way: ReplyWay;
  /** What this target cannot be told. */
  readonly dropped: readonly string[];
}

/** What watches over the tries that are under way. */
export interface TryWatch {
  /** A reply has begun to wait. */
  onPump(pump: ReplyPump): void;
  /** A reply goes to the client from here on. */
  onCommit(pump: ReplyPump): void;
}

/** Makes one try at one target: key, signature, request, reply. Never rejects but for a mistake of ours. */
export async function attemptTarget(
  exchange: Exchange,
  tried: PlannedTry<ProviderRow>,
  outgoing: Outgoing,
  tools: TargetTools,
  watch: TryWatch,
): Promise<Outcome> {
  const { target } = tried;
  let pump: ReplyPump;
  let deadline: NodeJS.Timeout | undefined;
  try {
    const { origin, basePath } = target.customHost === null ? target.row : splitHost(target.customHost);
    if (target.ownKey !== null && tools.isLocalKey(target.ownKey)) {
      throw new PosternError(
        "conflicting_credentials",
        `Cannot send this key to ${target.row.id}: it is a local key of Postern's; a provider's own key belongs there`,
      );
    }
    const found = findSecret(target, origin, tools.vault);
    const secret = found instanceof Promise ? await found : found;
    if (hasLeft(exchange)) return left;
    const { bytes, path, way, dropped } = outgoing.prepare(target);
    const cached = tools.replyCache.ask(exchange, target, bytes);
    const answer = answerHeaders(exchange, target, { retries: tried.retry, dropped, cache: cached.status });
    if (cached.hit !== null) return answerFromCache(exchange, cached.hit, answer, tools.clock);
    const headers = requestHeaders(exchange, target, outgoing.contentType, origin.startsWith("http:") ? tools.via : null);
    const fullPath = basePath + (path ?? defaultPath(target, outgoing.endpoint));
    let secrets: Secrets = null;
    if (secret !== null) {
      const request = { method: outgoing.method, origin, path: fullPath, headers, body: bytes };
      const signed = tools.sign(request, target.row, secret, target.ownKey === null ? "person" : "caller");
      secrets = signed instanceof Promise ? await signed : signed;
      if (hasLeft(exchange)) return left;
    }
    pump = new ReplyPump(exchange, {
      provider: target.row.id,
      secrets,
      way,
      onHead: () => clearTimeout(deadline),
      onCommit: () => watch.onCommit(pump),
      keep: cached.keep,
      headers: answer,
      clock: tools.clock,
    });
    watch.onPump(pump);
    if (tried.timeoutMs !== null) deadline = setTimeout(() => pump.failUnlessCommitted(lateError(tried)), tried.timeoutMs);
    const dispatcher = target.row.id === tools.builtIn.providerId ? tools.builtIn.dispatcher : tools.connections.to(origin);
    dispatcher.dispatch({ method: outgoing.method, origin, path: fullPath, headers, body: bytes }, pump);
  } catch (error) {
    if (error instanceof PosternError) return { kind: "error", error };
    throw error;
  }
  const outcome = await pump.outcome;
  clearTimeout(deadline);
  return outcome;
}

const left: Outcome = { kind: "client-left", status: null, usage: null };

function lateError({ timeoutMs, isDeadline, target }: PlannedTry<ProviderRow>): PosternError {
  return new PosternError(
    "deadline_exceeded",
    isDeadline
      ? `Request exceeded its deadline over all attempts: ${target.deadlineMs}ms`
      : `Request exceeded the timeout sent in the request: ${timeoutMs}ms`,
  );
}

function answerFromCache(
  { response, record, startedAtMs, extraHeaders }: Exchange,
  { status, headers, body }: NonNullable<CacheAnswer["hit"]>,
  answer: readonly string[],
  clock: Clock,
): Outcome {
  const firstByteMs = clock.monotonicMs() - startedAtMs;
  record.status = status;
  record.firstByteMs = firstByteMs;
  record.responseBytes = body.byteLength;
  response.writeHead(status, [...headers, ...answer, ...extraHeaders, "content-length", String(body.byteLength)]);
  response.end(body);
  return { kind: "delivered", ending: "finished", status, usage: null, error: null, firstByteMs: null };
}

function defaultPath({ row }: Target, endpoint: EndpointId | null): string {
  if (endpoint === null || endpoint === "generate" || endpoint === "count-tokens") return "";
  return row.paths[endpoint] ?? endpointPaths[endpoint];
}

function splitHost(customHost: string): { origin: string; basePath: string } {
  const url = new URL(customHost);
  return { origin: url.origin, basePath: url.pathname.replace(/\/+$/, "") };
}
