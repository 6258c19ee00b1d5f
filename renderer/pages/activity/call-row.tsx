import { memo, type ReactNode } from "react";
import type { LoggedCall } from "#shared/contract/calls.ts";
import { Badge, StatusDot } from "../../parts/badge.tsx";
import { classNames } from "../../parts/class-names.ts";
import { formatCompact, formatDuration, formatMoment, formatMoney, unknownText } from "../../text/format.ts";
import { useText } from "../../text/texts.ts";
import { formatRowTime } from "./row-time.ts";
import { verdicts } from "./verdict.ts";

/** Of every row, in pixels. */
export const rowHeight = 36;

/** The columns of a row: all nine where there is room, the six that matter most where there is not. */
export const gridClasses =
  "grid items-center gap-x-3 px-6 grid-cols-[72px_minmax(0,1fr)_minmax(0,1.7fr)_minmax(0,128px)_72px_64px] @min-[860px]:grid-cols-[72px_minmax(0,1fr)_minmax(0,1.8fr)_minmax(0,0.8fr)_minmax(0,132px)_104px_72px_68px_64px]";

const wide = "hidden @min-[860px]:block";

/** Where each column's words stand. */
export const columnClasses = {
  time: "",
  tool: "",
  model: "",
  provider: wide,
  status: "",
  tokens: classNames(wide, "text-right"),
  cost: "text-right",
  firstByte: classNames(wide, "text-right"),
  total: "text-right",
} as const;

interface CallRowProps {
  readonly call: LoggedCall;
  /** From the top of the list, in pixels. */
  readonly top: number;
  readonly rowIndex: number;
  readonly isCurrent: boolean;
  readonly onOpen: (id: number) => void;
  readonly onFocus: (id: number) => void;
}

/** One call in a line. */
export const CallRow = memo(function CallRow({ call, top, rowIndex, isCurrent, onOpen, onFocus }: CallRowProps): ReactNode {
  const say = useText("activity");
  const tool = call.tool ?? say("unknownTool");
  return (
    <div
      role="row"
      aria-rowindex={rowIndex}
      data-call={call.id}
      tabIndex={isCurrent ? 0 : -1}
      onClick={() => onOpen(call.id)}
      onFocus={() => onFocus(call.id)}
      className={classNames(
        gridClasses,
        "absolute inset-x-0 cursor-default border-b border-line/60 outline-offset-[-2px] hover:bg-hover",
        isCurrent && "focus-visible:bg-hover",
      )}
      style={{ height: rowHeight, top }}
    >
      <div role="gridcell" title={formatMoment(call.startedAtMs)} className={classNames("truncate text-ink-muted", columnClasses.time)}>
        {formatRowTime(call.startedAtMs)}
      </div>
      <div role="gridcell" title={tool} className={classNames("truncate font-medium", columnClasses.tool)}>
        {tool}
      </div>
      <div role="gridcell" className={classNames("flex min-w-0 items-center gap-2", columnClasses.model)}>
        <ModelWords alias={call.alias} model={call.modelServed ?? call.modelAsked} />
        {call.attempts.length > 1 ? <Badge tone="warn">{say("tries", { count: call.attempts.length })}</Badge> : null}
        {call.cacheStatus === "HIT" ? <Badge tone="accent">{say("cached")}</Badge> : null}
      </div>
      <div role="gridcell" className={classNames("truncate text-ink-soft", columnClasses.provider)}>
        {call.provider ?? unknownText}
      </div>
      <div role="gridcell" className={classNames("flex min-w-0 items-center gap-2", columnClasses.status)}>
        <StatusWords call={call} />
      </div>
      <div role="gridcell" className={classNames("truncate text-ink-soft", columnClasses.tokens)}>
        {formatCompact(inputOf(call))} <span className="text-ink-muted">/</span> {formatCompact(call.outputTokens)}
      </div>
      <div role="gridcell" className={classNames("truncate", columnClasses.cost)}>
        {formatMoney(call.costMicroUsd)}
      </div>
      <div role="gridcell" className={classNames("truncate text-ink-soft", columnClasses.firstByte)}>
        {formatDuration(call.firstByteMs)}
      </div>
      <div role="gridcell" className={classNames("truncate text-ink-soft", columnClasses.total)}>
        {formatDuration(call.totalMs)}
      </div>
    </div>
  );
});

/** What was asked for and what answered: `fast → gpt-4o`. */
export function ModelWords({ alias, model }: { readonly alias: string | null; readonly model: string | null }): ReactNode {
  const say = useText("activity");
  const name = model ?? say("noModel");
  return (
    <span className="min-w-0 truncate" title={alias === null ? name : `${alias} → ${name}`}>
      {alias === null || alias === name ? null : (
        <>
          <span className="text-ink">{alias}</span> <span className="text-ink-muted">→</span>{" "}
        </>
      )}
      <span className={alias === null ? "text-ink" : "text-ink-soft"}>{name}</span>
    </span>
  );
}

/** How it ended, as a dot and words. */
export function StatusWords({ call }: { readonly call: Pick<LoggedCall, "ending" | "status"> }): ReactNode {
  const say = useText("activity");
  const { tone, words } = verdicts[call.ending];
  return (
    <>
      <StatusDot tone={tone} />
      <span className="truncate">
        {call.status === null ? null : <span className={call.ending === "finished" ? "text-ink-soft" : "text-ink"}>{call.status} </span>}
        {call.ending === "finished" && call.status !== null ? (
          <span className="sr-only">{say(words)}</span>
        ) : (
          <span className="text-ink-soft">{say(words)}</span>
        )}
      </span>
    </>
  );
}

/** All input, what came of a cache among it; null where nobody counted. */
export function inputOf({ uncachedInputTokens, cacheReadTokens, cacheWriteTokens }: LoggedCall): number | null {
  return uncachedInputTokens === null ? null : uncachedInputTokens + (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0);
}
