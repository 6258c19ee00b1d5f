import { PosternError } from "#shared/errors.ts";
import type { ProviderRow } from "#core/config/provider-rows.ts";
import { debugLog } from "#core/debug.ts";
import type { Usage } from "#core/dialects/chat.ts";
import { dialects } from "#core/dialects/index.ts";
import type { Clock } from "#core/platform.ts";
import type { Measurements, MeasuredOutcome } from "#core/routing/measurements.ts";
import { readRetryAfterMs } from "#core/routing/retry-timing.ts";
import type { Route } from "#core/routing/route-types.ts";
import { type EndedTry, type PlannedTry, startWalk, type TryFailure, type Walk } from "#core/routing/walk-route.ts";
import { answerHeaders } from "./attempt-headers.ts";
import { attemptTarget, type Outgoing, type TargetTools } from "./attempt-target.ts";
import { type Exchange, hasLeft } from "./exchange.ts";
import type { Outcome, ReplyPump } from "./pump-reply.ts";
import { writeFailure, writeProviderFailure } from "./write-failure.ts";

/** What the loop needs beside the call. */
export interface AttemptTools extends TargetTools {
  /** What was seen of the targets lately: circuits, times to the first byte. */
  readonly measurements: Measurements;
}

type Try = PlannedTry<ProviderRow>;

const log = debugLog("routing");

/**
 * Walks through a route's targets until one has answered or none is left. The only loop of the gateway. Whatever comes,
 * the client has an answer and the record is filled in when this resolves.
 */
export async function runAttempts(exchange: Exchange, route: Route<ProviderRow>, outgoing: Outgoing, tools: AttemptTools): Promise<void> {
  const { clock } = tools;
  const walk = startWalk(route, { random: Math.random, monotonicMs: () => clock.monotonicMs() });
  const race = new Race(exchange, outgoing, tools);
  let last: { readonly tried: Try; readonly outcome: Outcome } | null = null;
  for (let tried = walk.next(null); tried !== null;) {
    if (tried.delayMs > 0 && !(await waitUnlessLeft(exchange, tried.delayMs, clock))) return;
    last = tried.target.hedge !== null && outgoing.replayable ? await race.runHedged(tried, walk) : await race.run(tried);
    const { outcome } = last;
    if (outcome.kind === "delivered") return recordDelivered(exchange, outcome);
    if (outcome.kind === "client-left" || hasLeft(exchange)) {
      recordUsage(exchange, outcome.kind === "client-left" ? outcome.usage : null);
      exchange.record.ending = "client_closed";
      return;
    }
    if (!outgoing.replayable && race.bodyIsGone) break;
    tried = walk.next(ended(last.tried, outcome, clock));
  }
  if (last === null) throw new PosternError("internal", "Cannot answer: the route has no target");
  const { tried, outcome } = last;
  const headers = answerHeaders(exchange, tried.target, { retries: walk.retryCount, dropped: [], cache: "DISABLED" });
  if (outcome.kind === "refused")
    writeProviderFailure(exchange, { provider: tried.target.row.id, dialect: dialects[tried.target.dialect], ...outcome }, headers);
  else if (outcome.kind === "error") writeFailure(exchange, outcome.error, headers);
}

