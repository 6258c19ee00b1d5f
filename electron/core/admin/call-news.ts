import type { CallRecord } from "#core/usage/call-record.ts";
import type { NewEvent } from "./live-events.ts";

/** Tells whoever watches of calls, however many there are. */
export interface CallNews {
  /** A call has begun to ask a provider. */
  onBegin(): void;
  /** A call has ended. */
  onEnd(record: CallRecord): void;
  close(): void;
}

/** What the news need. */
export interface CallNewsOptions {
  /** How many watch; with none, nothing is told and no timer runs. */
  readonly watchers: () => number;
  readonly publish: (event: NewEvent) => void;
  readonly callsUnderWay: () => number;
  /** Grows only, in milliseconds. */
  readonly nowMs: () => number;
}

/** A window cannot show more than so many changes a second, and each is a wake-up of each that watches. */
const changesApartMs = 100;
const mostTold = 20;
const toldWithinMs = 1_000;

/** Opens the news of calls: changes at most ten times a second, single calls as long as there are few. */
export function openCallNews({ watchers, publish, callsUnderWay, nowMs }: CallNewsOptions): CallNews {
  let finished = 0;
  let changedAtMs = -Infinity;
  let timer: NodeJS.Timeout | undefined;
  let secondBeganAtMs = -Infinity;
  let told = 0;

  function tellChange(): void {
    timer = undefined;
    changedAtMs = nowMs();
    publish({ type: "calls-changed", underWay: callsUnderWay(), finished });
  }

  function change(): void {
    if (timer !== undefined || watchers() === 0) return;
    // Behind this turn, so that the call is in the log, or out of those under way, when somebody asks.
    timer = setTimeout(tellChange, Math.max(0, changedAtMs + changesApartMs - nowMs())).unref();
  }

  return {
    onBegin: change,
    onEnd(record) {
      finished += 1;
      if (watchers() === 0) return;
      const now = nowMs();
      if (now - secondBeganAtMs >= toldWithinMs) {
        secondBeganAtMs = now;
        told = 0;
      }
      if (told < mostTold) {
        told += 1;
        publish({ type: "call-finished", ...summaryOf(record) });
      }
      change();
    },
    close: () => clearTimeout(timer),
  };
}

/** What the stream of events tells of a call. */
function summaryOf(record: CallRecord) {
  const { endpoint, grantId, tool, alias, provider, status, ending, errorCode } = record;
  const { firstByteMs, totalMs, inputTokens, outputTokens, costMicroUsd } = record;
  const model = record.modelServed ?? record.modelAsked;
  const figures = { firstByteMs, totalMs, inputTokens, outputTokens, costMicroUsd };
  const [asked] = record.attempts;
  const answered = record.attempts.at(-1);
  const failedOver = errorCode === null && asked !== undefined && (asked.provider !== answered?.provider || asked.model !== answered.model);
  return { endpoint, grantId, tool, alias, provider, model, status, ending, errorCode, failedOver, ...figures };
}
