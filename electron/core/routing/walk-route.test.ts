import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PosternError, type ErrorCode } from "#shared/errors.ts";
import { type CallConfig, callConfigSchema } from "#shared/schema/routing.ts";
import { routeCall, routeWorld } from "../../../test/fakes/route-world.ts";
import { planTree } from "./plan-tree.ts";
import type { RouteRow } from "./route-types.ts";
import { type PlannedTry, startWalk, type TryFailure, type Walk } from "./walk-route.ts";

const status = (code: number, retryAfterMs: number | null = null): TryFailure => ({ status: code, error: null, retryAfterMs });
const own = (code: ErrorCode): TryFailure => {
  const error = new PosternError(code, "");
  return { status: error.status, error, retryAfterMs: null };
};

function walkOf(config: unknown, tools: { monotonicMs?: () => number } = {}): Walk<RouteRow> {
  const route = planTree(routeCall({ model: "m", config: callConfigSchema.parse(config) as CallConfig }), routeWorld());
  return startWalk(route, { random: () => 1, monotonicMs: () => 0, ...tools });
}

const name = (tried: PlannedTry<RouteRow> | null): string =>
  tried === null
    ? "end"
    : `${tried.target.model}${tried.retry === 0 ? "" : `#${tried.retry}`}${tried.delayMs === 0 ? "" : ` +${tried.delayMs}`}`;

/** The tries that a walk hands out when its tries fail so, one after the other. */
function walk(config: unknown, failures: readonly TryFailure[]): string {
  const found = walkOf(config);
  let tried = found.next(null);
  const tries = [name(tried)];
  for (const failure of failures) {
    if (tried === null) break;
    tried = found.next({ tried, failure });
    tries.push(name(tried));
  }
  return tries.join(" ");
}

const target = (model: string, fields: object = {}): object => ({ provider: "openai", model, ...fields });
const fallback = (codes: number[] | null, ...targets: object[]): object => ({
  strategy: { mode: "fallback", ...(codes === null ? {} : { on_status_codes: codes }) },
  targets,
});

