import { ChartColumn, Download } from "lucide-react";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { admin, wordsOf } from "../../data/admin.ts";
import { useLiveEvent } from "../../data/live.ts";
import { refresh, useAdmin } from "../../data/queries.ts";
import { Button } from "../../parts/button.tsx";
import { PageFrame } from "../../parts/page-frame.tsx";
import { datedName, saveFile } from "../../parts/save-file.ts";
import { EmptyState, ErrorState, SkeletonRows } from "../../parts/states.tsx";
import { tellNews } from "../../parts/toasts.tsx";
import { useNow } from "../../parts/ago.tsx";
import { useGo, usePageSearch } from "../../shell/navigation.ts";
import { useText } from "../../text/texts.ts";
import { Breakdown } from "./breakdown.tsx";
import { PeriodBar } from "./period-bar.tsx";
import { type Dimension, dimensions, usageSearchSchema } from "./search.ts";
import { spanOf } from "./span.ts";
import { StatCards } from "./stat-cards.tsx";
import { UsageCharts } from "./usage-charts.tsx";

/** Sums are asked for again so long after calls came in, however many. */
const readApartMs = 4_000;
const mostGroups = 30;

/** The page of sums. */
export function PageView(): ReactNode {
  const say = useText("usage");
  const [search, setSearch] = usePageSearch(usageSearchSchema);
  const go = useGo();
  const nowMs = useNow();
  const { period, from, to, by = "tool", measure = "cost" } = search;
  const { since, until, step } = spanOf({ period, from, to }, nowMs);
  const span = useMemo(() => ({ since, until, step }), [since, until, step]);
  const held = Object.fromEntries(dimensions.flatMap((name) => (search[name] === undefined ? [] : [[name, search[name]]])));
  const query = { ...held, by, ...span };
  const usage = useAdmin("getUsageSeries", { query: { ...query, rank: measure, most: mostGroups } }, { isKept: true });
  useRefresh();
  const nameOf = (dimension: Dimension, key: string): string => (key === "" ? say(`none_${dimension}`) : key);
  const only = (dimension: Dimension, key: string): void => setSearch({ [dimension]: key });
  const save = async (): Promise<void> => {
    const name = datedName(`usage-by-${by}`, "csv");
    try {
      await saveFile(name, await admin("exportUsageCsv", { query }));
      tellNews(say("exported", { name }));
    } catch (error) {
      tellNews(wordsOf(error), { isBad: true });
    }
  };
  const { data } = usage;
  return (
    <PageFrame
      title={say("title")}
      summary={say("summary")}
      layout="wide"
      actions={
        <Button icon={<Download aria-hidden="true" className="size-4" />} onClick={() => void save()}>
          {say("exportCsv")}
        </Button>
      }
      toolbar={<PeriodBar search={search} span={span} by={by} nameOf={nameOf} onChange={setSearch} />}
    >
      <div className="@container flex flex-col gap-3">
        {usage.isError ? (
          <ErrorState error={usage.error} onRetry={() => void usage.refetch()} />
        ) : data === undefined ? (
          <SkeletonRows rows={14} height={40} />
        ) : data.total.calls === 0 && data.before.calls === 0 ? (
          <Nothing onLonger={() => setSearch({ period: "90d", from: undefined, to: undefined })} onConnect={() => go("tools")} />
        ) : (
          <>
            <StatCards usage={data} />
            <UsageCharts
              usage={data}
              measure={measure}
              nameOf={(key) => nameOf(data.by, key)}
              onMeasure={(next) => setSearch({ measure: next })}
            />
            {data.groups.length === 0 ? null : <Breakdown usage={data} nameOf={(key) => nameOf(data.by, key)} span={span} onOnly={only} />}
          </>
        )}
      </div>
    </PageFrame>
  );
}

/** Reads the sums again while calls come in, but not with each of them. */
function useRefresh(): void {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [finished, setFinished] = useState(0);
  useLiveEvent("calls-changed", (event) => {
    if (event.finished === finished || timer.current !== undefined) return;
    timer.current = setTimeout(() => {
      timer.current = undefined;
      setFinished(event.finished);
      void refresh("getUsageSeries", "listGrants");
    }, readApartMs);
  });
  useEffect(() => () => clearTimeout(timer.current), []);
}

const ghostBars = [34, 52, 41, 66, 58, 80, 47, 72, 61, 90, 55, 76];

function Nothing({ onLonger, onConnect }: { readonly onLonger: () => void; readonly onConnect: () => void }): ReactNode {
  const say = useText("usage");
  return (
    <div className="relative">
      <div aria-hidden="true" className="absolute inset-x-0 bottom-0 flex h-64 items-end gap-4 px-8 opacity-[0.12]">
        {ghostBars.map((height, index) => (
          <div key={`${String(index)} ${String(height)}`} className="flex-1 rounded-t-control bg-accent" style={{ height: `${height}%` }} />
        ))}
      </div>
      <div className="relative">
        <EmptyState
          icon={<ChartColumn className="size-6" />}
          title={say("emptyTitle")}
          actions={
            <>
              <Button onClick={onLonger}>{say("emptyLonger")}</Button>
              <Button kind="primary" onClick={onConnect}>
                {say("connectTool")}
              </Button>
            </>
          }
        >
          {say("emptyHelp")}
        </EmptyState>
      </div>
    </div>
  );
}
