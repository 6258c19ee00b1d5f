import { PosternError } from "#shared/errors.ts";
import type { ProviderRow } from "#core/config/provider-rows.ts";
import { debugLog } from "#core/debug.ts";
import type { Usage } from "#core/dialects/chat.ts";
import { dialectOf } from "#core/dialects/index.ts";
import type { Clock } from "#core/platform.ts";
import type { CacheStatus } from "#core/routing/cache-policy.ts";
import type { Measurements, MeasuredOutcome } from "#core/routing/measurements.ts";
import { readRetryAfterMs } from "#core/routing/retry-timing.ts";
import type { Route } from "#core/routing/route-types.ts";
import { type EndedTry, type PlannedTry, startWalk, type TryFailure, type Walk } from "#core/routing/walk-route.ts";
import type { CallAttempt } from "#core/usage/call-record.ts";
import type { PriceOf } from "#core/usage/cost.ts";
import type { Vault } from "#core/vault/vault.ts";
import { answerHeaders } from "./attempt-headers.ts";
import { attemptTarget, type Outgoing, type TargetTools, type TryWatch } from "./attempt-target.ts";
import { costOfCall, recordCost } from "./call-cost.ts";
import { type Exchange, hasLeft, type Ongoing } from "./exchange.ts";
import type { Outcome, ReplyPump } from "./pump-reply.ts";
import { writeFailure, writeProviderFailure } from "./write-failure.ts";

/** What the loop needs beside the call. */
export interface AttemptTools extends TargetTools {
  /** What was seen of the targets lately: circuits, times to the first byte. */
  readonly measurements: Measurements;
}

type Try = PlannedTry<ProviderRow>;

/** A line of the log, while its end is not known. */
type Attempt = { -readonly [Field in keyof CallAttempt]: CallAttempt[Field] };

/** A try and what came of it. */
interface Tried {
  readonly tried: Try;
  readonly outcome: Outcome;
  readonly attempt: Attempt;
}

const log = debugLog("routing");

/**
 * Walks through a route's targets until one has answered or none is left. The only loop of the gateway. Whatever comes,
 * the client has an answer and the record is filled in when this resolves.
 */
export async function runAttempts(exchange: Exchange, route: Route<ProviderRow>, outgoing: Outgoing, tools: AttemptTools): Promise<void> {
  const { clock } = tools;
  const walk = startWalk(route, { random: Math.random, monotonicMs: () => clock.monotonicMs() });
  const race = new Race(exchange, outgoing, { tools, startedAtMs: walk.startedAtMs });
  let last: Tried | null = null;
  for (let tried = walk.next(null); tried !== null;) {
    if (tried.delayMs > 0 && !(await waitUnlessLeft(exchange, tried.delayMs, clock))) return;
    last = tried.target.hedge !== null && outgoing.replayable ? await race.runHedged(tried, walk) : await race.run(tried);
    const { outcome } = last;
    if (outcome.kind === "delivered") return recordDelivered(exchange, outcome, tools.priceOf);
    if (outcome.kind === "client-left" || hasLeft(exchange)) {
      recordUsage(exchange, outcome.kind === "client-left" ? outcome.usage : null, tools.priceOf);
      exchange.record.ending = "client_closed";
      return;
    }
    if (!outgoing.replayable && race.bodyIsGone) break;
    tried = walk.next(ended(last.tried, outcome, clock));
    last.attempt.why = walk.ends.at(-1)?.why;
  }
  if (last === null) throw new PosternError("internal", "Cannot answer: the route has no target");
  const { tried, outcome } = last;
  recordTarget(exchange, tried, tools.vault);
  const instead = outgoing.instead?.(outcome, tried.target) ?? null;
  if (instead !== null) return instead;
  const headers = answerHeaders(exchange, tried.target, {
    retries: walk.retryCount,
    dropped: [],
    cache: race.cacheStatus,
    failed: race.failed.slice(0, -1),
  });
  if (outcome.kind === "refused")
    writeProviderFailure(exchange, { provider: tried.target.row.id, dialect: dialectOf(tried.target.dialect), ...outcome }, headers);
  else if (outcome.kind === "error") writeFailure(exchange, outcome.error, headers);
}

/** The tries of one call: usually one after the other; side by side where a config hedges. */
class Race implements TryWatch, Ongoing {
  readonly startedAtMs: number;
  readonly failed: string[] = [];
  bodyIsGone = false;
  isWon = false;
  cacheStatus: CacheStatus = "DISABLED";
  readonly #exchange: Exchange;
  readonly #outgoing: Outgoing;
  readonly #tools: AttemptTools;
  readonly #attempts: Attempt[] = [];
  /** Those whose outcome is not known yet. */
  #pumps: ReplyPump[] = [];

