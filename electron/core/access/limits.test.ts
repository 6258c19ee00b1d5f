import { describe, expect, it } from "vitest";
import { PosternError } from "#shared/errors.ts";
import { type Budget, type Permissions, permissionsSchema } from "#shared/schema/grant.ts";
import type { Store } from "#core/store/store.ts";
import { authorise } from "./authorise.ts";
import { openGrants, type ToolGrant } from "./grants.ts";
import { openRateLimits } from "./rate-limits.ts";
import { openSpending } from "./spending.ts";

const dayMs = 86_400_000;

/** Wednesday, 2026-11-18, noon, at this machine's place. */
function fakeClock() {
  let nowMs = new Date(2026, 10, 18, 12).getTime();
  let monotonicMs = 0;
  return {
    nowMs: () => nowMs,
    monotonicMs: () => monotonicMs,
    wait: async () => {},
    set: (ms: number) => void (nowMs = ms),
    pass(ms: number) {
      nowMs += ms;
      monotonicMs += ms;
    },
  };
}

function fakeStore(options: { fails?: boolean } = {}): Store {
  return {
    all: async () => [],
    run: async () => {
      if (options.fails === true) throw new Error("database or disk is full");
      return 1;
    },
    insertMany: async () => 0,
    transaction: async () => {},
    close: async () => {},
  };
}

function tool(permissions: Partial<Permissions>): ToolGrant {
  return {
    id: "id",
    name: "tool",
    kind: "tool",
    permissions: permissionsSchema.parse(permissions),
    keyHint: null,
    createdAtMs: 0,
    once: null,
    state: { ended: null },
  };
}

async function codeOf(promise: Promise<unknown> | (() => unknown)): Promise<string> {
  try {
    await (typeof promise === "function" ? promise() : promise);
    return "ok";
  } catch (error) {
    return error instanceof PosternError ? error.code : String(error);
  }
}

describe("a budget", () => {
  const call = { tokens: 100, microUsd: 1_000_000 };
  const perDay: Budget = { unit: "usd", amount: 1, per: "day" };

  it("is held at once: of fifty that race for one call's, one gets it", async () => {
    const spending = await openSpending(fakeStore(), fakeClock());
    const grant = tool({ budgets: [perDay] });
    const codes = await Promise.all(Array.from({ length: 50 }, () => codeOf(spending.reserve(grant, call))));
    expect([codes.filter((code) => code === "ok").length, codes.filter((code) => code === "insufficient_quota").length]).toEqual([1, 49]);
  });

  it("begins anew with its day, and not with a clock that was set back", async () => {
    const clock = fakeClock();
    const spending = await openSpending(fakeStore(), clock);
    const grant = tool({ budgets: [perDay] });
    await spending.reserve(grant, call);
    const noon = clock.nowMs();
    clock.set(noon - dayMs);
    expect(await codeOf(spending.reserve(grant, call))).toBe("insufficient_quota");
    clock.set(noon + dayMs);
    expect(await codeOf(spending.reserve(grant, call))).toBe("ok");
  });

  it.each<[Budget["per"], number, number]>([
    // From Wednesday: Sunday is in the same week, Monday in the next; the 30th in the same month, the 1st in the next.
    ["week", 4, 5],
    ["month", 12, 13],
  ])("of a %s lasts for %i days from then, and no more", async (per, same, next) => {
    const clock = fakeClock();
    const spending = await openSpending(fakeStore(), clock);
    const grant = tool({ budgets: [{ ...perDay, per }] });
    await spending.reserve(grant, call);
    const noon = clock.nowMs();
    clock.set(noon + same * dayMs);
    expect(await codeOf(spending.reserve(grant, call))).toBe("insufficient_quota");
    clock.set(noon + next * dayMs);
    expect(await codeOf(spending.reserve(grant, call))).toBe("ok");
  });

  it("is charged what a call took, once", async () => {
    const spending = await openSpending(fakeStore(), fakeClock());
    const grant = tool({ budgets: [perDay, { unit: "tokens", amount: 1_000, per: "month" }] });
    const held = await spending.reserve(grant, call);
    held.settle({ tokens: 40, microUsd: 250_000 });
    held.settle({ tokens: 0, microUsd: 0 });
    expect([spending.spent("id", perDay), spending.spent("id", { unit: "tokens", amount: 1_000, per: "month" })]).toEqual([0.25, 40]);
    const kept = await spending.reserve(grant, { tokens: 1, microUsd: 500_000 });
    kept.settle(null);
    expect(spending.spent("id", perDay)).toBe(0.75);
  });

  it("that cannot be written down is not spent", async () => {
    const spending = await openSpending(fakeStore({ fails: true }), fakeClock());
    expect(await codeOf(spending.reserve(tool({ budgets: [perDay] }), call))).toBe("budget_unavailable");
    expect(spending.spent("id", perDay)).toBe(0);
  });
});

