import { describe, expect, it } from "vitest";
import type { Strategy } from "#shared/schema/routing-strategy.ts";
import { callInputs } from "../../../test/fakes/route-world.ts";
import { drawByKey, drawByWeight, stickyKey } from "./draw-target.ts";

const candidates = [1, 2, 3, 4].map((weight) => ({ id: `config.targets[${weight - 1}]`, weight }));
const keys = Array.from({ length: 10_000 }, (_, index) => `["user-${index}"]`);

function shares(draws: readonly number[]): number[] {
  return candidates.map((_, index) => draws.filter((draw) => draw === index).length / draws.length);
}

describe("drawByWeight()", () => {
  it("gives each its share, to the edges", () => {
    const draws = Array.from({ length: 10_000 }, (_, index) => drawByWeight(candidates, index / 10_000));
    expect(shares(draws)).toEqual([0.1, 0.2, 0.3, 0.4]);
    expect([drawByWeight(candidates, 0), drawByWeight(candidates, 1 - 2 ** -53)]).toEqual([0, 3]);
  });
});

describe("drawByKey()", () => {
  it("gives each about its share", () => {
    for (const [index, share] of shares(keys.map((key) => drawByKey(candidates, key))).entries()) {
      expect(Math.abs(share - (index + 1) / 10)).toBeLessThan(0.02);
    }
  });

  it("moves nobody but those whose target went, and them to all of the others", () => {
    const before = keys.map((key) => drawByKey(candidates, key));
    const left = candidates.filter((_, index) => index !== 2);
    const after = keys.map((key) => candidates.indexOf(left[drawByKey(left, key)] as (typeof candidates)[number]));
    expect(after.filter((index, at) => index !== before[at] && before[at] !== 2)).toEqual([]);
    expect(new Set(after.filter((_, at) => before[at] === 2))).toEqual(new Set([0, 1, 3]));
  });
});

describe("stickyKey()", () => {
  const strategy = (sticky: Strategy["sticky"]): Strategy => ({ mode: "loadbalance", sticky });
  const by = (place: string, fields: Parameters<typeof callInputs>[0]): string | null =>
    stickyKey(strategy({ by: place }), callInputs(fields), 0);

  it.each<[string, string, Parameters<typeof callInputs>[0], string | null]>([
    ["OpenAI's user", "user", { params: { user: "u" } }, '["u"]'],
    ["Anthropic's user", "user", { params: { metadata: { user_id: "u" } } }, '["u"]'],
    ["Portkey's user", "user", { metadata: { _user: "u" } }, '["u"]'],
    ["no user", "user", {}, null],
    ["an empty user", "user", { params: { user: "" } }, null],
    ["a value of the metadata", "metadata.team", { metadata: { team: 7 } }, '["7"]'],
    ["a header", "headers.X-Team", { headers: { "x-team": "t" } }, '["t"]'],
    ["OpenAI's cache key", "conversation", { params: { prompt_cache_key: "c", messages: ["x"] } }, '["c"]'],
    ["Codex's session", "conversation", { headers: { session_id: "s" }, params: { input: "x" } }, '["s"]'],
  ])("reads %s", (_name, place, fields, expected) => {
    expect(by(place, fields)).toBe(expected);
  });

  it("knows a conversation by what it began with, whatever was said since", () => {
    const system = { role: "system", content: "Be brief." };
    const turn = (text: string): object => ({ role: "user", content: text });
    const key = (...messages: object[]): string | null => by("conversation", { params: { messages } });
    expect(key(system, turn("a"))).toBe(key(system, turn("a"), turn("b"), turn("c")));
    expect(key(system, turn("a"))).not.toBe(key(system, turn("b")));
  });

  it("takes all of Portkey's hash_fields together, and nothing where it is switched off", () => {
    const inputs = callInputs({ metadata: { a: "1" } });
    expect(stickyKey(strategy({ hash_fields: ["metadata.a", "metadata.b"] }), inputs, 0)).toBe('["1",null]');
    expect(stickyKey(strategy({ hash_fields: ["metadata.b"] }), inputs, 0)).toBeNull();
    expect(stickyKey(strategy({ hash_fields: ["metadata.a"], enabled: false }), inputs, 0)).toBeNull();
    expect(stickyKey({ mode: "loadbalance", sticky_session: { hash_fields: ["metadata.a"] } }, inputs, 0)).toBe('["1"]');
  });

  it("changes once in its time to live, not for all at the same moment", () => {
    const changes = ["a", "b", "c", "d"].map((user) => {
      const at = (nowMs: number): string | null => stickyKey(strategy({ by: "user", ttl: 60 }), callInputs({ params: { user } }), nowMs);
      const moments = Array.from({ length: 120 }, (_, second) => second).filter(
        (second) => at(second * 1_000) !== at((second + 1) * 1_000),
      );
      expect(moments).toHaveLength(2);
      return moments[0];
    });
    expect(new Set(changes).size).toBeGreaterThan(1);
  });
});
