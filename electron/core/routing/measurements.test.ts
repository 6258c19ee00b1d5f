import { describe, expect, it } from "vitest";
import { defaultCircuitSettings as settings, readCircuitSettings } from "./circuit-breaker.ts";
import { healthKeyOf, type MeasuredOutcome, type MeasuredTarget, Measurements } from "./measurements.ts";

const good = (firstByteMs: number | null): MeasuredOutcome => ({ status: 200, fault: null, firstByteMs });
const bad: MeasuredOutcome = { status: 503, fault: null, firstByteMs: null };

function target(provider: string, model: string, fields: Partial<Parameters<typeof healthKeyOf>[0]> = {}): MeasuredTarget {
  const healthKey = healthKeyOf({ provider, model, customHost: null, hasOwnKey: false, settings, ...fields });
  return { row: { id: provider }, model, healthKey, circuitSettings: fields.settings ?? settings };
}

function measurements(): { health: Measurements; pass: (ms: number) => void } {
  let nowMs = 1_000;
  return { health: new Measurements(() => nowMs), pass: (ms) => void (nowMs += ms) };
}

const openai = target("openai", "m");

describe("Measurements", () => {
  it("smooths the time to the first byte, and forgets it when it is old", () => {
    const { health, pass } = measurements();
    expect(health.firstByteMs(openai.healthKey)).toBeNull();
    for (const firstByteMs of [100, 200, null]) health.end(openai, good(firstByteMs));
    expect(health.firstByteMs(openai.healthKey)).toBe(130);
    expect(health.firstByteMs(target("openai", "n").healthKey)).toBeNull();
    pass(900_001);
    expect(health.firstByteMs(openai.healthKey)).toBeNull();
    health.end(openai, good(500));
    expect(health.firstByteMs(openai.healthKey)).toBe(500);
  });

  it("opens a circuit for one model of one provider, lets one probe through, and shows it", () => {
    const { health, pass } = measurements();
    const circuitOf = ({ healthKey }: MeasuredTarget): string => health.circuit(healthKey, settings);
    for (let count = 0; count < 10; count++) health.end(openai, bad);
    expect([openai, target("openai", "n"), target("groq", "m")].map(circuitOf)).toEqual(["open", "closed", "closed"]);
    expect(health.report()).toEqual([{ provider: "openai", model: "m", circuit: "open", firstByteMs: null, opensInMs: 30_000 }]);
    pass(30_000);
    expect(circuitOf(openai)).toBe("half-open");
    health.begin(openai);
    expect(circuitOf(openai)).toBe("open");
    health.end(openai, good(80));
    expect(circuitOf(openai)).toBe("closed");
  });

  it("lets nobody open a circuit for others by a host, a key or an idea of failure of his own", () => {
    const { health } = measurements();
    const strict = readCircuitSettings({ failure_threshold: 1, failure_status_codes: [200], cooldown_interval: 3_600_000 });
    for (const fields of [{ customHost: "http://127.0.0.1:1" }, { hasOwnKey: true }, { settings: strict }]) {
      const bent = target("openai", "m", fields);
      for (let count = 0; count < 20; count++) health.end(bent, fields.settings === undefined ? bad : good(1));
      expect(health.circuit(bent.healthKey, bent.circuitSettings)).toBe("open");
    }
    expect(health.circuit(openai.healthKey, settings)).toBe("closed");
  });

  it("holds a thousand targets and forgets the ones that were not used for longest", () => {
    const { health } = measurements();
    const kept = target("openai", "kept");
    health.end(kept, good(1));
    for (let count = 0; count < 5_000; count++) {
      health.end(target("openai", `model-${count}`), good(1));
      if (count % 100 === 0) health.end(kept, good(1));
    }
    expect(health.report()).toHaveLength(1_000);
    expect([kept, target("openai", "model-0")].map(({ healthKey }) => health.firstByteMs(healthKey))).toEqual([1, null]);
  });
});
