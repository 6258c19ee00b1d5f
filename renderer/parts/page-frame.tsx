import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

interface PageFrameProps {
  readonly title: string;
  /** One sentence under the title. */
  readonly summary?: ReactNode;
  /** A link back to what the page is a part of, before the title. */
  readonly back?: ReactNode;
  /** Buttons at the right of the title. */
  readonly actions?: ReactNode;
  /** Under the title and above what scrolls: search, filters, tabs. */
  readonly toolbar?: ReactNode;
  /** `scroll`: the page scrolls, in a column of 960 px. `wide`: it scrolls, at full width. `fill`: its content has the rest of the height and scrolls by itself. */
  readonly layout?: "scroll" | "wide" | "fill";
  readonly children: ReactNode;
}

/** The frame of a page: title, actions, and the rest. The document's title follows. */
export function PageFrame({ title, summary, back, actions, toolbar, layout = "scroll", children }: PageFrameProps): ReactNode {
  const column = layout === "scroll" ? "mx-auto w-full max-w-[960px]" : "w-full";
  return (
    <div
      className={classNames("relative flex h-full min-h-0 flex-col", layout !== "fill" && "[scrollbar-gutter:stable] overflow-y-auto")}
      tabIndex={-1}
    >
      <title>{`${title} · Postern`}</title>
      <header className={classNames("shrink-0 px-6 pt-5 pb-3", column)}>
        <div className="flex min-h-8 flex-wrap items-center justify-between gap-x-4 gap-y-2">
          <div className="flex min-w-0 items-center gap-1">
            {back === undefined ? null : <div className="-ml-2 shrink-0">{back}</div>}
            <h1 className="min-w-0 text-title font-semibold tracking-tight break-words">{title}</h1>
          </div>
          {actions === undefined ? null : <div className="flex items-center gap-2">{actions}</div>}
        </div>
        {summary === undefined ? null : <p className="mt-1 max-w-[72ch] text-ink-muted">{summary}</p>}
        {toolbar === undefined ? null : <div className="mt-3">{toolbar}</div>}
      </header>
      <div className={classNames("px-6 pb-8", column, layout === "fill" && "flex min-h-0 flex-1 flex-col !pb-0")}>{children}</div>
    </div>
  );
}
