import type { ReactNode } from "react";

/** A part of the sheet with its name. */
export function Section({
  title,
  note,
  children,
}: {
  readonly title: string;
  readonly note?: string;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <section aria-label={title} className="flex flex-col gap-2">
      <h3 className="flex min-w-0 items-baseline gap-2 font-semibold">
        <span className="shrink-0">{title}</span>
        {note === undefined ? null : <span className="truncate font-mono text-caption font-normal text-ink-muted">{note}</span>}
      </h3>
      {children}
    </section>
  );
}
