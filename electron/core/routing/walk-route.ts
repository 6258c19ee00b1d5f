import type { ErrorCode, Fault, RetryAdvice } from "#shared/errors.ts";
import { retryDelayMs } from "./retry-timing.ts";
import type { Route, RouteBranch, RouteNode, RouteRow, RouteTarget } from "./route-types.ts";

/** One try that the walk hands out. */
export interface PlannedTry<Row extends RouteRow> {
  readonly target: RouteTarget<Row>;
  /** 0 for the first try at this target. */
  readonly retry: number;
  /** Milliseconds to wait before it. */
  readonly delayMs: number;
  /** How long the answer's headers may take from the sending on; null for as long as the gateway lets it. */
  readonly timeoutMs: number | null;
  /** Whether `timeoutMs` is what is left until the deadline over all attempts, rather than the target's own limit. */
  readonly isDeadline: boolean;
}

/** How a try ended without an answer for the client. */
export interface TryFailure {
  /** The provider's status; for a failure of Postern's own, its error's. */
  readonly status: number;
  /** Postern's own error; null where the provider gave an answer that says no. */
  readonly error: { readonly code: ErrorCode; readonly retry: RetryAdvice; readonly fault: Fault } | null;
  /** What the provider asked for; null where it said nothing. */
  readonly retryAfterMs: number | null;
}

/** A try that failed. */
export interface EndedTry<Row extends RouteRow> {
  readonly tried: PlannedTry<Row>;
  readonly failure: TryFailure;
}

/** What came of one try, for the log and the headers. */
export interface TryEnd {
  readonly optionPath: string;
  readonly provider: string;
  readonly model: string | null;
  readonly keyName: string | null;
  readonly retry: number;
  readonly status: number;
  readonly errorCode: ErrorCode | null;
  /** What followed: another try here, the next target, the end of the walk, or nothing, as another was under way. */
  readonly followedBy: "retry" | "next" | "stop" | "wait";
  /** In words, for the log. */
  readonly why: string;
}

/** A walk through a route's targets, from failure to failure. */
export interface Walk<Row extends RouteRow> {
  /** When it began, on the monotonic clock: deadlines count from there. */
  readonly startedAtMs: number;
  /**
   * The next try; null where there is none. Once a byte has gone to the client, nobody may ask any more.
   *
   * @param ended the try before, the last of those that were under way; null at the start
   */
  next(ended: EndedTry<Row> | null): PlannedTry<Row> | null;
  /**
   * Another target to ask beside the one that is under way and slow, if its config wants that: to be sent
   * `hedge.afterMs` after it. From then on the walk stands there. Null where there is none.
   */
  beside(): PlannedTry<Row> | null;
  /** Notes the failure of a try while another is still under way. */
  lost(ended: EndedTry<Row>): void;
  /** Where the walk stands; null before its start. */
  readonly target: RouteTarget<Row> | null;
  /**
   * `x-portkey-retry-attempt-count`: how many retries the target took; -1 where they were used up, or the provider asked
   * for a longer pause than is waited for.
   */
  readonly retryCount: number;
  readonly ends: readonly TryEnd[];
}

/** What a walk needs of the world. */
export interface WalkTools {
  /** 0 up to, but not including, 1. */
  random(): number;
  /** Milliseconds that only ever grow. */
  monotonicMs(): number;
}

/**
 * Starts a walk through a route. Each target is tried as often as it may be; then its failure is judged by the strategy
 * that it stands in, and where that does not move on, or has no more targets, by the one around it.
 */
export function startWalk<Row extends RouteRow>(route: Route<Row>, tools: WalkTools): Walk<Row> {
  return new StartedWalk(route, tools);
}

/** A branch that the walk is in, and the place in it of the try that the walk stands in. */
interface Level<Row extends RouteRow> {
  readonly branch: RouteBranch<Row>;
  at: number;
}

/** A class, and no closures: every call has a walk, and hardly one goes past its first try. */
class StartedWalk<Row extends RouteRow> implements Walk<Row> {
  readonly startedAtMs: number;
  readonly ends: TryEnd[] = [];
  readonly #root: RouteNode<Row>;
  readonly #tools: WalkTools;
  /** From the outermost branch to the innermost. */
  #stack: Level<Row>[] = [];
  #target: RouteTarget<Row> | null = null;
  #retry = 0;
  #retryCount = 0;
  #isOver = false;
  /** How many targets are under way beside the one before them. */
  #besides = 0;

  constructor(route: Route<Row>, tools: WalkTools) {
    this.#root = route.root;
    this.#tools = tools;
    this.startedAtMs = tools.monotonicMs();
  }

  get target(): RouteTarget<Row> | null {
    return this.#target;
  }

  get retryCount(): number {
    return this.#retryCount;
  }

