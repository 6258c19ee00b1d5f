import type { UsageGroup } from "#shared/contract/usage.ts";
import { formatMoney } from "../../text/format.ts";

/** What calls cost, with a "≥" where some of them have no known price. */
export function costWords({ costMicroUsd, unpricedCalls }: Pick<UsageGroup, "costMicroUsd" | "unpricedCalls">): string {
  return `${unpricedCalls > 0 && costMicroUsd !== null ? "≥ " : ""}${formatMoney(costMicroUsd)}`;
}
