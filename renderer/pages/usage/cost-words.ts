import type { UsageGroup } from "#shared/contract/usage.ts";
import { formatMoney, unknownText } from "../../text/format.ts";

/** What calls cost: "≥" where some have no known price, and a dash where that is all there is to say. */
export function costWords({ costMicroUsd, unpricedCalls }: Pick<UsageGroup, "costMicroUsd" | "unpricedCalls">): string {
  if (unpricedCalls === 0 || costMicroUsd === null) return formatMoney(costMicroUsd);
  return costMicroUsd === 0 ? unknownText : `≥ ${formatMoney(costMicroUsd)}`;
}
