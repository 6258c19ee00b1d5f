import { Meter as Base } from "@base-ui/react/meter";
import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

/** How much of a budget is used: a thin bar that turns amber at 80 % and red at the end, with the words that say the same. */
export function Meter({
  label,
  words,
  used,
  total,
}: {
  readonly label: string;
  /** At the right: "$1.20 of $5, resets in 4 h". */
  readonly words: string;
  readonly used: number;
  readonly total: number;
}): ReactNode {
  const share = total <= 0 ? 1 : used / total;
  const tone = share >= 1 ? "bg-bad" : share >= 0.8 ? "bg-warn" : "bg-accent";
  return (
    <Base.Root value={Math.min(used, total)} min={0} max={Math.max(total, 1e-9)} aria-valuetext={words} className="flex flex-col gap-1.5">
      <span className="flex justify-between gap-3 text-small">
        <Base.Label className="text-ink-soft">{label}</Base.Label>
        <span className="text-ink-muted">{words}</span>
      </span>
      <Base.Track className="h-1.5 overflow-hidden rounded-full bg-sunken ring-1 ring-line ring-inset">
        <Base.Indicator className={classNames("h-full rounded-full", tone)} />
      </Base.Track>
    </Base.Root>
  );
}