  next(ended: EndedTry<Row> | null): PlannedTry<Row> | null {
    if (this.#isOver) return null;
    const found = ended === null ? (this.#target === null ? this.#first() : null) : (this.#retrySame(ended) ?? this.#moveOn(ended));
    this.#isOver = found === null;
    this.#besides = 0;
    return found;
  }

  beside(): PlannedTry<Row> | null {
    const target = this.#target;
    if (this.#isOver || target === null || target.hedge === null || this.#besides >= target.hedge.most) return null;
    const [retry, retryCount, stack] = [this.#retry, this.#retryCount, this.#stack.map((level) => ({ ...level }))];
    const found = this.#advance(null);
    const following = found === null ? null : this.#plan(found, 0, 0);
    if (following === null) {
      [this.#target, this.#retry, this.#retryCount, this.#stack] = [target, retry, retryCount, stack];
      return null;
    }
    this.#besides++;
    return following;
  }

  lost(ended: EndedTry<Row>): void {
    this.#note(ended, "wait", "another target was under way");
  }

  #first(): PlannedTry<Row> | null {
    const found = this.#descend(this.#root);
    return this.#plan(found, 0, 0) ?? this.#skipLate(found);
  }

  /** Another try at the same target; null where it would be no use, or another has been asked since. */
  #retrySame(ended: EndedTry<Row>): PlannedTry<Row> | null {
    const { failure, tried } = ended;
    const at = tried.target;
    if (at !== this.#target || !isWorthAnother(failure, at)) return null;
    const number = this.#retry + 1;
    const pause = { retryAfterMs: failure.retryAfterMs, random: this.#tools.random() };
    const delayMs = number <= at.retries ? retryDelayMs(number, pause) : null;
    const again = delayMs === null ? null : this.#plan(at, number, delayMs);
    if (again === null) {
      // Portkey's clients know -1 as "tried as often as it may, or not worth the wait".
      this.#retryCount = at.retries > 0 ? -1 : 0;
      return null;
    }
    this.#note(ended, "retry", `tried again after ${again.delayMs} ms`);
    this.#retry = number;
    this.#retryCount = number;
    return again;
  }

  #moveOn(ended: EndedTry<Row>): PlannedTry<Row> | null {
    const { failure, tried } = ended;
    const countThere = tried.target === this.#target ? this.#retryCount : tried.retry;
    const found = failure.error?.retry === "never" ? null : this.#advance(failure);
    const following = found === null ? null : (this.#plan(found, 0, 0) ?? this.#skipLate(found));
    if (following !== null) {
      this.#note(ended, "next", `went on to ${following.target.optionPath}`);
      return following;
    }
    // What the client is told of is the target that failed.
    this.#target = tried.target;
    this.#retryCount = countThere;
    this.#note(ended, "stop", found === null ? this.#whyStop(failure) : "the deadline is over");
    return null;
  }

  /** Steps to the next target: in the innermost strategy that moves on. A null failure is none yet, which every order moves on from. */
  #advance(failure: TryFailure | null): RouteTarget<Row> | null {
    for (let depth = this.#stack.length - 1; depth >= 0; depth--) {
      const level = this.#stack[depth] as Level<Row>;
      const following = level.branch.tries[level.at + 1];
      if (following === undefined || (failure !== null && !goesOn(failure, level.branch.goesOnAt))) continue;
      this.#stack.length = depth + 1;
      level.at++;
      return this.#descend(following);
    }
    return null;
  }

  #descend(from: RouteNode<Row>): RouteTarget<Row> {
    let node = from;
    while (node.kind === "branch") {
      this.#stack.push({ branch: node, at: 0 });
      node = node.tries[0] as RouteNode<Row>;
    }
    this.#target = node;
    this.#retry = 0;
    this.#retryCount = 0;
    return node;
  }

  /** Goes past targets whose deadline is over, to one that has a longer one or none. */
  #skipLate(late: RouteTarget<Row>): PlannedTry<Row> | null {
    for (let at: RouteTarget<Row> | null = late; at !== null; at = this.#advance(null)) {
      const found = this.#plan(at, 0, 0);
      if (found !== null) return found;
    }
    return null;
  }

  /** Null where the deadline would be over before it could be sent. */
  #plan(at: RouteTarget<Row>, number: number, delayMs: number): PlannedTry<Row> | null {
    if (at.deadlineMs === null) return { target: at, retry: number, delayMs, timeoutMs: at.requestTimeoutMs, isDeadline: false };
    const leftMs = this.startedAtMs + at.deadlineMs - this.#tools.monotonicMs() - delayMs;
    if (leftMs <= 0) return null;
    const isDeadline = at.requestTimeoutMs === null || leftMs < at.requestTimeoutMs;
    return { target: at, retry: number, delayMs, timeoutMs: isDeadline ? leftMs : at.requestTimeoutMs, isDeadline };
  }

  #note({ tried, failure }: EndedTry<Row>, followedBy: TryEnd["followedBy"], why: string): void {
    const { optionPath, row, model, keyName } = tried.target;
    const errorCode = failure.error?.code ?? null;
    this.ends.push({
      optionPath,
      provider: row.id,
      model,
      keyName,
      retry: tried.retry,
      status: failure.status,
      errorCode,
      followedBy,
      why,
    });
  }

  #whyStop(failure: TryFailure): string {
    if (failure.error?.code === "call_stopped") return "the call was stopped";
    if (failure.error?.retry === "never") return "no other target could help";
    return this.#stack.some(({ branch, at }) => at + 1 < branch.tries.length) ? "this status does not move on" : "no target is left";
  }
}

function isWorthAnother(failure: TryFailure, { retryStatuses }: RouteTarget<RouteRow>): boolean {
  if (failure.error === null) return retryStatuses.includes(failure.status);
  // A config may ask for another try after its own time limit, as Portkey's can.
  return failure.error.retry === "same" || (failure.error.code === "deadline_exceeded" && retryStatuses.includes(failure.status));
}

/**
 * Whether a failure moves on to the next target. A target that could not even be asked is passed over as one without a
 * key is, whatever the codes say; and no answer at all is what every list with a 5xx in it means, though Portkey's
 * gateway calls it 500 and this one 502 or 504.
 */
function goesOn(failure: TryFailure, statuses: readonly number[] | null): boolean {
  if (statuses === null || statuses.includes(failure.status)) return true;
  if (failure.error === null) return false;
  if (failure.error.fault !== "provider") return failure.error.retry === "next";
  return failure.error.code !== "deadline_exceeded" && statuses.some((status) => status >= 500);
}
