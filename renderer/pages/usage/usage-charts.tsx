import type { ReactNode } from "react";
import type { UsageGroup, UsageSeries } from "#shared/contract/usage.ts";
import { Segmented } from "../../parts/choices.tsx";
import { formatCompact, formatCount, formatDuration, formatMoney } from "../../text/format.ts";
import { useText } from "../../text/texts.ts";
import { Budgets } from "./budgets.tsx";
import { ChartCard } from "./chart-card.tsx";
import { type ChartData, linesOf, longStepLabel, stackOf, tokensOf } from "./chart-data.ts";
import type { UsageSearch } from "./search.ts";

type Measure = NonNullable<UsageSearch["measure"]>;

const measures = {
  cost: { of: (group: UsageGroup) => group.costMicroUsd ?? 0, format: formatMoney, title: "chartCost", isWhole: false },
  tokens: { of: tokensOf, format: formatCompact, title: "chartTokens", isWhole: true },
  calls: { of: ({ calls }: UsageGroup) => calls, format: formatCount, title: "chartCalls", isWhole: true },
} as const;

interface UsageChartsProps {
  readonly usage: UsageSeries;
  readonly measure: Measure;
  readonly nameOf: (key: string) => string;
  readonly onMeasure: (measure: Measure) => void;
}

/** Everything over time, each chart with its numbers beneath. */
export function UsageCharts({ usage, measure, nameOf, onMeasure }: UsageChartsProps): ReactNode {
  const say = useText("usage");
  const names = { nameOf, others: (count: number) => say("others", { count }) };
  const main = measures[measure];
  const mainData = stackOf(usage, main.of, names);
  const errors = stackOf(usage, (group) => group.errors, names);
  const saved = linesOf(usage, [{ id: "saved", name: say("saved"), colour: "var(--series-7)", of: ({ savedMicroUsd }) => savedMicroUsd }]);
  const latency = linesOf(usage, [
    { id: "p50", name: say("latencyP50"), colour: "var(--series-1)", of: ({ firstByteMs }) => firstByteMs.p50 },
    { id: "p95", name: say("latencyP95"), colour: "var(--series-2)", of: ({ firstByteMs }) => firstByteMs.p95 },
    { id: "total", name: say("latencyTotal"), colour: "var(--series-3)", of: ({ totalMs }) => totalMs.p95 },
  ]);
  const { step } = usage;
  const summaryOf = (title: string, data: ChartData, format: (value: number) => string): string => {
    const sums = data.rows.map((row) => data.series.reduce((sum, { id }) => sum + Number(row[id] ?? 0), 0));
    const most = Math.max(0, ...sums);
    const when = longStepLabel(data.rows[sums.indexOf(most)]?.startMs ?? 0, step);
    return say("chartSummary", {
      title,
      count: data.rows.length,
      total: format(sums.reduce((sum, one) => sum + one, 0)),
      most: format(most),
      when,
    });
  };
  return (
    <>
      <ChartCard
        title={say(main.title)}
        summary={summaryOf(say(main.title), mainData, main.format)}
        kind="bars"
        data={mainData}
        step={step}
        format={main.format}
        height={260}
        isWhole={main.isWhole}
        emptyWords={measure === "cost" && usage.total.unpricedCalls > 0 ? say("noPrice", { count: usage.total.unpricedCalls }) : null}
        actions={
          <Segmented
            label={say("measure")}
            value={measure}
            choices={(Object.keys(measures) as Measure[]).map((value) => ({ value, words: say(`measure_${value}`) }))}
            onChange={onMeasure}
          />
        }
      />
      <div className="grid grid-cols-1 items-start gap-3 @min-[860px]:grid-cols-2">
        <ChartCard
          title={say("chartLatency")}
          summary={`${say("chartLatency")}: ${latency.series.map(({ name, total }) => `${name} ${formatDuration(total)}`).join(", ")}.`}
          kind="lines"
          data={latency}
          step={step}
          format={formatDuration}
        />
        <ChartCard
          title={say("chartErrors")}
          summary={summaryOf(say("chartErrors"), errors, formatCount)}
          kind="bars"
          data={errors}
          step={step}
          isWhole
          format={formatCount}
        />
        <ChartCard
          title={say("chartSaved")}
          summary={summaryOf(say("chartSaved"), saved, formatMoney)}
          kind="bars"
          data={saved}
          step={step}
          format={formatMoney}
        />
        <Budgets />
      </div>
    </>
  );
}
