import type { ReactNode } from "react";
import { useLiveEvent } from "../../data/live.ts";
import { useAdmin } from "../../data/queries.ts";
import { StatusDot } from "../../parts/badge.tsx";
import { Fact } from "../../parts/fact.tsx";
import { hashOf } from "../../shell/navigation.ts";
import { formatCount, formatDuration, formatMoney, unknownText } from "../../text/format.ts";
import { useText } from "../../text/texts.ts";

/** What the log says of one call, as soon as it has it. */
export function CallReceipt({ traceId }: { readonly traceId: string }): ReactNode {
  const say = useText("firstRun");
  const { data, refetch } = useAdmin("listCalls", { query: { trace: traceId, limit: 1 } });
  const row = data?.calls[0];
  useLiveEvent("call-finished", () => {
    if (row === undefined) void refetch();
  });
  if (row === undefined) return null;
  const isGood = row.ending === "finished";
  const inputs = [row.uncachedInputTokens, row.cacheReadTokens, row.cacheWriteTokens].filter((count) => count !== null);
  const input = inputs.length === 0 ? null : inputs.reduce((sum, count) => sum + count, 0);
  return (
    <div
      role="status"
      ref={(receipt) => receipt?.scrollIntoView({ block: "nearest" })}
      className="animate-appear scroll-mb-6 border-t border-line px-4 py-3"
    >
      <div className="mb-2 flex items-center justify-between gap-3">
        <h3 className="text-small font-medium text-ink-muted">{say("testReceipt")}</h3>
        <a
          href={hashOf("activity")}
          className="inline-flex min-h-6 items-center rounded-control text-small text-accent-ink hover:underline"
        >
          {say("receiptSeeAll")}
        </a>
      </div>
      <dl className="grid grid-cols-3 gap-x-4 gap-y-3 text-small">
        <Fact name={say("receiptModel")}>
          <span className="font-mono break-all">{row.modelServed ?? row.modelAsked ?? unknownText}</span>
        </Fact>
        <Fact name={say("receiptProvider")}>
          {row.provider ?? unknownText}
          {row.keyName === null ? null : <span className="text-ink-muted"> · {row.keyName}</span>}
        </Fact>
        <Fact name={say("receiptStatus")}>
          <span className="inline-flex items-center gap-2">
            <StatusDot tone={isGood ? "ok" : "bad"} />
            {row.status ?? unknownText}
          </span>
        </Fact>
        <Fact name={say("receiptTokens")}>
          {input === null && row.outputTokens === null
            ? unknownText
            : say("receiptTokensValue", { input: formatCount(input), output: formatCount(row.outputTokens) })}
        </Fact>
        <Fact name={say("receiptFirst")}>
          {formatDuration(row.firstByteMs)} <span className="text-ink-muted">/ {formatDuration(row.totalMs)}</span>
        </Fact>
        <Fact name={say("receiptCost")}>
          <span className="font-medium">
            {row.costMicroUsd === null && isGood ? say("receiptCostUnknown") : formatMoney(row.costMicroUsd)}
          </span>
        </Fact>
      </dl>
    </div>
  );
}
