import { LoaderCircle } from "lucide-react";
import type { ReactNode } from "react";
import type { CallUnderWay } from "#shared/contract/calls.ts";
import { Badge } from "../../parts/badge.tsx";
import { classNames } from "../../parts/class-names.ts";
import { formatDuration, unknownText } from "../../text/format.ts";
import { useText } from "../../text/texts.ts";
import { columnClasses, gridClasses, ModelWords, rowHeight } from "./call-row.tsx";
import { formatRowTime } from "./row-time.ts";
import type { ActivitySearch } from "./search.ts";
import { StopCall } from "./stop-call.tsx";

/** What is over sooner would only flicker. */
const shortestMs = 400;
const mostRows = 8;

/** Calls that have no whole answer yet, above the log, each with its clock. */
export function UnderWayRows({
  calls,
  nowMs,
  search,
}: {
  readonly calls: readonly CallUnderWay[];
  readonly nowMs: number;
  readonly search: ActivitySearch;
}): ReactNode {
  const shown = calls.filter((call) => nowMs - call.startedAtMs >= shortestMs && fits(call, search)).slice(0, mostRows);
  return shown.map((call, place) => <UnderWayRow key={call.id} call={call} place={place} nowMs={nowMs} />);
}

function UnderWayRow({ call, place, nowMs }: { readonly call: CallUnderWay; readonly place: number; readonly nowMs: number }): ReactNode {
  const say = useText("activity");
  const provider = call.attempts.at(-1)?.provider ?? call.provider;
  const state = call.firstByteMs !== null ? say("streaming") : provider === null ? say("underWay") : say("waitingFor", { provider });
  return (
    <div role="row" className={classNames(gridClasses, "group border-b border-line/60 bg-accent-soft/40")} style={{ height: rowHeight }}>
      <div role="gridcell" className={classNames("truncate text-ink-muted", columnClasses.time)}>
        {formatRowTime(call.startedAtMs)}
      </div>
      <div role="gridcell" className={classNames("truncate font-medium", columnClasses.tool)}>
        {call.tool ?? say("unknownTool")}
      </div>
      <div role="gridcell" className={classNames("flex min-w-0 items-center gap-2", columnClasses.model)}>
        <ModelWords alias={call.alias} model={call.modelServed ?? call.modelAsked} />
        {call.attempts.length > 1 ? <Badge tone="warn">{say("tries", { count: call.attempts.length })}</Badge> : null}
      </div>
      <div role="gridcell" className={classNames("truncate text-ink-soft", columnClasses.provider)}>
        {provider ?? unknownText}
      </div>
      <div role="gridcell" className={classNames("relative flex min-w-0 items-center gap-1.5 text-ink-soft", columnClasses.status)}>
        <LoaderCircle aria-hidden="true" className="size-3.5 shrink-0 animate-spin text-accent-ink" />
        <span title={state} className="truncate">
          {state}
        </span>
        {/* Over the next column, which is empty as long as nobody knows what the call takes. */}
        <span className="absolute top-1/2 left-full -translate-y-1/2 opacity-0 transition-opacity group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100">
          <StopCall id={call.id} place={place} />
        </span>
      </div>
      <div role="gridcell" className={columnClasses.tokens} />
      <div role="gridcell" className={columnClasses.cost} />
      <div role="gridcell" className={classNames("truncate text-ink-soft", columnClasses.firstByte)}>
        {formatDuration(call.firstByteMs)}
      </div>
      <div role="gridcell" className={classNames("truncate text-ink-soft", columnClasses.total)}>
        {formatDuration(nowMs - call.startedAtMs)}
      </div>
    </div>
  );
}

/** A call without an end cannot be held against what asks for an end. */
function fits(call: CallUnderWay, search: ActivitySearch): boolean {
  const { outcome, status, error, ending, cache, key, trace, until, text, slowerMs } = search;
  if ([outcome, status, error, ending, cache, key, trace, until, slowerMs].some((value) => value !== undefined)) return false;
  const model = call.modelServed ?? call.modelAsked;
  const isSame = (wanted: string | undefined, value: string | null): boolean => wanted === undefined || wanted === (value ?? "");
  const isNamed =
    isSame(search.tool, call.tool) &&
    isSame(search.alias, call.alias) &&
    isSame(search.provider, call.provider) &&
    isSame(search.model, model) &&
    isSame(search.grant, call.grantId) &&
    isSame(search.endpoint, call.endpoint);
  const words = [call.tool, call.alias, call.provider, model].join(" ").toLowerCase();
  return isNamed && (text === undefined || words.includes(text.toLowerCase()));
}
