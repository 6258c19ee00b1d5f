import type { ReactNode } from "react";
import type { GrantInfo } from "#shared/contract/grants.ts";
import { useAdmin } from "../../data/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Meter } from "../../parts/meter.tsx";
import { ErrorState, SkeletonRows } from "../../parts/states.tsx";
import { useGo } from "../../shell/navigation.ts";
import { formatCompact, formatMoney } from "../../text/format.ts";
import { type Say, useText } from "../../text/texts.ts";

type Budget = GrantInfo["spent"][number];

const lookAgainMs = 30_000;
const labels = { day: "budgetDay", week: "budgetWeek", month: "budgetMonth" } as const;

/** How much of its budgets each tool has spent. */
export function Budgets(): ReactNode {
  const say = useText("usage");
  const go = useGo();
  const grants = useAdmin("listGrants", {}, { refetchInterval: lookAgainMs });
  const budgets = (grants.data?.grants ?? [])
    .flatMap(({ id, name, spent }) => spent.map((budget) => ({ id, name, budget })))
    .sort((one, other) => shareOf(other.budget) - shareOf(one.budget));
  return (
    <Card title={say("budgets")} className="p-4">
      {grants.isError ? (
        <ErrorState error={grants.error} onRetry={() => void grants.refetch()} />
      ) : grants.data === undefined ? (
        <SkeletonRows rows={3} height={40} />
      ) : budgets.length === 0 ? (
        <div className="flex flex-col items-start gap-3">
          <p className="text-ink-muted">{say("budgetsNone")}</p>
          <Button size="small" onClick={() => go("tools")}>
            {say("budgetsSet")}
          </Button>
        </div>
      ) : (
        <ul className="flex flex-col gap-4">
          {budgets.map(({ id, name, budget }) => (
            <li key={`${id} ${budget.unit} ${budget.per}`}>
              <Meter label={say(labels[budget.per], { name })} words={wordsOf(budget, say)} used={budget.spent} total={budget.amount} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function shareOf({ spent, amount }: Budget): number {
  return spent / amount;
}

function wordsOf({ unit, spent, amount }: Budget, say: Say<"usage">): string {
  if (unit === "usd") return say("budgetWords", { spent: formatMoney(spent * 1e6), amount: formatMoney(amount * 1e6) });
  return say("budgetWords", { spent: formatCompact(spent), amount: say("budgetTokens", { count: formatCompact(amount) }) });
}
