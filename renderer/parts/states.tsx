import { CircleAlert, RotateCw } from "lucide-react";
import type { ReactNode } from "react";
import { wordsOf } from "../data/admin.ts";
import { useText } from "../text/texts.ts";
import { Button } from "./button.tsx";
import { classNames } from "./class-names.ts";

/** Where there is nothing yet: one sentence, one thing to do, and perhaps a link. */
export function EmptyState({
  icon,
  title,
  children,
  actions,
}: {
  readonly icon?: ReactNode;
  readonly title: string;
  /** A sentence that helps. */
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
}): ReactNode {
  return (
    <div className="animate-appear mx-auto flex max-w-[52ch] flex-col items-center px-6 py-16 text-center">
      {icon === undefined ? null : (
        <div aria-hidden="true" className="mb-4 grid size-12 place-items-center rounded-card bg-sunken text-ink-muted">
          {icon}
        </div>
      )}
      <h2 className="text-heading font-semibold">{title}</h2>
      {children === undefined ? null : <div className="mt-1 text-ink-muted">{children}</div>}
      {actions === undefined ? null : <div className="mt-5 flex flex-wrap justify-center gap-2">{actions}</div>}
    </div>
  );
}

/** Something could not be read: what it was, in the API's own words, another try, and perhaps another way on. */
export function ErrorState({
  error,
  onRetry,
  actions,
}: {
  readonly error: unknown;
  readonly onRetry?: () => void;
  readonly actions?: ReactNode;
}): ReactNode {
  const say = useText("shell");
  return (
    <div role="alert" className="animate-appear my-2 flex items-start gap-3 rounded-card border border-line bg-bad-soft p-4">
      <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-bad" />
      <p className="min-w-0 flex-1 break-words">{wordsOf(error)}</p>
      {onRetry === undefined ? null : (
        <Button size="small" icon={<RotateCw className="size-3.5" />} onClick={onRetry}>
          {say("retry")}
        </Button>
      )}
      {actions}
    </div>
  );
}

/** Bars where rows will be, at their height: nothing moves when they come. Silent for its first 150 ms. */
export function SkeletonRows({
  rows = 6,
  height = 36,
  className,
}: {
  readonly rows?: number;
  /** Of one row, in pixels. */
  readonly height?: number;
  readonly className?: string;
}): ReactNode {
  const say = useText("shell");
  return (
    <div role="status" aria-label={say("loading")} className={classNames("w-full", className)}>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="flex items-center" style={{ height }}>
          <div className="animate-skeleton h-3 rounded-full bg-sunken" style={{ width: `${88 - ((row * 37) % 45)}%` }} />
        </div>
      ))}
    </div>
  );
}
