import { Check } from "lucide-react";
import { type ReactNode, useId } from "react";
import { classNames } from "../../parts/class-names.ts";

/** One step on the way, with its number, or a tick where it is done. */
export function Step({
  number,
  title,
  isDone,
  isLast = false,
  children,
}: {
  readonly number: number;
  readonly title: string;
  readonly isDone: boolean;
  readonly isLast?: boolean;
  readonly children: ReactNode;
}): ReactNode {
  const id = useId();
  return (
    <li className="flex gap-4" aria-labelledby={id}>
      <div aria-hidden="true" className="flex flex-col items-center">
        <span
          className={classNames(
            "grid size-6 shrink-0 place-items-center rounded-full text-small font-semibold",
            isDone ? "bg-ok-soft text-ok" : "bg-accent-soft text-accent-ink",
          )}
        >
          {isDone ? <Check className="size-3.5" strokeWidth={2.5} /> : number}
        </span>
        {isLast ? null : <span className="mt-1 w-px flex-1 bg-line" />}
      </div>
      <div className={classNames("min-w-0 flex-1", !isLast && "pb-8")}>
        <h2 id={id} className="mb-2 leading-6 text-heading font-semibold">
          {title}
        </h2>
        {children}
      </div>
    </li>
  );
}
