import { PosternError } from "#shared/errors.ts";
import type { Budget } from "#shared/schema/grant.ts";
import type { Clock } from "#core/platform.ts";
import type { Store } from "#core/store/store.ts";
import type { ToolGrant } from "./grants.ts";

/** What a call takes of a budget. */
export interface Amount {
  /** Of input and output. */
  readonly tokens: number;
  readonly microUsd: number;
}

/** What is held for a call under way. */
export interface Reservation {
  /** Puts what the call took in the place of what was held for it; null leaves what was held. Does not wait; works once. */
  settle(actual: Amount | null): void;
}

/** What grants with a budget have spent, and what is held for their calls under way. */
export interface Spending {
  /**
   * Holds the worst case of a call. It is decided at once, and on disk when this resolves: of calls that race for what is
   * left of a budget only so many get it.
   *
   * @throws {PosternError} `insufficient_quota`, or `budget_unavailable` where it could not be written down
   */
  reserve(grant: ToolGrant, worst: Amount): Promise<Reservation>;
  /** What is spent or held of a budget now: US dollars or tokens. */
  spent(grantId: string, budget: Budget): number;
}

interface SpendingRow {
  grant_id: string;
  day: number;
  tokens: number;
  micro_usd: number;
}

interface Sum {
  tokens: number;
  microUsd: number;
}

const addSql =
  "INSERT INTO grant_spending (grant_id, day, tokens, micro_usd) VALUES (?, ?, ?, ?) ON CONFLICT (grant_id, day) DO UPDATE SET tokens = tokens + excluded.tokens, micro_usd = micro_usd + excluded.micro_usd";
const keptDays = 62;
const dayMs = 86_400_000;
const none: Reservation = { settle: () => {} };

/** Loads what was spent. What an earlier run held and did not settle stays spent: a budget is never under-counted. */
export async function openSpending(store: Pick<Store, "all" | "run">, clock: Pick<Clock, "nowMs">): Promise<Spending> {
  const byGrant = new Map<string, Map<number, Sum>>();
  const rows = await store.all<SpendingRow>("SELECT grant_id, day, tokens, micro_usd FROM grant_spending WHERE day >= ?", [
    localDay(clock.nowMs()) - keptDays,
  ]);
  for (const row of rows) add(row.grant_id, row.day, { tokens: row.tokens, microUsd: row.micro_usd });

  function add(grantId: string, day: number, { tokens, microUsd }: Amount): void {
    let days = byGrant.get(grantId);
    if (days === undefined) byGrant.set(grantId, (days = new Map()));
    const sum = days.get(day);
    if (sum === undefined) {
      for (const old of days.keys()) if (old < day - keptDays) days.delete(old);
      days.set(day, { tokens, microUsd });
    } else {
      sum.tokens += tokens;
      sum.microUsd += microUsd;
    }
  }

  function spent(grantId: string, { unit, per }: Pick<Budget, "unit" | "per">): number {
    const since = beginningOf(per, clock.nowMs());
    let sum = 0;
    // Later days too: a clock that was set back gives nothing back.
    for (const [day, { tokens, microUsd }] of byGrant.get(grantId) ?? none0)
      if (day >= since) sum += unit === "usd" ? microUsd / 1e6 : tokens;
    return Math.max(0, sum);
  }

  return {
    spent,
    async reserve(grant, worst) {
      const { budgets } = grant.permissions;
      if (budgets.length === 0) return none;
      for (const budget of budgets) {
        const takes = budget.unit === "usd" ? worst.microUsd / 1e6 : worst.tokens;
        const already = spent(grant.id, budget);
        // What costs nothing needs nothing that is left.
        if (takes > 0 && already + takes > budget.amount) throw usedUp(grant, budget, { already, takes });
      }
      const day = localDay(clock.nowMs());
      const held: Amount = { tokens: Math.ceil(worst.tokens), microUsd: worst.microUsd };
      add(grant.id, day, held);
      try {
        await store.run(addSql, [grant.id, day, held.tokens, held.microUsd]);
      } catch (error) {
        add(grant.id, day, { tokens: -held.tokens, microUsd: -held.microUsd });
        throw new PosternError(
          "budget_unavailable",
          `Cannot make this call: what it may take of the budget of "${grant.name}" could not be written down; see whether the disk is full`,
          { cause: error },
        );
      }
      let isSettled = false;
      return {
        settle(actual) {
          if (isSettled) return;
          isSettled = true;
          if (actual === null) return;
          const difference = { tokens: Math.round(actual.tokens) - held.tokens, microUsd: actual.microUsd - held.microUsd };
          add(grant.id, day, difference);
          // Where this fails the worst case stays written down, which is on the safe side.
          store.run(addSql, [grant.id, day, difference.tokens, difference.microUsd]).catch(() => {});
        },
      };
    },
  };
}

const none0: ReadonlyMap<number, Sum> = new Map();

function usedUp(grant: ToolGrant, budget: Budget, { already, takes }: { readonly already: number; readonly takes: number }): PosternError {
  const left = Math.max(0, budget.amount - already);
  const say = (amount: number): string =>
    budget.unit === "usd" ? `$${amount.toFixed(amount < 1 ? 4 : 2)}` : `${Math.ceil(amount)} tokens`;
  return new PosternError(
    "insufficient_quota",
    `Cannot make this call: of the ${say(budget.amount)} a ${budget.per} that "${grant.name}" may spend, ${say(left)} are left and the call may take ${say(takes)}; ask for fewer output tokens, wait for the next ${budget.per}, or raise the budget with "postern grant ${grant.name} --budget ..."`,
    // The official SDKs would try it again at once.
    { headers: { "x-should-retry": "false" } },
  );
}

/** Days since 1970-01-01 at this machine's place. */
export function localDay(nowMs: number): number {
  return Math.floor((nowMs - new Date(nowMs).getTimezoneOffset() * 60_000) / dayMs);
}

function beginningOf(per: Budget["per"], nowMs: number): number {
  const day = localDay(nowMs);
  if (per === "day") return day;
  // 1970-01-01 was a Thursday.
  if (per === "week") return day - ((day + 3) % 7);
  return day - (new Date(nowMs).getDate() - 1);
}
