import { describe, expect, it } from "vitest";
import {
  beginTry,
  type CircuitSettings,
  type CircuitState,
  type CircuitVerdict,
  defaultCircuitSettings,
  endTry,
  freshCircuit,
  judgeForCircuit,
  readCircuitSettings,
  viewCircuit,
} from "./circuit-breaker.ts";

const settings = defaultCircuitSettings;

function after(
  verdicts: readonly CircuitVerdict[],
  options: { everyMs?: number; settings?: CircuitSettings; from?: CircuitState; atMs?: number } = {},
): CircuitState {
  return verdicts.reduce(
    (state, verdict, index) => endTry(state, verdict, options.settings ?? settings, (options.atMs ?? 0) + index * (options.everyMs ?? 0)),
    options.from ?? freshCircuit,
  );
}

const times = (count: number, ...verdicts: CircuitVerdict[]): CircuitVerdict[] => Array.from({ length: count }, () => verdicts).flat();

describe("a circuit", () => {
  it("opens at half of ten calls, not before there are ten, and not for less than half", () => {
    expect(viewCircuit(after(times(9, "bad")), settings, 0)).toBe("closed");
    expect(viewCircuit(after(times(10, "bad")), settings, 0)).toBe("open");
    expect(viewCircuit(after(times(5, "good", "bad")), settings, 0)).toBe("open");
    expect(viewCircuit(after(times(20, "good", "good", "bad")), settings, 0)).toBe("closed");
    expect(viewCircuit(after(times(50, "neutral")), settings, 0)).toBe("closed");
  });

  it("opens at ten in a row, however good the minute was before", () => {
    const busy = after(times(600, "good"));
    expect(viewCircuit(after(times(9, "bad"), { from: busy }), settings, 0)).toBe("closed");
    expect(viewCircuit(after(times(10, "bad"), { from: busy }), settings, 0)).toBe("open");
  });

  it("forgets what is older than a minute", () => {
    expect(viewCircuit(after(times(30, "bad"), { everyMs: 10_000 }), settings, 300_000)).toBe("closed");
    expect(viewCircuit(after(times(30, "bad"), { everyMs: 5_000 }), settings, 55_000)).toBe("open");
  });

  it("lets one probe through after the pause, and closes on its success with a clean sheet", () => {
    const open = after(times(10, "bad"));
    expect([viewCircuit(open, settings, 29_999), viewCircuit(open, settings, 30_000)]).toEqual(["open", "half-open"]);
    const probed = beginTry(open, settings, 30_000);
    expect(viewCircuit(probed, settings, 30_001)).toBe("open");
    const closed = endTry(probed, "good", settings, 31_000);
    expect(closed).toEqual(freshCircuit);
    expect(viewCircuit(after(times(9, "bad"), { from: closed, atMs: 31_000 }), settings, 31_000)).toBe("closed");
  });

  it("waits twice as long after each probe that fails, eight times at most", () => {
    let state = after(times(10, "bad"));
    let nowMs = 0;
    const pauses: number[] = [];
    for (let count = 0; count < 6; count++) {
      pauses.push(state.cooldownMs);
      nowMs += state.cooldownMs;
      state = endTry(beginTry(state, settings, nowMs), "bad", settings, nowMs);
    }
    expect(pauses).toEqual([30_000, 60_000, 120_000, 240_000, 240_000, 240_000]);
  });

  it("does not wait for ever for a probe that never reports, and takes another after one that says nothing", () => {
    const probed = beginTry(after(times(10, "bad")), settings, 30_000);
    expect(viewCircuit(probed, settings, 60_000)).toBe("half-open");
    expect(viewCircuit(endTry(probed, "neutral", settings, 31_000), settings, 31_000)).toBe("half-open");
  });

  it("is not closed by late answers to calls from before it opened", () => {
    const open = after(times(10, "bad"));
    expect(viewCircuit(endTry(open, "good", settings, 100), settings, 100)).toBe("open");
  });

  it("survives a clock that jumps", () => {
    const state = after(["bad", "bad"], { atMs: 1e12 });
    expect(viewCircuit(after(times(8, "bad"), { from: state, atMs: 0 }), settings, 0)).toBe("open");
  });

  it("stays closed where it is switched off", () => {
    const off = readCircuitSettings({ enabled: false });
    expect(viewCircuit(after(times(50, "bad"), { settings: off }), off, 0)).toBe("closed");
  });

  it("counts as Portkey's configs say", () => {
    const three = readCircuitSettings({ failure_threshold: 3 });
    expect(viewCircuit(after(["good", "bad", "good", "bad"], { settings: three }), three, 0)).toBe("closed");
    expect(viewCircuit(after(["bad", "bad", "bad"], { settings: three }), three, 0)).toBe("open");
    expect(viewCircuit(after(times(12, "good", "bad"), { settings: readCircuitSettings({ failure_threshold: 50 }) }), three, 0)).toBe(
      "closed",
    );
    const share = readCircuitSettings({ failure_threshold_percentage: 20, minimum_requests: 5, cooldown_interval: 1_000 });
    expect(viewCircuit(after(["good", "good", "good", "good", "bad"], { settings: share }), share, 0)).toBe("open");
  });
});

describe("judgeForCircuit()", () => {
  it.each<[number | null, "client" | "provider" | "postern" | null, CircuitVerdict]>([
    [200, null, "good"],
    [400, null, "good"],
    [404, null, "good"],
    [401, null, "neutral"],
    [429, null, "neutral"],
    [500, null, "bad"],
    [529, null, "bad"],
    [null, "provider", "bad"],
    [null, "postern", "neutral"],
    [null, "client", "neutral"],
  ])("status %s, fault %s: %s", (status, fault, verdict) => {
    expect(judgeForCircuit({ status, fault }, settings)).toBe(verdict);
  });

  it("takes the statuses that a config lists, and no others", () => {
    const listed = readCircuitSettings({ failure_status_codes: [401, 429] });
    expect([401, 429, 500].map((status) => judgeForCircuit({ status, fault: null }, listed))).toEqual(["bad", "bad", "neutral"]);
  });
});
