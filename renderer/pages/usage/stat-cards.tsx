import { ArrowDown, ArrowUp } from "lucide-react";
import type { ReactNode } from "react";
import type { UsageGroup, UsageSeries } from "#shared/contract/usage.ts";
import { formatCompact, formatCount, formatDuration, formatMoney, formatShare } from "../../text/format.ts";
import { useText } from "../../text/texts.ts";
import { tokensOf } from "./chart-data.ts";
import { costWords } from "./cost-words.ts";

/** What the whole period comes to, each figure with how it changed against the period before. */
export function StatCards({ usage: { total, before } }: { readonly usage: UsageSeries }): ReactNode {
  const say = useText("usage");
  const input = total.tokens.uncachedInput + total.tokens.cacheRead + total.tokens.cacheWrite;
  const cost = (group: UsageGroup): number | null => group.costMicroUsd;
  return (
    <div className="grid grid-cols-2 gap-3 @min-[640px]:grid-cols-3 @min-[1000px]:grid-cols-6">
      <Stat
        label={say("statCost")}
        value={costWords(total)}
        change={<Change now={cost(total)} before={cost(before)} />}
        note={total.unpricedCalls === 0 ? null : say("statUnpriced", { count: total.unpricedCalls })}
      />
      <Stat
        label={say("statCalls")}
        value={formatCount(total.calls)}
        change={<Change now={total.calls} before={before.calls} />}
        note={total.cacheHits === 0 ? null : say("statCacheHits", { count: total.cacheHits })}
      />
      <Stat
        label={say("statTokens")}
        value={formatCompact(tokensOf(total))}
        change={<Change now={tokensOf(total)} before={tokensOf(before)} />}
        note={say("statInOut", { input: formatCompact(input), output: formatCompact(total.tokens.output) })}
      />
      <Stat
        label={say("statSaved")}
        value={formatMoney(total.savedMicroUsd)}
        change={<Change now={total.savedMicroUsd} before={before.savedMicroUsd} />}
        note={input === 0 ? null : say("statCached", { share: formatShare(total.tokens.cacheRead / input) })}
      />
      <Stat
        label={say("statErrors")}
        value={formatShare(total.errorRate)}
        change={<Change now={total.errorRate} before={before.calls === 0 ? null : before.errorRate} isRate />}
        note={say("statErrorCount", { count: total.errors })}
      />
      <Stat
        label={say("statFirstByte")}
        value={formatDuration(total.firstByteMs.p50)}
        change={<Change now={total.firstByteMs.p50} before={before.firstByteMs.p50} />}
        note={total.firstByteMs.p95 === null ? null : say("statP95", { time: formatDuration(total.firstByteMs.p95) })}
      />
    </div>
  );
}

function Stat({
  label,
  value,
  change,
  note,
}: {
  readonly label: string;
  readonly value: string;
  readonly change: ReactNode;
  readonly note: string | null;
}): ReactNode {
  return (
    <div role="group" aria-label={label} className="flex min-w-0 flex-col rounded-card border border-line bg-surface px-4 py-3 shadow-card">
      <h2 className="text-small text-ink-muted">{label}</h2>
      <p className="mt-1 truncate text-title font-semibold tracking-tight" title={value}>
        {value}
      </p>
      <p className="mt-1 flex min-h-4 flex-wrap items-center gap-x-2 text-small text-ink-muted">{change}</p>
      <p className="line-clamp-2 min-h-4 text-small text-ink-muted" title={note ?? undefined}>
        {note}
      </p>
    </div>
  );
}

/** Neither good nor bad by itself: who spends more may have done more. */
function Change({
  now,
  before,
  isRate = false,
}: {
  readonly now: number | null;
  readonly before: number | null;
  readonly isRate?: boolean;
}): ReactNode {
  const say = useText("usage");
  if (now === null || before === null || (before === 0 && !isRate)) return <span>{say("changeNone")}</span>;
  const share = isRate ? now - before : (now - before) / Math.abs(before);
  if (Math.abs(share) < 0.0005) return <span>{say("changeSame")}</span>;
  const Arrow = share > 0 ? ArrowUp : ArrowDown;
  const size = formatShare(Math.min(Math.abs(share), 99.99));
  return (
    <span className="inline-flex items-center gap-0.5 text-ink-soft">
      <Arrow aria-hidden="true" className="size-3" />
      <span className="sr-only">{say(share > 0 ? "changeMore" : "changeLess")} </span>
      {isRate ? say("changePoints", { share: size }) : size}
      <span className="sr-only"> {say("changeBefore")}</span>
    </span>
  );
}
