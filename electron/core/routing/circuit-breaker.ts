import type { CircuitBreakerConfig } from "#shared/schema/routing-strategy.ts";

/** How a circuit stands: `half-open` lets one call through to see. */
export type CircuitView = "closed" | "open" | "half-open";

/** What a call says of its target: `neutral` is neither here nor there, such as a wrong key or a rate limit. */
export type CircuitVerdict = "good" | "bad" | "neutral";

/** {@link CircuitBreakerConfig} with its defaults. */
export interface CircuitSettings {
  readonly enabled: boolean;
  /** Failures within the window that open it whatever their share; null: only the share counts. */
  readonly failures: number | null;
  /** 0 to 1. */
  readonly failureShare: number;
  readonly leastCalls: number;
  readonly cooldownMs: number;
  /** null: 500 and above, and no answer. */
  readonly failureStatuses: readonly number[] | null;
}

/** What is remembered of one target. Never changed in place. */
export interface CircuitState {
  /** Counts by slices of the window, oldest first. */
  readonly slices: readonly { readonly index: number; readonly good: number; readonly bad: number }[];
  /** How many failures came since the last success. */
  readonly badInARow: number;
  readonly openedAtMs: number | null;
  /** How long it stays open this time. */
  readonly cooldownMs: number;
  /** When the call that probes was let through; null where none is under way. */
  readonly probeSinceMs: number | null;
}

/**
 * On for everybody: half of at least ten calls within a minute, or ten in a row, must fail before a target is left alone
 * for half a minute.
 */
export const defaultCircuitSettings: CircuitSettings = {
  enabled: true,
  failures: null,
  failureShare: 0.5,
  leastCalls: 10,
  cooldownMs: 30_000,
  failureStatuses: null,
};

/** A target of which nothing is known. */
export const freshCircuit: CircuitState = { slices: [], badInARow: 0, openedAtMs: null, cooldownMs: 0, probeSinceMs: null };

const sliceMs = 10_000;
const slicesKept = 6;
const longestCooldownFactor = 8;

/** Fills in what a config leaves out. A threshold of failures alone, as Portkey knows it, switches the share off. */
export function readCircuitSettings(config: CircuitBreakerConfig | undefined): CircuitSettings {
  if (config === undefined) return defaultCircuitSettings;
  const share = config.failure_threshold_percentage;
  return {
    enabled: config.enabled ?? true,
    failures: config.failure_threshold ?? null,
    failureShare:
      share === undefined ? (config.failure_threshold === undefined ? defaultCircuitSettings.failureShare : Infinity) : share / 100,
    leastCalls: config.minimum_requests ?? defaultCircuitSettings.leastCalls,
    cooldownMs: config.cooldown_interval ?? defaultCircuitSettings.cooldownMs,
    failureStatuses: config.failure_status_codes ?? null,
  };
}

/**
 * Judges one try at a target.
 *
 * @param outcome `status` is the provider's; null where it gave no answer, for whatever `fault`
 */
export function judgeForCircuit(
  outcome: { readonly status: number | null; readonly fault: "client" | "provider" | "postern" | null },
  settings: CircuitSettings,
): CircuitVerdict {
  const { status } = outcome;
  if (status === null) return outcome.fault === "provider" ? "bad" : "neutral";
  if (settings.failureStatuses !== null) {
    if (settings.failureStatuses.includes(status)) return "bad";
  } else if (status >= 500) return "bad";
  // Who is turned away at the door has not seen whether the house stands.
  return status === 401 || status === 403 || status === 408 || status === 429 || status >= 500 ? "neutral" : "good";
}

/** How a circuit stands now. An open one lets a probe through when its time is over, one at a time. */
export function viewCircuit(state: CircuitState, settings: CircuitSettings, nowMs: number): CircuitView {
  if (!settings.enabled || state.openedAtMs === null) return "closed";
  if (nowMs < state.openedAtMs + state.cooldownMs) return "open";
  // A probe that never reported must not shut the door for good.
  const isProbed = state.probeSinceMs !== null && nowMs < state.probeSinceMs + state.cooldownMs;
  return isProbed ? "open" : "half-open";
}

/** Notes that a call goes to the target now: where the circuit is half open, it is the probe. */
export function beginTry(state: CircuitState, settings: CircuitSettings, nowMs: number): CircuitState {
  return viewCircuit(state, settings, nowMs) === "half-open" ? { ...state, probeSinceMs: nowMs } : state;
}

/** Notes what came of a try. */
export function endTry(state: CircuitState, verdict: CircuitVerdict, settings: CircuitSettings, nowMs: number): CircuitState {
  if (!settings.enabled) return state;
  if (state.openedAtMs !== null) {
    // Answers to calls from before it opened say nothing new.
    if (nowMs < state.openedAtMs + state.cooldownMs) return state;
    if (verdict === "good") return freshCircuit;
    if (verdict === "neutral") return { ...state, probeSinceMs: null };
    const longestMs = settings.cooldownMs * longestCooldownFactor;
    return {
      ...state,
      openedAtMs: nowMs,
      cooldownMs: Math.min(Math.max(state.cooldownMs * 2, settings.cooldownMs), longestMs),
      probeSinceMs: null,
    };
  }
  if (verdict === "neutral") return state;
  const slices = count(state.slices, verdict, Math.floor(nowMs / sliceMs));
  const counted = { ...state, slices, badInARow: verdict === "bad" ? state.badInARow + 1 : 0 };
  return verdict === "bad" && isTooMuch(counted, settings)
    ? { ...freshCircuit, openedAtMs: nowMs, cooldownMs: settings.cooldownMs }
    : counted;
}

function count(slices: CircuitState["slices"], verdict: "good" | "bad", index: number): CircuitState["slices"] {
  const last = slices.at(-1);
  // A clock that was set back counts into the newest slice, and one that was set forward empties the window.
  const at = Math.max(index, last?.index ?? index);
  const kept = slices.filter((slice) => slice.index > at - slicesKept && slice.index !== at);
  const { good, bad } = last?.index === at ? last : { good: 0, bad: 0 };
  kept.push(verdict === "good" ? { index: at, good: good + 1, bad } : { index: at, good, bad: bad + 1 });
  return kept;
}

function isTooMuch({ slices, badInARow }: CircuitState, settings: CircuitSettings): boolean {
  const good = slices.reduce((sum, slice) => sum + slice.good, 0);
  const bad = slices.reduce((sum, slice) => sum + slice.bad, 0);
  if (settings.failures !== null && bad >= settings.failures) return true;
  if (settings.failureShare > 1 || good + bad < settings.leastCalls) return false;
  // A busy target that breaks down would be tried hundreds of times before its good minute is outweighed.
  return bad / (good + bad) >= settings.failureShare || badInARow >= settings.leastCalls;
}
