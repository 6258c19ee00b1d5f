import type { ReactNode } from "react";
import type { GrantInfo } from "#shared/contract/grants.ts";
import type { Budget } from "#shared/schema/grant.ts";
import { useNow } from "../../parts/ago.tsx";
import { Meter } from "../../parts/meter.tsx";
import { formatAgo, formatCount, formatMoney } from "../../text/format.ts";
import { type TextKey, type Texts, useText } from "../../text/texts.ts";

const microPerDollar = 1_000_000;
const periods: Readonly<Record<Budget["per"], TextKey<Texts["tools"]>>> = { day: "periodDay", week: "periodWeek", month: "periodMonth" };

/** What is spent of one budget, and when it begins anew. */
export function BudgetMeter({ budget }: { readonly budget: GrantInfo["spent"][number] }): ReactNode {
  const say = useText("tools");
  const nowMs = useNow();
  const { unit, amount, per, spent } = budget;
  const when = formatAgo(beginsAnewMs(per, nowMs), nowMs);
  const words =
    unit === "usd"
      ? say("budgetUsd", { spent: formatMoney(spent * microPerDollar), amount: formatMoney(amount * microPerDollar), when })
      : say("budgetTokens", { spent: formatCount(spent), amount: formatCount(amount), when });
  return <Meter label={say("budgetOf", { period: say(periods[per]) })} words={words} used={spent} total={amount} />;
}

/** Budgets are counted by the days of this machine's time zone; weeks begin on Monday. */
function beginsAnewMs(per: Budget["per"], nowMs: number): number {
  const now = new Date(nowMs);
  const [year, month, day] = [now.getFullYear(), now.getMonth(), now.getDate()];
  if (per === "month") return new Date(year, month + 1, 1).getTime();
  const toMonday = 7 - ((now.getDay() + 6) % 7);
  return new Date(year, month, day + (per === "week" ? toMonday : 1)).getTime();
}
