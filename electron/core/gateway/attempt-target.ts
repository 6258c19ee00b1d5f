import type { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import { PosternError } from "#shared/errors.ts";
import { endpointPaths, type EndpointId } from "#shared/schema/endpoint.ts";
import type { ProviderRow } from "#core/config/provider-rows.ts";
import type { Clock } from "#core/platform.ts";
import type { CacheStatus } from "#core/routing/cache-policy.ts";
import type { PlannedTry } from "#core/routing/walk-route.ts";
import type { RouteTarget } from "#core/routing/route-types.ts";
import type { Connections } from "#core/upstream/connections.ts";
import type { Secrets } from "#core/upstream/scrub-secret.ts";
import type { Signer } from "#core/upstream/sign-outgoing.ts";
import type { AttemptTimes } from "#core/usage/call-record.ts";
import type { PriceOf } from "#core/usage/cost.ts";
import type { Vault } from "#core/vault/vault.ts";
import { answerHeaders, requestHeaders } from "./attempt-headers.ts";
import { costHeaders, costOfCall, recordCost } from "./call-cost.ts";
import { unlessCut } from "./cut-off.ts";
import { type Exchange, hasLeft } from "./exchange.ts";
import { findSecret } from "./find-secret.ts";
import { type Outcome, ReplyPump } from "./pump-reply.ts";
import type { CacheAnswer, ReplyCache } from "./reply-cache.ts";
import type { ReplyWay } from "./reply-way.ts";
import { prettyIfAsked } from "./write-failure.ts";

/** A target of a route, with a provider of this build. */
export type Target = RouteTarget<ProviderRow>;

/** What a try needs beside the call. */
export interface TargetTools {
  readonly vault: Vault;
  readonly connections: Connections;
  readonly sign: Signer;
  readonly replyCache: ReplyCache;
  readonly priceOf: PriceOf;
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
  /** Answers in the place of the last failure; null where that is to be told. */
  readonly instead?: (outcome: Outcome, target: Target) => Promise<void> | null;
}

/** One target's request, and what becomes of its answer. */
export interface Prepared {
  readonly bytes: Buffer | Readable | null;
  /** The path under the base URL, with its query; null for the endpoint's own. */
  readonly path: string | null;
  readonly way: ReplyWay;
  /** What this target cannot be told. */
  readonly dropped: readonly string[];
  /** The client's own bytes, which decide how the answer is told; without them nothing is kept in the cache. */
  readonly source?: Buffer;
}

/** What watches over the tries of one call. */
export interface TryWatch {
  /** When the first of them began, on the monotonic clock: a deadline counts from there. */
  readonly startedAtMs: number;
  /** Whether an answer goes to the client already. */
  readonly isWon: boolean;
  /** The tries that failed before, for `x-postern-attempts`. */
  readonly failed: readonly string[];
  /** The body is being made: one that cannot be made again is gone from here on. */
  onPrepare(): void;
  onCache(status: CacheStatus): void;
  /** A reply has begun to wait. */
  onPump(pump: ReplyPump): void;
  /** A reply goes to the client from here on; null for one that was kept. */
  onCommit(pump: ReplyPump | null): void;
}

/** What a try is made with. */
export interface TrySetting {
  readonly outgoing: Outgoing;
  readonly tools: TargetTools;
  readonly watch: TryWatch;
  /** Filled in as its steps come. */
  readonly times: AttemptTimes;
}

/** One try, as its steps share it. */
interface Step extends TrySetting {
  readonly exchange: Exchange;
  readonly tried: PlannedTry<ProviderRow>;
  readonly origin: string;
  readonly basePath: string;
}

/**
 * Makes one try at one target: key, signature, request, reply. Never rejects but for a mistake of ours. Nothing waits
 * that does not have to: most keys are at hand and most signatures are a header, and each wait is on every call's way.
 */
export function attemptTarget(
  exchange: Exchange,
  tried: PlannedTry<ProviderRow>,
  { outgoing, tools, watch, times }: TrySetting,
): Promise<Outcome> {
  const { target } = tried;
  try {
    const { origin, basePath } = target.customHost === null ? target.row : splitHost(target.customHost);
    if (target.ownKey !== null && tools.isLocalKey(target.ownKey.trim())) {
      throw new PosternError(
        "conflicting_credentials",
        `Cannot send this key to ${target.row.id}: it is a local key of Postern's; a provider's own key belongs there`,
      );
    }
    const step: Step = { exchange, tried, outgoing, tools, watch, times, origin, basePath };
    const secret = findSecret(target, origin, tools.vault);
    if (secret instanceof Promise) {
      return unlessCut(exchange, secret)
        .then((found) => prepareAndSend(step, found))
        .catch(asOutcome);
    }
    const sent = prepareAndSend(step, secret);
    return sent instanceof Promise ? sent : Promise.resolve(sent);
  } catch (error) {
    return Promise.resolve(error).then(asOutcome);
  }
}

function prepareAndSend(step: Step, secret: string | null): Promise<Outcome> | Outcome {
  const { exchange, tried, outgoing, tools, watch, times, origin, basePath } = step;
  const { target } = tried;
  if (hasLeft(exchange)) return left;
  if (exchange.cut !== null) return { kind: "error", error: exchange.cut };
  if (watch.isWon) return lost;
  watch.onPrepare();
  const { bytes, path, way, dropped, source } = outgoing.prepare(target);
  exchange.record.dropped = dropped;
  const cached = tools.replyCache.ask(exchange, target, { bytes, source: source ?? null });
  watch.onCache(cached.status);
  const answer = answerHeaders(exchange, target, { retries: tried.retry, dropped, cache: cached.status, failed: watch.failed });
  if (cached.hit !== null) {
    watch.onCommit(null);
    return answerFromCache(exchange, cached.hit, answer, { clock: tools.clock, times });
  }
  const headers = requestHeaders(exchange, target, {
    contentType: outgoing.contentType,
    via: origin.startsWith("http:") ? tools.via : null,
    isLocalKey: (credential) => tools.isLocalKey(credential),
  });
  const fullPath = basePath + (path ?? defaultPath(target, outgoing.endpoint));
  const request = { method: outgoing.method, origin, path: fullPath, headers, body: bytes };
  const reply = { way, keep: cached.keep, answer };
  if (secret === null) return send(step, request, reply, null);
  const signed = tools.sign(request, target.row, secret, target.ownKey === null ? "person" : "caller");
  if (!(signed instanceof Promise)) return send(step, request, reply, signed);
  return unlessCut(exchange, signed)
    .then((secrets) => {
      if (hasLeft(exchange)) return left;
      return watch.isWon ? lost : send(step, request, reply, secrets);
    })
    .catch(asOutcome);
}

function send(
  { exchange, tried, outgoing, tools, watch, times, origin }: Step,
  request: { readonly path: string; readonly headers: string[]; readonly body: Prepared["bytes"] },
  { way, keep, answer }: { readonly way: ReplyWay; readonly keep: CacheAnswer["keep"]; readonly answer: readonly string[] },
  secrets: Secrets,
): Promise<Outcome> {
  const { target } = tried;
  const { clock } = tools;
  let timer: NodeJS.Timeout | undefined;
  const limit = (ms: number, isDeadline: boolean): void => {
    timer = setTimeout(() => pump.failUnlessCommitted(lateError(target, ms, isDeadline)), ms);
  };
  const pump = new ReplyPump(exchange, {
    provider: target.row.id,
    secrets,
    way,
    times,
    attemptStartMs: exchange.startedAtMs + (times.startMs ?? 0),
    onHead() {
      if (tried.isDeadline) return;
      clearTimeout(timer);
      // A target's own limit ends with its header, the deadline only where the answer itself begins.
      if (target.deadlineMs !== null) limit(watch.startedAtMs + target.deadlineMs - clock.monotonicMs(), true);
    },
    onCommit() {
      clearTimeout(timer);
      watch.onCommit(pump);
    },
    onEnd: () => clearTimeout(timer),
    keep,
    headers: answer,
    usageHeaders(usage) {
      const cost = costOfCall(usage, { provider: target.row.id, model: target.model }, tools.priceOf);
      recordCost(exchange.record, cost);
      return costHeaders(cost);
    },
    clock,
  });
  watch.onPump(pump);
  if (tried.timeoutMs !== null) limit(tried.timeoutMs, tried.isDeadline);
  const dispatcher = target.row.id === tools.builtIn.providerId ? tools.builtIn.dispatcher : tools.connections.to(origin);
  dispatcher.dispatch({ method: outgoing.method, origin, path: request.path, headers: request.headers, body: request.body }, pump);
  return pump.outcome;
}

/** A refusal of ours as a try's outcome. Anything else is a mistake, and goes on as one. */
function asOutcome(error: unknown): Outcome {
  if (error instanceof PosternError) return { kind: "error", error };
  throw error;
}

const left: Outcome = { kind: "client-left", status: null, usage: null };
const lost: Outcome = { kind: "lost" };

function lateError({ deadlineMs }: Target, limitMs: number, isDeadline: boolean): PosternError {
  return new PosternError(
    "deadline_exceeded",
    isDeadline
      ? `Request exceeded its deadline over all attempts: ${deadlineMs}ms`
      : `Request exceeded the timeout sent in the request: ${limitMs}ms`,
  );
}

function answerFromCache(
  exchange: Exchange,
  { status, headers, body: kept, paid }: NonNullable<CacheAnswer["hit"]>,
  answer: readonly string[],
  { clock, times }: { readonly clock: Clock; readonly times: AttemptTimes },
): Outcome {
  const { response, record, startedAtMs, extraHeaders } = exchange;
  const body = prettyIfAsked(exchange, Buffer.from(kept.buffer, kept.byteOffset, kept.byteLength));
  const firstByteMs = clock.monotonicMs() - startedAtMs;
  times.firstByteMs = firstByteMs - (times.startMs ?? 0);
  record.status = status;
  record.firstByteMs = firstByteMs;
  record.responseBytes = body.byteLength;
  record.savedMicroUsd = paid?.microUsd ?? null;
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
