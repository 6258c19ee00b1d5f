import type { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import { defaultKeyName } from "#shared/contract/keys.ts";
import { PosternError } from "#shared/errors.ts";
import type { EndpointId } from "#shared/schema/endpoint.ts";
import { endpointPaths } from "#shared/schema/endpoint.ts";
import type { Usage } from "#core/dialects/chat.ts";
import { dialects } from "#core/dialects/index.ts";
import type { ProviderRow } from "#core/config/provider-rows.ts";
import { debugLog } from "#core/debug.ts";
import type { Clock } from "#core/platform.ts";
import type { Plan, PlannedAttempt } from "#core/routing/plan-route.ts";
import { readRetryAfterMs, retryDelayMs } from "#core/routing/retry-timing.ts";
import type { Connections } from "#core/upstream/connections.ts";
import type { Secrets } from "#core/upstream/scrub-secret.ts";
import type { Signer } from "#core/upstream/sign-outgoing.ts";
import type { Credential } from "#core/vault/credential.ts";
import type { Vault } from "#core/vault/vault.ts";
import { type Exchange, hasLeft } from "./exchange.ts";
import { type Outcome, ReplyPump } from "./pump-reply.ts";
import type { ReplyWay } from "./reply-way.ts";
import { writeFailure, writeProviderFailure } from "./write-failure.ts";

/** A planned try at a provider of this build. */
export type Attempt = PlannedAttempt<ProviderRow>;

/** What the loop needs beside the call. */
export interface AttemptTools {
  readonly vault: Vault;
  readonly connections: Connections;
  readonly sign: Signer;
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
  prepare(attempt: Attempt): Prepared;
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

const log = debugLog("routing");

/**
 * Tries the plan's targets in order, each as often as it may, until one has answered or none is left. The only loop of
 * the gateway. Whatever comes, the client has an answer and the record is filled in when this resolves.
 */
export async function runAttempts(exchange: Exchange, plan: Plan<ProviderRow>, outgoing: Outgoing, tools: AttemptTools): Promise<void> {
  const { clock } = tools;
  const attempts: {
    -readonly [Field in keyof (typeof exchange.record.attempts)[number]]: (typeof exchange.record.attempts)[number][Field];
  }[] = [];
  exchange.record.attempts = attempts;
  let last: { readonly attempt: Attempt; readonly outcome: Outcome; readonly retries: number } | null = null;
  let bodyIsGone = false;
  const prepare: Outgoing["prepare"] = (attempt) => {
    bodyIsGone = true;
    return outgoing.prepare(attempt);
  };
  targets: for (const attempt of plan.attempts) {
    for (let retry = 0; ; retry++) {
      const startedAtMs = clock.monotonicMs();
      exchange.record.provider = attempt.row.id;
      exchange.record.modelServed = attempt.model;
      exchange.record.keyName = attempt.keyName;
      const outcome = await tryOnce(exchange, attempt, { ...outgoing, prepare }, { tools, retry });
      attempts.push({
        provider: attempt.row.id,
        model: attempt.model,
        keyName: attempt.keyName,
        status: "status" in outcome ? outcome.status : null,
        errorCode: outcome.kind === "error" ? outcome.error.code : outcome.kind === "delivered" ? (outcome.error?.code ?? null) : null,
        totalMs: clock.monotonicMs() - startedAtMs,
      });
      if (log.enabled)
        log("%s %s try %d: %s %s", attempt.row.id, attempt.model, retry + 1, outcome.kind, "status" in outcome ? outcome.status : "");
      if (outcome.kind === "delivered") return recordDelivered(exchange, outcome);
      if (outcome.kind === "client-left" || hasLeft(exchange)) {
        recordUsage(exchange, outcome.kind === "client-left" ? outcome.usage : null);
        exchange.record.ending = "client_closed";
        return;
      }
      const used = { attempt, outcome, retries: retry };
      if (!outgoing.replayable && bodyIsGone) {
        last = used;
        break targets;
      }
      if (isWorthAnother(outcome, attempt)) {
        const delayMs =
          retry < attempt.retries ? retryDelayMs(retry + 1, { retryAfterMs: retryAfter(outcome, clock), random: Math.random() }) : null;
        if (delayMs !== null) {
          if (!(await waitUnlessLeft(exchange, delayMs, clock))) return;
          continue;
        }
        // Portkey's clients know -1 as "tried as often as it may, or not worth the wait".
        last = { ...used, retries: attempt.retries > 0 ? -1 : 0 };
      } else {
        last = used;
      }
      if (goesOn(outcome, attempt)) break;
      break targets;
    }
  }
  if (last === null) throw new PosternError("internal", "Cannot answer: the plan has no target");
  const { attempt, outcome, retries } = last;
  const headers = answerHeaders(exchange, attempt, { retries, dropped: [] });
  if (outcome.kind === "refused")
    writeProviderFailure(exchange, { provider: attempt.row.id, dialect: dialects[attempt.dialect], ...outcome }, headers);
  else if (outcome.kind === "error") writeFailure(exchange, outcome.error, headers);
}

async function tryOnce(
  exchange: Exchange,
  attempt: Attempt,
  outgoing: Outgoing,
  { tools, retry }: { readonly tools: AttemptTools; readonly retry: number },
): Promise<Outcome> {
  let pump: ReplyPump;
  let deadline: NodeJS.Timeout | undefined;
  try {
    const { origin, basePath } = attempt.customHost === null ? attempt.row : splitHost(attempt.customHost);
    if (attempt.ownKey !== null && tools.isLocalKey(attempt.ownKey)) {
      throw new PosternError(
        "conflicting_credentials",
        `Cannot send this key to ${attempt.row.id}: it is a local key of Postern's; a provider's own key belongs there`,
      );
    }
    const found = findSecret(attempt, origin, tools.vault);
    const secret = found instanceof Promise ? await found : found;
    if (hasLeft(exchange)) return { kind: "client-left", status: null, usage: null };
    const { bytes, path, way, dropped } = outgoing.prepare(attempt);
    const headers = requestHeaders(exchange, attempt, outgoing, origin.startsWith("http:") ? tools.via : null);
    const fullPath = basePath + (path ?? defaultPath(attempt, outgoing.endpoint));
    let secrets: Secrets = null;
    if (secret !== null) {
      const request = { method: outgoing.method, origin, path: fullPath, headers, body: bytes };
      const signed = tools.sign(request, attempt.row, secret, attempt.ownKey === null ? "person" : "caller");
      secrets = signed instanceof Promise ? await signed : signed;
      if (hasLeft(exchange)) return { kind: "client-left", status: null, usage: null };
    }
    pump = new ReplyPump(exchange, {
      provider: attempt.row.id,
      secrets,
      way,
      onHead: () => clearTimeout(deadline),
      headers: answerHeaders(exchange, attempt, { retries: retry, dropped }),
      monotonicMs: () => tools.clock.monotonicMs(),
    });
    const timeoutMs = attempt.requestTimeoutMs;
    if (timeoutMs !== null) {
      const late = new PosternError("deadline_exceeded", `Request exceeded the timeout sent in the request: ${timeoutMs}ms`);
      deadline = setTimeout(() => exchange.response.headersSent || pump.fail(late), timeoutMs);
    }
    const dispatcher = attempt.row.id === tools.builtIn.providerId ? tools.builtIn.dispatcher : tools.connections.to(origin);
    dispatcher.dispatch({ method: outgoing.method, origin, path: fullPath, headers, body: bytes }, pump);
  } catch (error) {
    if (error instanceof PosternError) return { kind: "error", error };
    throw error;
  }
  const outcome = await pump.outcome;
  clearTimeout(deadline);
  return outcome;
}

function defaultPath({ row }: Attempt, endpoint: EndpointId | null): string {
  if (endpoint === null || endpoint === "generate" || endpoint === "count-tokens") return "";
  return row.paths[endpoint] ?? endpointPaths[endpoint];
}

function splitHost(customHost: string): { origin: string; basePath: string } {
  const url = new URL(customHost);
  return { origin: url.origin, basePath: url.pathname.replace(/\/+$/, "") };
}

/**
 * The key for a target; a promise only where the vault has to be opened. A stored key goes only to the origins that it is
 * bound to; to a custom host the call then goes without.
 */
function findSecret(attempt: Attempt, origin: string, vault: Vault): string | null | Promise<string | null> {
  const { row, keyName } = attempt;
  if (attempt.ownKey !== null) return attempt.ownKey;
  if (row.auth === "none") return null;
  if (attempt.customHost !== null && !vault.has(row.id)) return null;
  const held = vault.held(row.id, keyName ?? undefined);
  if (held !== undefined) return secretFor(held, attempt, origin);
  return vault.find(row.id, keyName ?? undefined).then((found) => secretFor(found, attempt, origin));
}

function secretFor(credential: Credential, attempt: Attempt, origin: string): string | null {
  if (credential.origins.includes(origin)) return credential.secret;
  if (attempt.customHost !== null) return null;
  const provider = attempt.row.id;
  const advice =
    credential.source === "environment"
      ? "restart Postern"
      : `bind it anew with "postern keys bind ${provider}${credential.name === defaultKeyName ? "" : ` --name ${credential.name}`}"`;
  throw new PosternError(
    "key_origin_mismatch",
    `Cannot send the key "${credential.name}" of ${provider} to ${origin}: it is bound to ${credential.origins.join(", ") || "no address"}; ${advice} if you meant to change the address`,
  );
}

function requestHeaders(exchange: Exchange, attempt: Attempt, outgoing: Outgoing, via: string | null): string[] {
  const headers = ["accept-encoding", "identity", "user-agent", "postern"];
  if (outgoing.contentType !== null) headers.push("content-type", outgoing.contentType);
  headers.push(...exchange.head.forwarded);
  for (const name in attempt.row.headers) {
    // The client's own version of an API goes before the row's.
    if (!exchange.head.forwarded.includes(name)) headers.push(name, attempt.row.headers[name] as string);
  }
  if (via !== null) headers.push("via", via);
  return headers;
}

function answerHeaders(
  exchange: Exchange,
  attempt: Attempt,
  { retries, dropped }: { readonly retries: number; readonly dropped: readonly string[] },
): string[] {
  const headers = [
    "x-portkey-cache-status",
    "DISABLED",
    "x-portkey-last-used-option-index",
    attempt.optionPath,
    "x-portkey-provider",
    attempt.row.id,
    "x-portkey-retry-attempt-count",
    String(retries),
    "x-portkey-trace-id",
    exchange.record.traceId ?? "",
  ];
  if (dropped.length > 0)
    headers.push(
      "x-postern-dropped",
      dropped
        .join(", ")
        .replaceAll(/[^\x20-\x7e]/g, "?")
        .slice(0, 1_024),
    );
  return headers;
}

function isWorthAnother(outcome: Outcome, attempt: Attempt): boolean {
  if (outcome.kind === "refused") return attempt.retryStatuses.includes(outcome.status);
  if (outcome.kind !== "error") return false;
  // A config may ask for another try after its own time limit, as Portkey's can.
  return (
    outcome.error.retry === "same" || (outcome.error.code === "deadline_exceeded" && attempt.retryStatuses.includes(outcome.error.status))
  );
}

function goesOn(outcome: Outcome, attempt: Attempt): boolean {
  if (outcome.kind === "error" && outcome.error.retry === "never") return false;
  const status = outcome.kind === "refused" ? outcome.status : outcome.kind === "error" ? outcome.error.status : 0;
  return attempt.nextOnStatuses === null || attempt.nextOnStatuses.includes(status);
}

function retryAfter(outcome: Outcome, clock: Clock): number | null {
  return outcome.kind === "refused" ? readRetryAfterMs(outcome.headers, clock.nowMs()) : null;
}

async function waitUnlessLeft(exchange: Exchange, delayMs: number, clock: Clock): Promise<boolean> {
  const left = new AbortController();
  const onClose = (): void => left.abort();
  exchange.onClientLeft = onClose;
  exchange.interrupt = onClose;
  try {
    await clock.wait(delayMs, left.signal);
    return true;
  } catch {
    exchange.record.ending = "client_closed";
    if (!hasLeft(exchange)) writeFailure(exchange, new PosternError("shutting_down", "Cannot finish this call: Postern is shutting down"));
    return false;
  } finally {
    exchange.onClientLeft = null;
    exchange.interrupt = null;
  }
}

function recordDelivered(exchange: Exchange, outcome: Extract<Outcome, { kind: "delivered" }>): void {
  exchange.record.ending = outcome.ending;
  exchange.record.errorCode = outcome.error?.code ?? null;
  recordUsage(exchange, outcome.usage);
}

function recordUsage({ record }: Exchange, usage: Usage | null): void {
  record.inputTokens = usage?.inputTokens ?? null;
  record.cachedInputTokens = usage?.cachedInputTokens ?? null;
  record.outputTokens = usage?.outputTokens ?? null;
  record.reasoningTokens = usage?.reasoningTokens ?? null;
}