describe("startWalk()", () => {
  it.each<[string, object, TryFailure[], string]>([
    ["one target, once", target("a"), [status(500)], "a end"],
    [
      "retries with growing pauses, then gives up",
      target("a", { retry: { attempts: 2 } }),
      [status(500), status(503), status(500)],
      "a a#1 +500 a#2 +1000 end",
    ],
    ["no retry for what it cannot help", target("a", { retry: { attempts: 2 } }), [status(400)], "a end"],
    [
      "only the statuses that the config names",
      target("a", { retry: { attempts: 2, on_status_codes: [418] } }),
      [status(418), status(500)],
      "a a#1 +500 end",
    ],
    ["the provider's own pause", target("a", { retry: { attempts: 1 } }), [status(429, 1_234)], "a a#1 +1234"],
    ["no wait for more than a minute", target("a", { retry: { attempts: 1 } }), [status(429, 60_001)], "a end"],
    ["a lost connection is retried", target("a", { retry: { attempts: 1 } }), [own("upstream_unreachable")], "a a#1 +500"],
    ["its own time limit only where 408 is listed", target("a", { retry: { attempts: 1 } }), [own("deadline_exceeded")], "a end"],
    ["and there it is", target("a", { retry: { attempts: 1, on_status_codes: [408] } }), [own("deadline_exceeded")], "a a#1 +500"],
    [
      "the next target after any failure",
      fallback(null, target("a"), target("b"), target("c")),
      [status(400), own("upstream_timeout"), status(500)],
      "a b c end",
    ],
    [
      "the next after its retries",
      fallback(null, target("a", { retry: { attempts: 1 } }), target("b")),
      [status(500), status(500), status(500)],
      "a a#1 +500 b end",
    ],
    ["nothing after a status that is not listed", fallback([429], target("a"), target("b")), [status(500)], "a end"],
    ["the next after one that is", fallback([429], target("a"), target("b")), [status(429)], "a b"],
    ["no answer counts as the 5xx that is listed", fallback([500], target("a"), target("b")), [own("upstream_unreachable")], "a b"],
    ["but not as a 429", fallback([429], target("a"), target("b")), [own("upstream_unreachable")], "a end"],
    [
      "a time limit of the config's is 408 and nothing else",
      fallback([500], target("a"), target("b")),
      [own("deadline_exceeded")],
      "a end",
    ],
    [
      "a target that could not be asked is passed over whatever the codes say",
      fallback([429], target("a"), target("b")),
      [own("key_origin_mismatch")],
      "a b",
    ],
    ["nothing more after a mistake of the client's", fallback(null, target("a"), target("b")), [own("invalid_value")], "a end"],
    [
      "an inner failure is judged by the strategy around it",
      fallback([503], fallback([429], target("a"), target("b")), target("c")),
      [status(503)],
      "a c",
    ],
    [
      "an inner strategy goes through its own first",
      fallback([429], fallback([429], target("a"), target("b")), target("c")),
      [status(429), status(429), status(429)],
      "a b c end",
    ],
    ["what neither lists ends it", fallback([429], fallback([503], target("a"), target("b")), target("c")), [status(500)], "a end"],
    ["loadbalance does not fail over", { strategy: { mode: "loadbalance" }, targets: [target("a"), target("b")] }, [status(500)], "a end"],
    [
      "but the fallback around it does",
      fallback(null, { strategy: { mode: "loadbalance" }, targets: [target("a"), target("b")] }, target("c")),
      [status(500)],
      "a c",
    ],
    ["cheapest goes on like a fallback", { strategy: { mode: "cheapest" }, targets: [target("a"), target("b")] }, [status(500)], "a b"],
  ])("%s", (_name, config, failures, expected) => {
    expect(walk(config, failures)).toBe(expected);
  });

  it("counts retries as Portkey does: those of the last target, and -1 when they are used up or not waited for", () => {
    const counts = (config: object, failures: readonly TryFailure[]): number[] => {
      const found = walkOf(config);
      let tried = found.next(null);
      return failures.map((failure) => {
        if (tried !== null) tried = found.next({ tried, failure });
        return found.retryCount;
      });
    };
    expect(counts(target("a", { retry: { attempts: 2 } }), [status(500), status(500), status(500)])).toEqual([1, 2, -1]);
    expect(counts(target("a", { retry: { attempts: 2 } }), [status(429, 90_000)])).toEqual([-1]);
    expect(counts(target("a"), [status(500)])).toEqual([0]);
    expect(counts(target("a", { retry: { attempts: 2 } }), [status(500), status(400)])).toEqual([1, 1]);
    expect(counts(fallback(null, target("a", { retry: { attempts: 1 } }), target("b")), [status(500), status(500), status(500)])).toEqual([
      1, 0, 0,
    ]);
  });

  it("tells the log what was tried, how it ended and why it went on", () => {
    const found = walkOf(fallback([500], target("a", { retry: { attempts: 1 } }), target("b"), target("c")));
    let tried = found.next(null);
    for (const failure of [status(500), status(500), status(404)]) if (tried !== null) tried = found.next({ tried, failure });
    expect(found.ends.map(({ optionPath, retry, status: code, followedBy, why }) => [optionPath, retry, code, followedBy, why])).toEqual([
      ["config.targets[0]", 0, 500, "retry", "tried again after 500 ms"],
      ["config.targets[0]", 1, 500, "next", "went on to config.targets[1]"],
      ["config.targets[1]", 0, 404, "stop", "this status does not move on"],
    ]);
    expect(found.target?.optionPath).toBe("config.targets[1]");
    expect(tried === null && found.next(null)).toBeNull();
  });

  it("keeps to the deadline over all attempts: no pause beyond it, no try after it, and what is left as the limit", () => {
    let nowMs = 1_000;
    const config = {
      ...fallback(null, target("a", { retry: { attempts: 3 } }), target("b"), target("c", { request_timeout: 10 })),
      deadline: 2_000,
    };
    const found = walkOf(config, { monotonicMs: () => nowMs });
    const first = found.next(null) as PlannedTry<RouteRow>;
    expect(first).toMatchObject({ timeoutMs: 2_000, isDeadline: true });
    nowMs = 2_000;
    // 500 ms of pause would do, 3,000 would not.
    const second = found.next({ tried: first, failure: status(429, 3_000) }) as PlannedTry<RouteRow>;
    expect([name(second), second.timeoutMs]).toEqual(["b", 1_000]);
    const third = found.next({ tried: second, failure: status(500) }) as PlannedTry<RouteRow>;
    expect(third).toMatchObject({ timeoutMs: 10, isDeadline: false });
    nowMs = 3_000;
    expect(found.next({ tried: third, failure: status(500) })).toBeNull();
  });

  it("goes past a target whose own deadline is over", () => {
    let nowMs = 0;
    const found = walkOf(fallback(null, target("a"), target("b", { deadline: 100 }), target("c")), { monotonicMs: () => nowMs });
    const first = found.next(null) as PlannedTry<RouteRow>;
    nowMs = 100;
    expect(name(found.next({ tried: first, failure: status(500) }))).toBe("c");
  });

  it("asks another target beside a slow one, as many as the config allows, and goes on when the last has failed", () => {
    const found = walkOf({
      ...fallback([500], target("a", { retry: { attempts: 3 } }), target("b"), target("c"), target("d")),
      hedge: { after_ms: 100, max: 2 },
    });
    const first = found.next(null) as PlannedTry<RouteRow>;
    const second = found.beside() as PlannedTry<RouteRow>;
    const third = found.beside() as PlannedTry<RouteRow>;
    expect([first, second, third, found.beside()].map(name)).toEqual(["a", "b", "c", "end"]);
    found.lost({ tried: third, failure: status(500) });
    found.lost({ tried: second, failure: status(500) });
    // The first target's retries are not used any more: others have been asked since.
    const fourth = found.next({ tried: first, failure: status(500) });
    expect(name(fourth)).toBe("d");
    expect(found.ends.map(({ followedBy }) => followedBy)).toEqual(["wait", "wait", "next"]);
    // At the last target there is nothing to ask beside it.
    expect(found.beside()).toBeNull();
    expect(found.target?.model).toBe("d");
  });

  it("asks nothing beside a target whose config does not want it", () => {
    const found = walkOf(fallback(null, target("a"), target("b")));
    found.next(null);
    expect(found.beside()).toBeNull();
  });

  it("ends after finitely many tries, never hands out a target twice in a row but as its retry, and never more retries than allowed", () => {
    const leaf = fc.record({ provider: fc.constant("openai"), model: fc.uuid(), retry: fc.record({ attempts: fc.nat(3) }) });
    const tree = fc.letrec<{ node: object }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 3 },
        leaf,
        fc.record({
          strategy: fc.record({
            mode: fc.constantFrom("fallback", "loadbalance", "single", "cheapest", "fastest"),
            on_status_codes: fc.subarray([429, 500, 503]),
          }),
          targets: fc.array(tie("node"), { minLength: 1, maxLength: 4 }),
        }),
      ),
    })).node;
    const failure = fc.oneof(
      fc.constantFrom(400, 429, 500, 503).map((code) => status(code)),
      fc.constantFrom<ErrorCode>("upstream_unreachable", "upstream_timeout", "deadline_exceeded", "key_origin_mismatch").map(own),
    );
    fc.assert(
      fc.property(tree, fc.infiniteStream(failure), (config, failures) => {
        const found = walkOf(config);
        const seen = new Map<string, number>();
        let tried = found.next(null);
        for (let count = 0; tried !== null; count++) {
          expect(count).toBeLessThan(2_000);
          const { optionPath, retries } = tried.target;
          expect(tried.retry).toBe(seen.has(optionPath) ? (seen.get(optionPath) as number) + 1 : 0);
          expect(tried.retry).toBeLessThanOrEqual(retries);
          seen.set(optionPath, tried.retry);
          tried = found.next({ tried, failure: failures.next().value as TryFailure });
        }
      }),
      { numRuns: 200 },
    );
  });
});