  constructor(
    exchange: Exchange,
    outgoing: Outgoing,
    { tools, startedAtMs }: { readonly tools: AttemptTools; readonly startedAtMs: number },
  ) {
    this.#exchange = exchange;
    this.#outgoing = outgoing;
    this.#tools = tools;
    this.startedAtMs = startedAtMs;
    exchange.record.attempts = this.#attempts;
  }

  /** Makes one try and notes what came of it. */
  async run(tried: Try): Promise<Tried> {
    const { clock, measurements } = this.#tools;
    const { target } = tried;
    const startedAtMs = clock.monotonicMs();
    recordTarget(this.#exchange, tried, this.#tools.vault);
    measurements.begin(target);
    // In the list from its start on, so that whoever looks at a call under way sees where it hangs.
    const attempt: Attempt = {
      provider: target.row.id,
      model: target.model,
      keyName: nameOfKey(target, this.#tools.vault),
      status: null,
      errorCode: null,
      startMs: startedAtMs - this.#exchange.startedAtMs,
      connectMs: null,
      headMs: null,
      firstByteMs: null,
      totalMs: null,
    };
    this.#attempts.push(attempt);
    let outcome: Outcome;
    try {
      outcome = await attemptTarget(this.#exchange, tried, { outgoing: this.#outgoing, tools: this.#tools, watch: this, times: attempt });
    } catch (error) {
      // A mistake of ours ends the call, and nothing of it may go on behind the error that the client gets.
      this.#giveUp();
      throw error;
    } finally {
      this.#forgetSettled();
    }
    measurements.end(target, measured(outcome, target));
    attempt.status = "status" in outcome ? outcome.status : null;
    attempt.errorCode = outcome.kind === "error" ? outcome.error.code : outcome.kind === "delivered" ? (outcome.error?.code ?? null) : null;
    attempt.totalMs = clock.monotonicMs() - startedAtMs;
    this.#moveToEnd(attempt);
    if (outcome.kind === "delivered") recordTarget(this.#exchange, tried, this.#tools.vault);
    if (outcome.kind === "error" || outcome.kind === "refused") {
      const why = outcome.kind === "error" ? outcome.error.code : outcome.status;
      this.failed.push(`${target.optionPath} ${target.row.id} ${why}`);
    }
    if (log.enabled)
      log("%s %s try %d: %s %s", target.row.id, target.model, tried.retry + 1, outcome.kind, "status" in outcome ? outcome.status : "");
    return { tried, outcome, attempt };
  }

  /** Makes a try, and further ones beside it where it is slow. The first good byte wins; the others are given up. */
  async runHedged(first: Try, walk: Walk<ProviderRow>): Promise<Tried> {
    // A try stays here until it was looked at: several may end at once, and the one that matters need not be the first.
    const underWay = new Map<Try, Promise<Tried>>([[first, this.run(first)]]);
    let patience: Patience | null = this.#patienceWith(first);
    try {
      for (;;) {
        const over = await Promise.race(patience === null ? underWay.values() : [...underWay.values(), patience.over]);
        if (over === null) {
          const beside: Try | null = this.isWon || this.#exchange.cut !== null || hasLeft(this.#exchange) ? null : walk.beside();
          if (beside !== null) underWay.set(beside, this.run(beside));
          patience = beside === null ? null : this.#patienceWith(beside);
          continue;
        }
        underWay.delete(over.tried);
        const { kind } = over.outcome;
        if (kind === "delivered" || kind === "client-left" || underWay.size === 0) return over;
        if (kind === "lost") continue;
        walk.lost(ended(over.tried, over.outcome, this.#tools.clock));
        over.attempt.why = walk.ends.at(-1)?.why;
      }
    } finally {
      patience?.end();
    }
  }

  onPrepare(): void {
    this.bodyIsGone = true;
  }

  onCache(status: CacheStatus): void {
    this.cacheStatus = status;
    this.#exchange.record.cacheStatus = status;
  }

  onPump(pump: ReplyPump): void {
    this.#pumps.push(pump);
    this.#exchange.ongoing = this;
  }

  clientLeft(): void {
    for (const one of this.#pumps) one.clientLeft();
  }

  interrupt(reason: PosternError): void {
    for (const one of this.#pumps) one.fail(reason);
  }

  onCommit(pump: ReplyPump | null): void {
    this.isWon = true;
    for (const one of this.#pumps) if (one !== pump) one.lose();
  }

  /** The log lists tries in the order of their ends: the last one is the one that was answered with. */
  #moveToEnd(attempt: Attempt): void {
    if (this.#attempts.at(-1) === attempt) return;
    this.#attempts.splice(this.#attempts.indexOf(attempt), 1);
    this.#attempts.push(attempt);
  }

  #giveUp(): void {
    this.onCommit(null);
    this.#forgetSettled();
  }

  /** Lets go of the replies that are over, and of the client's connection when the last of them is. */
  #forgetSettled(): void {
    this.#pumps = this.#pumps.filter((pump) => !pump.isSettled);
    if (this.#pumps.length > 0) return;
    this.#exchange.ongoing = null;
  }

  #patienceWith({ target }: Try): Patience {
    const ending = new AbortController();
    const over = this.#tools.clock.wait(target.hedge?.afterMs ?? 0, ending.signal).then(
      () => null,
      () => null,
    );
    return { over, end: () => ending.abort() };
  }
}

/** How long a try may be silent before another is made beside it. */
interface Patience {
  readonly over: Promise<null>;
  end(): void;
}

/** The stored key that a target is called with, by the name that it has; null where it needs none, or the caller brought one. */
function nameOfKey({ row, keyName, ownKey }: Try["target"], vault: Pick<Vault, "nameOf">): string | null {
  if (ownKey !== null || row.auth === "none") return null;
  return keyName ?? vault.nameOf(row.id);
}

function recordTarget({ record }: Exchange, { target }: Try, vault: Pick<Vault, "nameOf">): void {
  record.provider = target.row.id;
  record.modelServed = target.model;
  record.keyName = nameOfKey(target, vault);
  record.providerDialect = target.dialect;
}

function ended(tried: Try, outcome: Outcome, clock: Clock): EndedTry<ProviderRow> {
  return { tried, failure: failureOfTry(outcome, clock) };
}

function failureOfTry(outcome: Outcome, clock: Clock): TryFailure {
  if (outcome.kind === "refused")
    return { status: outcome.status, error: null, retryAfterMs: readRetryAfterMs(outcome.headers, clock.nowMs()) };
  if (outcome.kind === "error") return { status: outcome.error.status, error: outcome.error, retryAfterMs: null };
  return { status: 0, error: null, retryAfterMs: null };
}

function measured(outcome: Outcome, { limitIsCallers }: Try["target"]): MeasuredOutcome {
  switch (outcome.kind) {
    case "delivered":
      // An answer that was broken off from this side says nothing of its target.
      if (outcome.error !== null)
        return { status: null, fault: outcome.error.fault === "provider" ? "provider" : "client", firstByteMs: null };
      // What was kept from an earlier call says nothing of how the target is now.
      if (outcome.firstByteMs === null) return { status: null, fault: "client", firstByteMs: null };
      return { status: outcome.status, fault: null, firstByteMs: outcome.firstByteMs };
    case "refused":
      return { status: outcome.status, fault: null, firstByteMs: null };
    case "error":
      // A caller that waits a millisecond must not open the circuit for everybody else.
      if (limitIsCallers && outcome.error.code === "deadline_exceeded") return { status: null, fault: "client", firstByteMs: null };
      return { status: null, fault: outcome.error.fault, firstByteMs: null };
    case "client-left":
    case "lost":
      return { status: null, fault: "client", firstByteMs: null };
    default:
      return outcome satisfies never;
  }
}

async function waitUnlessLeft(exchange: Exchange, delayMs: number, clock: Clock): Promise<boolean> {
  const over = new AbortController();
  const end = (): void => over.abort();
  exchange.ongoing = { clientLeft: end, interrupt: end };
  if (exchange.cut !== null) end();
  try {
    await clock.wait(delayMs, over.signal);
    return true;
  } catch {
    if (exchange.cut === null) exchange.record.ending = "client_closed";
    else writeFailure(exchange, exchange.cut);
    return false;
  } finally {
    exchange.ongoing = null;
  }
}

function recordDelivered(exchange: Exchange, outcome: Extract<Outcome, { kind: "delivered" }>, priceOf: PriceOf): void {
  exchange.record.ending = outcome.ending;
  exchange.record.errorCode = outcome.error?.code ?? null;
  recordUsage(exchange, outcome.usage, priceOf);
}

function recordUsage(exchange: Exchange, usage: Usage | null, priceOf: PriceOf): void {
  const { record } = exchange;
  record.inputTokens = usage?.inputTokens ?? null;
  record.cachedInputTokens = usage?.cachedInputTokens ?? null;
  record.cacheWriteTokens = usage?.cacheWriteTokens ?? null;
  record.outputTokens = usage?.outputTokens ?? null;
  record.reasoningTokens = usage?.reasoningTokens ?? null;
  if (usage === null && record.cacheStatus === "HIT") {
    // Nothing was sent, so nothing is paid for.
    record.costMicroUsd = 0;
    record.costSource = "estimated";
    return;
  }
  // Of a whole answer the cost was told in its headers already.
  if (record.costSource === null) recordCost(record, costOfCall(usage, { provider: record.provider, model: record.modelServed }, priceOf));
  if (exchange.paid !== null) exchange.paid.microUsd = record.costMicroUsd;
}