/** The tries of one call: usually one after the other; side by side where a config hedges. */
class Race {
  bodyIsGone = false;
  readonly #exchange: Exchange;
  readonly #outgoing: Outgoing;
  readonly #tools: AttemptTools;
  readonly #attempts: {
    -readonly [Field in keyof Exchange["record"]["attempts"][number]]: Exchange["record"]["attempts"][number][Field];
  }[] = [];
  #pumps: ReplyPump[] = [];
  #isWon = false;

  constructor(exchange: Exchange, outgoing: Outgoing, tools: AttemptTools) {
    this.#exchange = exchange;
    this.#outgoing = {
      ...outgoing,
      prepare: (target) => {
        this.bodyIsGone = true;
        return outgoing.prepare(target);
      },
    };
    this.#tools = tools;
    exchange.record.attempts = this.#attempts;
  }

  /** Makes one try and notes what came of it. */
  async run(tried: Try): Promise<{ readonly tried: Try; readonly outcome: Outcome }> {
    const { record } = this.#exchange;
    const { clock, measurements } = this.#tools;
    const { target } = tried;
    const startedAtMs = clock.monotonicMs();
    record.provider = target.row.id;
    record.modelServed = target.model;
    record.keyName = target.keyName;
    measurements.begin(target);
    const outcome = await attemptTarget(this.#exchange, tried, this.#outgoing, this.#tools, this);
    measurements.end(target, measured(outcome));
    if (this.#pumps.every((pump) => pump.isSettled)) {
      this.#exchange.onClientLeft = null;
      this.#exchange.interrupt = null;
    }
    this.#attempts.push({
      provider: target.row.id,
      model: target.model,
      keyName: target.keyName,
      status: "status" in outcome ? outcome.status : null,
      errorCode: outcome.kind === "error" ? outcome.error.code : outcome.kind === "delivered" ? (outcome.error?.code ?? null) : null,
      totalMs: clock.monotonicMs() - startedAtMs,
    });
    if (outcome.kind === "delivered") {
      record.provider = target.row.id;
      record.modelServed = target.model;
      record.keyName = target.keyName;
    }
    if (log.enabled)
      log("%s %s try %d: %s %s", target.row.id, target.model, tried.retry + 1, outcome.kind, "status" in outcome ? outcome.status : "");
    return { tried, outcome };
  }

  /** Makes a try, and further ones beside it where it is slow. The first good byte wins; the others are given up. */
  async runHedged(first: Try, walk: Walk<ProviderRow>): Promise<{ readonly tried: Try; readonly outcome: Outcome }> {
    const underWay = new Set<Promise<{ readonly tried: Try; readonly outcome: Outcome }>>();
    const start = (tried: Try): void => {
      const running = this.run(tried).finally(() => underWay.delete(running));
      underWay.add(running);
    };
    start(first);
    for (let slowest = first; ;) {
      const ended = await Promise.race([...underWay, this.#patience(slowest)]);
      if (ended === null) {
        const beside = this.#isWon || hasLeft(this.#exchange) ? null : walk.beside();
        if (beside === null) return this.#lastOf(underWay, walk);
        slowest = beside;
        start(beside);
        continue;
      }
      const isOver = ended.outcome.kind === "delivered" || ended.outcome.kind === "client-left";
      if (isOver || underWay.size === 0) return ended;
      if (ended.outcome.kind !== "lost") walk.lost(this.#failed(ended));
    }
  }

  onPump(pump: ReplyPump): void {
    this.#pumps = [...this.#pumps.filter((one) => !one.isSettled), pump];
    this.#exchange.onClientLeft = () => {
      for (const one of this.#pumps) one.clientLeft();
    };
    this.#exchange.interrupt = (reason) => {
      const error = reason instanceof PosternError ? reason : new PosternError("internal", reason.message);
      for (const one of this.#pumps) one.fail(error);
    };
  }

  onCommit(pump: ReplyPump): void {
    this.#isWon = true;
    for (const one of this.#pumps) if (one !== pump) one.lose();
  }

  /** Waits for those that are under way, when no more can be asked beside them. */
  async #lastOf(
    underWay: ReadonlySet<Promise<{ readonly tried: Try; readonly outcome: Outcome }>>,
    walk: Walk<ProviderRow>,
  ): Promise<{ readonly tried: Try; readonly outcome: Outcome }> {
    for (;;) {
      const ended = await Promise.race(underWay);
      if (ended.outcome.kind === "delivered" || ended.outcome.kind === "client-left" || underWay.size === 0) return ended;
      if (ended.outcome.kind !== "lost") walk.lost(this.#failed(ended));
    }
  }

  async #patience({ target }: Try): Promise<null> {
    await this.#tools.clock.wait(target.hedge?.afterMs ?? 0).catch(() => {});
    return null;
  }

  #failed({ tried, outcome }: { readonly tried: Try; readonly outcome: Outcome }): EndedTry<ProviderRow> {
    return ended(tried, outcome, this.#tools.clock);
  }
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

function measured(outcome: Outcome): MeasuredOutcome {
  switch (outcome.kind) {
    case "delivered":
      return outcome.error?.fault === "provider"
        ? { status: null, fault: "provider", firstByteMs: null }
        : { status: outcome.status, fault: null, firstByteMs: outcome.firstByteMs };
    case "refused":
      return { status: outcome.status, fault: null, firstByteMs: null };
    case "error":
      return { status: null, fault: outcome.error.fault, firstByteMs: null };
    case "client-left":
    case "lost":
      return { status: null, fault: "client", firstByteMs: null };
    default:
      return outcome satisfies never;
  }
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
