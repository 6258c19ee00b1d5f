import type { ReactNode } from "react";
import type { KeyDetail } from "#shared/contract/keys.ts";
import { formatMoney, unknownText } from "../../text/format.ts";
import { useText } from "../../text/texts.ts";

/** What some keys came to this month, and when one of them was used last. */
export interface KeySums {
  readonly calls: number;
  readonly costMicroUsd: number | null;
  readonly unpricedCalls: number;
  readonly lastUsedAtMs: number | null;
}

/** Sums up keys. What nobody knows of any of them stays unknown. */
export function sumKeys(keys: readonly KeyDetail[]): KeySums {
  const known = keys.flatMap(({ month }) => (month.costMicroUsd === null ? [] : [month.costMicroUsd]));
  const times = keys.flatMap(({ lastUsedAtMs }) => (lastUsedAtMs === null ? [] : [lastUsedAtMs]));
  return {
    calls: keys.reduce((sum, { month }) => sum + month.calls, 0),
    costMicroUsd: keys.length > 0 && known.length === 0 ? null : known.reduce((sum, cost) => sum + cost, 0),
    unpricedCalls: keys.reduce((sum, { month }) => sum + month.unpricedCalls, 0),
    lastUsedAtMs: times.length === 0 ? null : Math.max(...times),
  };
}

/** Money, with a sign that there are requests beside it whose price nobody knows. */
export function Cost({ sums }: { readonly sums: Pick<KeySums, "costMicroUsd" | "unpricedCalls"> }): ReactNode {
  const say = useText("keys");
  const words = sums.costMicroUsd === null ? unknownText : formatMoney(sums.costMicroUsd);
  if (sums.unpricedCalls === 0) return <>{words}</>;
  const more = say("unpriced", { count: sums.unpricedCalls });
  return (
    <span title={more}>
      {words}
      {sums.costMicroUsd === null ? null : "+"}
      <span className="sr-only"> ({more})</span>
    </span>
  );
}
