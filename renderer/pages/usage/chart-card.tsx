import { lazy, type ReactNode, Suspense } from "react";
import type { UsageStep } from "#shared/contract/usage.ts";
import { Card } from "../../parts/card.tsx";
import { unknownText } from "../../text/format.ts";
import { useText } from "../../text/texts.ts";
import { type ChartData, longStepLabel } from "./chart-data.ts";

const StackedBars = lazy(async () => ({ default: (await import("./charts.tsx")).StackedBars }));
const Lines = lazy(async () => ({ default: (await import("./charts.tsx")).Lines }));

interface ChartCardProps {
  readonly title: string;
  /** One sentence that says what the drawing says. */
  readonly summary: string;
  readonly kind: "bars" | "lines";
  readonly data: ChartData;
  readonly step: UsageStep;
  readonly format: (value: number) => string;
  readonly height?: number;
  /** Whether it counts things, of which there are no halves. */
  readonly isWhole?: boolean;
  /** Said where there is nothing to draw, if there is more to say than that. */
  readonly emptyWords?: string | null;
  readonly actions?: ReactNode;
}

/** A chart with its legend, and beneath it the same numbers as a table for whoever does not see it or wants them exactly. */
export function ChartCard({
  title,
  summary,
  kind,
  data,
  step,
  format,
  height = 220,
  isWhole = false,
  emptyWords = null,
  actions,
}: ChartCardProps): ReactNode {
  const say = useText("usage");
  const isEmpty = data.rows.every((row) => data.series.every(({ id }) => row[id] === null || row[id] === 0));
  const Chart = kind === "bars" ? StackedBars : Lines;
  return (
    <Card title={title} actions={actions} className="flex min-w-0 flex-col p-4">
      {isEmpty ? (
        <p className="grid place-items-center text-ink-muted" style={{ height }}>
          {emptyWords ?? say("nothingHere")}
        </p>
      ) : (
        <>
          <ul className="mb-2 flex flex-wrap gap-x-4 gap-y-1 text-small text-ink-soft">
            {data.series.map(({ id, name, colour }) => (
              <li key={id} className="flex min-w-0 items-center gap-1.5">
                <span aria-hidden="true" className="size-2.5 shrink-0 rounded-[3px]" style={{ background: colour }} />
                <span className="max-w-48 truncate" title={name}>
                  {name}
                </span>
              </li>
            ))}
          </ul>
          <div role="img" aria-label={summary} style={{ height }}>
            <Suspense fallback={null}>
              <Chart
                data={data}
                step={step}
                format={format}
                height={height}
                isWhole={isWhole}
                {...(kind === "bars" ? { totalWords: say("total") } : {})}
              />
            </Suspense>
          </div>
        </>
      )}
      <ChartTable title={title} data={data} step={step} format={format} />
    </Card>
  );
}

function ChartTable({
  title,
  data,
  step,
  format,
}: {
  readonly title: string;
  readonly data: ChartData;
  readonly step: UsageStep;
  readonly format: (value: number) => string;
}): ReactNode {
  const say = useText("usage");
  return (
    <details className="mt-3 border-t border-line pt-2 text-small">
      <summary className="w-fit rounded-control px-1 py-1 text-ink-muted hover:text-ink">{say("asTable")}</summary>
      <div tabIndex={0} role="region" aria-label={say("tableOf", { title })} className="mt-2 max-h-72 overflow-auto outline-offset-[-2px]">
        <table className="w-full">
          <thead>
            <tr className="border-b border-line text-ink-muted">
              <th scope="col" className="sticky top-0 bg-surface py-1.5 pr-4 text-left font-normal">
                {say("columnFrom")}
              </th>
              {data.series.map(({ id, name }) => (
                <th key={id} scope="col" className="sticky top-0 bg-surface py-1.5 pl-4 text-right font-normal whitespace-nowrap">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {data.rows.map((row) => (
              <tr key={row.startMs} className="border-b border-line/60">
                <th scope="row" className="py-1 pr-4 text-left font-normal whitespace-nowrap text-ink-soft">
                  {longStepLabel(row.startMs, step)}
                </th>
                {data.series.map(({ id }) => (
                  <td key={id} className="py-1 pl-4 text-right">
                    {typeof row[id] === "number" ? format(row[id]) : unknownText}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
