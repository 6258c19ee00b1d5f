import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

const tints = [
  "bg-series-1/15 text-series-1",
  "bg-series-2/15 text-series-2",
  "bg-series-3/15 text-series-3",
  "bg-series-4/15 text-series-4",
  "bg-series-5/15 text-series-5",
  "bg-series-6/15 text-series-6",
  "bg-series-7/15 text-series-7",
] as const;

/** A provider's sign: its first letter in a colour of its own. Beside its name always, and silent for screen readers. */
export function ProviderMark({
  id,
  name,
  size = "normal",
}: {
  readonly id: string;
  readonly name: string;
  readonly size?: "normal" | "large";
}): ReactNode {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9_973;
  return (
    <span
      aria-hidden="true"
      // A sign and no text: the name of what it stands in need not hold it.
      data-letter={String.fromCodePoint(name.codePointAt(0) ?? 63)}
      className={classNames(
        "before:content-[attr(data-letter)] grid shrink-0 select-none place-items-center rounded-control font-semibold uppercase",
        size === "large" ? "size-8 text-heading" : "size-5 text-caption",
        tints[sum % tints.length],
      )}
    />
  );
}
