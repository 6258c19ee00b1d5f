import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Segmented } from "../../parts/choices.tsx";
import { Select } from "../../parts/select.tsx";
import { Input } from "../../parts/fields.tsx";
import { useText } from "../../text/texts.ts";
import { type Dimension, dimensions, usagePeriods, type UsageSearch } from "./search.ts";
import { dayName, type Span } from "./span.ts";

interface PeriodBarProps {
  readonly search: UsageSearch;
  readonly span: Span;
  readonly by: Dimension;
  readonly nameOf: (by: Dimension, key: string) => string;
  readonly onChange: (change: Partial<UsageSearch>) => void;
}

/** Which time, split by what, and what the sums are held to. */
export function PeriodBar({ search, span, by, nameOf, onChange }: PeriodBarProps): ReactNode {
  const say = useText("usage");
  const period = search.period ?? "7d";
  const held = dimensions.filter((name) => search[name] !== undefined);
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <Segmented
          label={say("period")}
          value={period}
          choices={usagePeriods.map((value) => ({ value, words: say(`period_${value}`) }))}
          onChange={(next) =>
            onChange({
              period: next,
              ...(next === "custom" ? { from: dayName(span.since), to: dayName(span.until - 1) } : { from: undefined, to: undefined }),
            })
          }
        />
        {period === "custom" ? (
          <>
            <DayInput label={say("fromDay")} value={search.from ?? dayName(span.since)} onChange={(from) => onChange({ from })} />
            <DayInput label={say("toDay")} value={search.to ?? dayName(span.until - 1)} onChange={(to) => onChange({ to })} />
          </>
        ) : null}
        <label className="flex items-center gap-2 text-small text-ink-muted">
          <span>{say("by")}</span>
          <Select
            label={say("by")}
            value={by}
            choices={dimensions.map((value) => ({ value, words: say(`by_${value}`) }))}
            onChange={(next) => onChange({ by: next })}
            className="!w-32"
          />
        </label>
      </div>
      {held.length === 0 ? null : (
        <ul className="flex flex-wrap gap-1.5">
          {held.map((name) => {
            const words = { name: say(`by_${name}`), value: nameOf(name, search[name] ?? "") };
            return (
              <li
                key={name}
                className="inline-flex h-7 max-w-72 items-center gap-1 rounded-full border border-line bg-surface pr-0.5 pl-2.5 text-small"
              >
                <span className="min-w-0 truncate">{say("only", words)}</span>
                <button
                  type="button"
                  aria-label={say("removeOnly", words)}
                  onClick={() => onChange({ [name]: undefined })}
                  className="grid size-6 shrink-0 place-items-center rounded-full text-ink-muted hover:bg-hover hover:text-ink"
                >
                  <X aria-hidden="true" className="size-3" />
                </button>
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}

function DayInput({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (day: string) => void;
}): ReactNode {
  return (
    <label className="flex items-center gap-2 text-small text-ink-muted">
      <span>{label}</span>
      <Input
        type="date"
        value={value}
        max={dayName(Date.now())}
        // Half a date is none yet.
        onValueChange={(day) => {
          if (/^\d{4}-\d{2}-\d{2}$/.test(day)) onChange(day);
        }}
        className="!w-36"
      />
    </label>
  );
}
