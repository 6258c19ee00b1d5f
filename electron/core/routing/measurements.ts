import {
  beginTry,
  defaultCircuitSettings,
  type CircuitSettings,
  type CircuitState,
  type CircuitView,
  endTry,
  freshCircuit,
  judgeForCircuit,
  viewCircuit,
} from "./circuit-breaker.ts";
import type { TargetHealth, TargetReport } from "./route-types.ts";

/** A target, as far as it is measured. */
export interface MeasuredTarget {
  readonly row: { readonly id: string };
  readonly model: string | null;
  readonly healthKey: string;
  readonly circuitSettings: CircuitSettings;
}

/** What came of one try, as far as it says something of the target. */
export interface MeasuredOutcome {
  /** The provider's; null where it gave no answer. */
  readonly status: number | null;
  /** Whose the failure is where there was no answer, or a broken one; null where there was none. */
  readonly fault: "client" | "provider" | "postern" | null;
  /** From the sending to the first byte of a good answer; null where there was none. */
  readonly firstByteMs: number | null;
}

interface Entry {
  readonly target: MeasuredTarget;
  circuit: CircuitState;
  firstByteMs: number | null;
  measuredAtMs: number;
}

const mostTargets = 1_000;
/** How much a new measurement weighs against all before it. */
const newestWeight = 0.3;
/** After this a measurement says nothing of now. */
const staleAfterMs = 900_000;

/**
 * What the gateway measures of its targets: circuits and times to the first byte, by provider and model. Holds a
 * thousand of them and forgets the ones that were not used for longest: the names of models are the callers' words.
 */
export class Measurements implements TargetHealth {
  /** In the order of their last use. */
  readonly #entries = new Map<string, Entry>();
  readonly #nowMs: () => number;
  #newest: string | null = null;

  /** @param nowMs milliseconds that only ever grow */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  circuit(healthKey: string, settings: CircuitSettings): CircuitView {
    const entry = this.#entries.get(healthKey);
    return entry === undefined ? "closed" : viewCircuit(entry.circuit, settings, this.#nowMs());
  }

  firstByteMs(healthKey: string): number | null {
    const entry = this.#entries.get(healthKey);
    return entry === undefined || this.#nowMs() - entry.measuredAtMs > staleAfterMs ? null : entry.firstByteMs;
  }

  /** Notes that a call goes to a target now. */
  begin(target: MeasuredTarget): void {
    const entry = this.#entries.get(target.healthKey);
    if (entry !== undefined) entry.circuit = beginTry(entry.circuit, target.circuitSettings, this.#nowMs());
  }

  /** Notes what came of a try, also of one that was given up: as a fault of the client's, it ends a probe and says no more. */
  end(target: MeasuredTarget, outcome: MeasuredOutcome): void {
    const { healthKey, circuitSettings: settings } = target;
    const nowMs = this.#nowMs();
    const entry = this.#entries.get(healthKey) ?? { target, circuit: freshCircuit, firstByteMs: null, measuredAtMs: nowMs };
    entry.circuit = endTry(entry.circuit, judgeForCircuit(outcome, settings), settings, nowMs);
    if (outcome.firstByteMs !== null) {
      const before = nowMs - entry.measuredAtMs <= staleAfterMs ? entry.firstByteMs : null;
      entry.firstByteMs = before === null ? outcome.firstByteMs : before * (1 - newestWeight) + outcome.firstByteMs * newestWeight;
      entry.measuredAtMs = nowMs;
    }
    // The same target again and again is the usual case: then the order stands.
    if (this.#newest === healthKey) return;
    this.#newest = healthKey;
    this.#entries.delete(healthKey);
    this.#entries.set(healthKey, entry);
    if (this.#entries.size > mostTargets) this.#entries.delete(this.#entries.keys().next().value as string);
  }

  report(): TargetReport[] {
    const nowMs = this.#nowMs();
    return [...this.#entries.values()].map(({ target, circuit, firstByteMs, measuredAtMs }) => {
      const view = viewCircuit(circuit, target.circuitSettings, nowMs);
      return {
        provider: target.row.id,
        model: target.model,
        circuit: view,
        firstByteMs: nowMs - measuredAtMs > staleAfterMs ? null : firstByteMs,
        opensInMs: view === "open" && circuit.openedAtMs !== null ? Math.max(0, circuit.openedAtMs + circuit.cooldownMs - nowMs) : null,
      };
    });
  }
}

/**
 * What a target's measurements are kept under: its provider and model. What a caller can bend, its own host, its own key
 * and its own idea of a failure, is measured apart, so that nobody opens a circuit for somebody else.
 */
export function healthKeyOf(target: {
  readonly provider: string;
  readonly model: string | null;
  readonly customHost: string | null;
  readonly hasOwnKey: boolean;
  readonly settings: CircuitSettings;
}): string {
  const key = target.model === null ? target.provider : `${target.provider} ${target.model}`;
  if (target.customHost === null && !target.hasOwnKey && target.settings === defaultCircuitSettings) return key;
  return JSON.stringify([key, target.customHost, target.hasOwnKey, target.settings]);
}
