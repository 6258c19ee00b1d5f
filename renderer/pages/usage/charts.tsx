import type { ReactNode } from "react";
import {
  Bar,
  BarChart,
  CartesianGrid,
  Line,
  LineChart,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  type TooltipContentProps,
  XAxis,
  YAxis,
} from "recharts";
import type { UsageStep } from "#shared/contract/usage.ts";
import { axisTicks, type ChartData, type ChartRow, longStepLabel, type Series } from "./chart-data.ts";

interface ChartProps {
  readonly data: ChartData;
  readonly step: UsageStep;
  /** A number of this chart in words, as the axis and the panel say it. */
  readonly format: (value: number) => string;
  readonly height: number;
  /** Whether it counts things, of which there are no halves. */
  readonly isWhole: boolean;
  /** Says how it all adds up in the panel; left out where it does not. */
  readonly totalWords?: string;
}

const margin = { top: 8, right: 4, bottom: 0, left: 0 };
const axis = { tick: { fill: "var(--ink-muted)", fontSize: 11 }, tickLine: false, axisLine: false } as const;
const mostInPanel = 8;

/** Bars, one on top of the other. */
export function StackedBars({ data, step, format, height, isWhole, totalWords }: ChartProps): ReactNode {
  return (
    <ResponsiveContainer width="100%" height={height}>
      <BarChart data={[...data.rows]} margin={margin} accessibilityLayer={false} maxBarSize={44} barCategoryGap="22%" stackOffset="sign">
        {frame(format, axisTicks(data, { isStacked: true, isWhole }))}
        <ReferenceLine y={0} stroke="var(--line-strong)" strokeOpacity={0.5} />
        <Tooltip
          cursor={{ fill: "var(--hover)" }}
          isAnimationActive={false}
          content={(panel) => <Panel panel={panel} series={data.series} step={step} format={format} totalWords={totalWords} />}
        />
        {data.series.map(({ id, colour, name }) => (
          // The line between two colours tells them apart where the colours do not.
          <Bar
            key={id}
            dataKey={id}
            name={name}
            stackId="all"
            fill={colour}
            stroke="var(--surface)"
            strokeWidth={1}
            isAnimationActive={false}
          />
        ))}
      </BarChart>
    </ResponsiveContainer>
  );
}

const dashes = [undefined, "5 3", "2 3"];

/** Lines, told apart by their dashes as well as by their colours. */
export function Lines({ data, step, format, height, isWhole }: ChartProps): ReactNode {
  return (
    <ResponsiveContainer width="100%" height={height}>
      <LineChart data={[...data.rows]} margin={margin} accessibilityLayer={false}>
        {frame(format, axisTicks(data, { isStacked: false, isWhole }))}
        <Tooltip
          cursor={{ stroke: "var(--line-strong)" }}
          isAnimationActive={false}
          content={(panel) => <Panel panel={panel} series={data.series} step={step} format={format} totalWords={undefined} />}
        />
        {data.series.map(({ id, colour, name }, index) => (
          <Line
            key={id}
            dataKey={id}
            name={name}
            stroke={colour}
            strokeWidth={2}
            {...(dashes[index] === undefined ? {} : { strokeDasharray: dashes[index] })}
            type="monotone"
            connectNulls
            dot={data.rows.length > 40 ? false : { r: 2.5, fill: colour, strokeWidth: 0, strokeDasharray: "" }}
            isAnimationActive={false}
          />
        ))}
      </LineChart>
    </ResponsiveContainer>
  );
}

function frame(format: (value: number) => string, ticks: readonly number[]): ReactNode {
  return (
    <>
      <CartesianGrid vertical={false} stroke="var(--line)" />
      <XAxis dataKey="label" {...axis} tickMargin={8} minTickGap={24} height={28} />
      <YAxis {...axis} width={60} tickFormatter={format} ticks={[...ticks]} domain={[ticks[0] ?? 0, ticks.at(-1) ?? 1]} interval={0} />
    </>
  );
}

function Panel({
  panel,
  series,
  step,
  format,
  totalWords,
}: {
  readonly panel: TooltipContentProps;
  readonly series: readonly Series[];
  readonly step: UsageStep;
  readonly format: (value: number) => string;
  readonly totalWords: string | undefined;
}): ReactNode {
  const row = panel.payload[0]?.payload as ChartRow | undefined;
  if (!panel.active || row === undefined) return null;
  const values = series.map((one) => ({ ...one, value: row[one.id] })).filter((one) => typeof one.value === "number" && one.value !== 0);
  const shown = values.toSorted((one, other) => Number(other.value) - Number(one.value)).slice(0, mostInPanel);
  const total = values.reduce((sum, { value }) => sum + Number(value), 0);
  return (
    <div className="min-w-40 rounded-control border border-line bg-raised px-3 py-2 text-small shadow-raised">
      <p className="mb-1 font-medium text-ink">{longStepLabel(row.startMs, step)}</p>
      {shown.map(({ id, name, colour, value }) => (
        <p key={id} className="flex items-center gap-2 text-ink-soft">
          <span className="size-2 shrink-0 rounded-full" style={{ background: colour }} />
          <span className="max-w-44 truncate">{name}</span>
          <span className="ml-auto pl-4 text-ink">{format(Number(value))}</span>
        </p>
      ))}
      {totalWords === undefined ? null : (
        <p className="mt-1 flex justify-between gap-4 border-t border-line pt-1 text-ink-soft">
          {totalWords} <span className="font-medium text-ink">{format(total)}</span>
        </p>
      )}
    </div>
  );
}