describe("a rate", () => {
  it("of calls begins anew with its minute, on a clock that nobody can set", async () => {
    const clock = fakeClock();
    const rates = openRateLimits(clock);
    const grant = tool({ requestsPerMinute: 2 });
    const take = (): Promise<string> => codeOf(() => rates.take(grant, 0));
    expect([await take(), await take(), await take()]).toEqual(["ok", "ok", "rate_limit_exceeded"]);
    clock.set(clock.nowMs() + dayMs);
    expect(await take()).toBe("rate_limit_exceeded");
    clock.pass(60_000);
    expect(await take()).toBe("ok");
  });

  it("of tokens counts what calls took, and lets a large one alone through", async () => {
    const rates = openRateLimits(fakeClock());
    const grant = tool({ tokensPerMinute: 100 });
    const settle = rates.take(grant, 500);
    settle(20);
    expect([await codeOf(() => rates.take(grant, 80)), await codeOf(() => rates.take(grant, 1))]).toEqual(["ok", "rate_limit_exceeded"]);
  });
});

describe("a grant", () => {
  const options = (clock: ReturnType<typeof fakeClock>) => ({ clock, environmentKey: undefined, notify: () => {} });

  it("expires when its time comes, tells so, and a clock that was set back does not bring it back", async () => {
    const clock = fakeClock();
    const grants = await openGrants(fakeStore(), options(clock));
    const ended: string[] = [];
    grants.onEnd((id, why) => ended.push(`${id} ${why.code}`));
    const { grant, key } = await grants.add("tool", permissionsSchema.parse({ expiresAtMs: clock.nowMs() + 1_000 }));
    const found = grants.find(key ?? "");
    const enter = (): string =>
      found === null ? "unknown" : (authorise(found, { kind: "endpoint", endpoint: "chat", origin: null })?.code ?? "ok");
    expect([enter(), ended]).toEqual(["ok", []]);
    clock.pass(1_000);
    grants.expire();
    expect([enter(), ended]).toEqual(["invalid_api_key", [`${grant.id} invalid_api_key`]]);
    clock.set(clock.nowMs() - dayMs);
    grants.expire();
    expect(enter()).toBe("invalid_api_key");
    await grants.change("tool", { permissions: permissionsSchema.parse({}) });
    expect(enter()).toBe("ok");
    grants.close();
  });

  it("has a name of its own, also when two are made at once", async () => {
    const grants = await openGrants(fakeStore(), options(fakeClock()));
    const codes = await Promise.all([1, 2].map(() => codeOf(grants.add("tool", permissionsSchema.parse({})))));
    expect(codes.sort()).toEqual(["invalid_value", "ok"]);
    expect(await grants.revoke("tool")).toBe(true);
    expect(await codeOf(grants.add("tool", permissionsSchema.parse({})))).toBe("ok");
  });

  it("is let in for one call, and only within a minute", async () => {
    const clock = fakeClock();
    const grants = await openGrants(fakeStore(), options(clock));
    const { hashLocalKey } = await import("./local-keys.ts");
    grants.allowOnce(hashLocalKey("sk-own"), { id: "once", name: "tool", permissions: permissionsSchema.parse({}) });
    expect(grants.find("sk-own")?.name).toBe("tool");
    clock.pass(60_000);
    expect(grants.find("sk-own")).toBeNull();
  });

  it("that a newer version wrote lets nobody in, and says so", async () => {
    const row = {
      id: "1",
      name: "later",
      kind: "tool",
      key_hash: new Uint8Array(32),
      key_hint: "abcd",
      permissions: '{"later":1}',
      created_at_ms: 0,
    };
    const said: string[] = [];
    const store: Store = { ...fakeStore(), all: async <Row>() => [row] as Row[] };
    const grants = await openGrants(store, { ...options(fakeClock()), notify: (words) => said.push(words) });
    expect([grants.tools.length, said.length]).toEqual([0, 1]);
  });
});
