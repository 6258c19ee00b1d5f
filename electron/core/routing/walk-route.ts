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

interface WalkSteps<Row extends RouteRow> extends Pick<Walk<Row>, "next" | "beside" | "lost" | "ends"> {
  target(): RouteTarget<Row> | null;
  retryCount(): number;
}

/**
 * A walk as it is used. A class, as V8 puts a getter of an object literal into the old generation, with the whole call
 * that it closes over.
 */
class StartedWalk<Row extends RouteRow> implements Walk<Row> {
  readonly #steps: WalkSteps<Row>;

  constructor(steps: WalkSteps<Row>) {
    this.#steps = steps;
  }

  get target(): RouteTarget<Row> | null {
    return this.#steps.target();
  }

  get retryCount(): number {
    return this.#steps.retryCount();
  }

  get ends(): readonly TryEnd[] {
    return this.#steps.ends;
  }

  next(ended: EndedTry<Row> | null): PlannedTry<Row> | null {
    return this.#steps.next(ended);
  }

  beside(): PlannedTry<Row> | null {
    return this.#steps.beside();
  }

  lost(ended: EndedTry<Row>): void {
    this.#steps.lost(ended);
  }
}

/**
 * Starts a walk through a route. Each target is tried as often as it may be; then its failure is judged by the strategy
 * that it stands in, and where that does not move on, or has no more targets, by the one around it.
 */
export function startWalk<Row extends RouteRow>(route: Route<Row>, tools: WalkTools): Walk<Row> {
  const startedAtMs = tools.monotonicMs();
  /** From the outermost branch to the innermost, each with the place of the try that the walk stands in. */
  const stack: { readonly branch: RouteBranch<Row>; at: number }[] = [];
  const ends: TryEnd[] = [];
  let target: RouteTarget<Row> | null = null;
  let retry = 0;
  let retryCount = 0;
  let isOver = false;
  /** How many targets are under way beside the one before them. */
  let besides = 0;

  return new StartedWalk<Row>({
    next(ended) {
      if (isOver) return null;
      const found = ended === null ? (target === null ? first() : null) : (retrySame(ended) ?? moveOn(ended));
      isOver = found === null;
      besides = 0;
      return found;
    },
    beside() {
      if (isOver || target === null || target.hedge === null || besides >= target.hedge.most) return null;
      const before = { target, retry, retryCount, stack: stack.map((level) => ({ ...level })) };
      const found = advance(null);
      const following = found === null ? null : plan(found, 0, 0);
      if (following === null) {
        ({ target, retry, retryCount } = before);
        stack.splice(0, stack.length, ...before.stack);
        return null;
      }
      besides++;
      return following;
    },
    lost: (ended) => note(ended, "wait", "another target was under way"),
    target: () => target,
    retryCount: () => retryCount,
    ends,
  });

  function first(): PlannedTry<Row> | null {
    const found = descend(route.root);
    return plan(found, 0, 0) ?? skipLate(found);
  }

  /** Another try at the same target; null where it would be no use, or another has been asked since. */
  function retrySame(ended: EndedTry<Row>): PlannedTry<Row> | null {
    const { failure, tried } = ended;
    const at = tried.target;
    if (at !== target || !isWorthAnother(failure, at)) return null;
    const delayMs = retry < at.retries ? retryDelayMs(retry + 1, { retryAfterMs: failure.retryAfterMs, random: tools.random() }) : null;
    const again = delayMs === null ? null : plan(at, retry + 1, delayMs);
    if (again === null) {
      // Portkey's clients know -1 as "tried as often as it may, or not worth the wait".
      retryCount = at.retries > 0 ? -1 : 0;
      return null;
    }
    note(ended, "retry", `tried again after ${again.delayMs} ms`);
    retry++;
    retryCount = retry;
    return again;
  }

  function moveOn(ended: EndedTry<Row>): PlannedTry<Row> | null {
    const { failure, tried } = ended;
    const countThere = tried.target === target ? retryCount : tried.retry;
    const found = failure.error?.retry === "never" ? null : advance(failure);
    const following = found === null ? null : (plan(found, 0, 0) ?? skipLate(found));
    if (following !== null) {
      note(ended, "next", `went on to ${following.target.optionPath}`);
      return following;
    }
    // What the client is told of is the target that failed.
    target = tried.target;
    retryCount = countThere;
    note(ended, "stop", found === null ? whyStop(failure) : "the deadline is over");
    return null;
  }

  /** Steps to the next target: in the innermost strategy that moves on. A null failure is none yet, which every order moves on from. */
  function advance(failure: TryFailure | null): RouteTarget<Row> | null {
    for (let depth = stack.length - 1; depth >= 0; depth--) {
      const level = stack[depth] as (typeof stack)[number];
      const following = level.branch.tries[level.at + 1];
      if (following === undefined || (failure !== null && !goesOn(failure, level.branch.goesOnAt))) continue;
      stack.length = depth + 1;
      level.at++;
      return descend(following);
    }
    return null;
  }

  function descend(from: RouteNode<Row>): RouteTarget<Row> {
    let node = from;
    while (node.kind === "branch") {
      stack.push({ branch: node, at: 0 });
      node = node.tries[0] as RouteNode<Row>;
    }
    target = node;
    retry = 0;
    retryCount = 0;
    return node;
  }

  /** Goes past targets whose deadline is over, to one that has a longer one or none. */
  function skipLate(late: RouteTarget<Row>): PlannedTry<Row> | null {
    for (let at: RouteTarget<Row> | null = late; at !== null; at = advance(null)) {
      const found = plan(at, 0, 0);
      if (found !== null) return found;
    }
    return null;
  }

  /** Null where the deadline would be over before it could be sent. */
  function plan(at: RouteTarget<Row>, number: number, delayMs: number): PlannedTry<Row> | null {
    if (at.deadlineMs === null) return { target: at, retry: number, delayMs, timeoutMs: at.requestTimeoutMs, isDeadline: false };
    const leftMs = startedAtMs + at.deadlineMs - tools.monotonicMs() - delayMs;
    if (leftMs <= 0) return null;
    const isDeadline = at.requestTimeoutMs === null || leftMs < at.requestTimeoutMs;
    return { target: at, retry: number, delayMs, timeoutMs: isDeadline ? leftMs : at.requestTimeoutMs, isDeadline };
  }

  function note({ tried, failure }: EndedTry<Row>, followedBy: TryEnd["followedBy"], why: string): void {
    const { optionPath, row, model, keyName } = tried.target;
    const errorCode = failure.error?.code ?? null;
    ends.push({ optionPath, provider: row.id, model, keyName, retry: tried.retry, status: failure.status, errorCode, followedBy, why });
  }

  function whyStop(failure: TryFailure): string {
    if (failure.error?.retry === "never") return "no other target could help";
    return stack.some(({ branch, at }) => at + 1 < branch.tries.length) ? "this status does not move on" : "no target is left";
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
