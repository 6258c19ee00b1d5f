import { describe, expect, it } from "vitest";
import { type CallConfig, callConfigSchema } from "#shared/schema/routing.ts";
import { Measurements } from "#core/routing/measurements.ts";
import { planTree } from "#core/routing/plan-tree.ts";
import type { RouteRow } from "#core/routing/route-types.ts";
import { type PlannedTry, startWalk } from "#core/routing/walk-route.ts";
import { routeCall, routeWorld } from "../fakes/route-world.ts";

// Ten thousand calls, ten a second, against providers whose weather is known: what the weights and circuits make of it.

interface Weather {
  /** The share of its calls that fail with 503, by the second of the simulation. */
  readonly failureShare: (second: number) => number;
  readonly firstByteMs: number;
}

interface Simulation {
  /** Calls that reached a provider, by its id and by the hundred seconds in which they did. */
  readonly calls: Readonly<Record<string, readonly number[]>>;
  /** How many clients got no answer, by the hundred seconds. */
  readonly failed: readonly number[];
}

function simulate(config: CallConfig, weather: Readonly<Record<string, Weather>>, requests = 10_000): Simulation {
  const random = seeded(20_261_121);
  let nowMs = 0;
  const health = new Measurements(() => nowMs);
  const world = routeWorld({
    keys: { openai: ["k"], deepinfra: ["k"], groq: ["k"] },
    health,
    random,
  });
  const spans = Math.ceil(requests / 1_000);
  const calls: Record<string, number[]> = Object.fromEntries(
    Object.keys(weather).map((id) => [id, Array.from({ length: spans }, () => 0)]),
  );
  const failed = Array.from({ length: spans }, () => 0);
  for (let request = 0; request < requests; request++) {
    nowMs = request * 100;
    const span = Math.floor(request / 1_000);
    const walk = startWalk(planTree(routeCall({ config, model: "m" }), world), { random, monotonicMs: () => nowMs });
    let tried: PlannedTry<RouteRow> | null = walk.next(null);
    while (tried !== null) {
      const { row } = tried.target;
      const { failureShare, firstByteMs } = weather[row.id] as Weather;
      (calls[row.id] as number[])[span] = (calls[row.id]?.[span] ?? 0) + 1;
      health.begin(tried.target);
      const isGood = random() >= failureShare(nowMs / 1_000);
      health.end(tried.target, { status: isGood ? 200 : 503, fault: null, firstByteMs: isGood ? firstByteMs * (0.5 + random()) : null });
      if (isGood) break;
      tried = walk.next({ tried, failure: { status: 503, error: null, retryAfterMs: null } });
    }
    if (tried === null) failed[span] = (failed[span] ?? 0) + 1;
  }
  return { calls, failed };
}

/** Mulberry32: the same numbers in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value = (value + Math.imul(value ^ (value >>> 7), value | 61)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

const fine: Weather = { failureShare: () => 0, firstByteMs: 200 };
const sum = (numbers: readonly number[] | undefined): number => (numbers ?? []).reduce((total, one) => total + one, 0);

describe("10,000 calls", () => {
  it("split by weight", () => {
    const config = callConfigSchema.parse({
      strategy: { mode: "loadbalance" },
      targets: [
        { provider: "openai", weight: 0.6 },
        { provider: "deepinfra", weight: 0.3 },
        { provider: "groq", weight: 0.1 },
      ],
    });
    const { calls, failed } = simulate(config, { openai: fine, deepinfra: fine, groq: fine });
    const shares = ["openai", "deepinfra", "groq"].map((id) => sum(calls[id]) / 10_000);
    // Three standard deviations of a share of 0.6 are 0.015.
    for (const [index, share] of [0.6, 0.3, 0.1].entries()) expect(Math.abs((shares[index] ?? 0) - share)).toBeLessThan(0.015);
    expect(sum(failed)).toBe(0);
  });

  it("leave a provider that broke down alone, and come back to it when it recovers", () => {
    const config = callConfigSchema.parse({
      strategy: { mode: "loadbalance" },
      targets: [{ provider: "openai" }, { provider: "deepinfra" }],
    });
    const broken: Weather = { failureShare: (second) => (second >= 200 && second < 500 ? 1 : 0), firstByteMs: 200 };
    const { calls, failed } = simulate(config, { openai: broken, deepinfra: fine });
    // Before: half. While it is down: what it took to see it, and a few probes.
    expect(calls["openai"]?.[1]).toBeGreaterThan(450);
    expect(calls["openai"]?.[3]).toBeLessThan(10);
    expect(sum(failed)).toBeLessThan(80);
    expect(sum(failed.slice(0, 2))).toBe(0);
    // The longest pause is four minutes, so that everything is as before at 800 s.
    expect(calls["openai"]?.[9]).toBeGreaterThan(450);
    expect(sum(failed.slice(8))).toBe(0);
  });

  it("all get an answer through a fallback while the first provider is down, and hardly wait for it", () => {
    const config = callConfigSchema.parse({ strategy: { mode: "fallback" }, targets: [{ provider: "openai" }, { provider: "groq" }] });
    const broken: Weather = { failureShare: (second) => (second >= 100 && second < 400 ? 1 : 0), firstByteMs: 200 };
    const { calls, failed } = simulate(config, { openai: broken, groq: fine });
    expect(sum(failed)).toBe(0);
    expect(sum(calls["openai"]?.slice(1, 4))).toBeLessThan(60);
    expect(calls["openai"]?.[9]).toBe(1_000);
  });

  it("still reach the only provider that there is, however badly it does", () => {
    const { calls } = simulate(callConfigSchema.parse({ provider: "openai" }), { openai: { failureShare: () => 1, firstByteMs: 1 } });
    expect(sum(calls["openai"])).toBe(10_000);
  });

  it("do not shut out a provider that fails now and then", () => {
    const config = callConfigSchema.parse({ strategy: { mode: "fallback" }, targets: [{ provider: "openai" }, { provider: "groq" }] });
    const { calls, failed } = simulate(config, { openai: { failureShare: () => 0.1, firstByteMs: 1 }, groq: fine });
    expect([sum(calls["openai"]), sum(failed)]).toEqual([10_000, 0]);
  });

  it("go to the fastest, and notice when another becomes faster", () => {
    const config = callConfigSchema.parse({
      strategy: { mode: "fastest" },
      targets: [{ provider: "openai" }, { provider: "deepinfra" }, { provider: "groq" }],
    });
    const { calls } = simulate(config, {
      openai: { ...fine, firstByteMs: 800 },
      deepinfra: { ...fine, firstByteMs: 400 },
      groq: { ...fine, firstByteMs: 50 },
    });
    expect(sum(calls["groq"]) / 10_000).toBeGreaterThan(0.9);
    // The others are still measured.
    expect(sum(calls["openai"])).toBeGreaterThan(50);
    const slows = simulate(config, {
      openai: { ...fine, firstByteMs: 800 },
      deepinfra: { ...fine, firstByteMs: 400 },
      groq: { failureShare: (second) => (second < 500 ? 0 : 1), firstByteMs: 50 },
    });
    expect(slows.calls["deepinfra"]?.[9]).toBeGreaterThan(900);
  });
});
