import { ChevronRight } from "lucide-react";
import { type ReactNode, useId } from "react";
import { classNames } from "../../../parts/class-names.ts";

/** A line that says what is set, and opens to change it. */
export function Disclosure({
  title,
  summary,
  isOpen,
  isSet,
  isWrong = false,
  onToggle,
  children,
}: {
  readonly title: string;
  readonly summary: string;
  readonly isOpen: boolean;
  readonly isSet: boolean;
  readonly isWrong?: boolean;
  readonly onToggle: (isOpen: boolean) => void;
  readonly children: ReactNode;
}): ReactNode {
  const id = useId();
  return (
    <div>
      <button
        type="button"
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => onToggle(!isOpen)}
        className="flex min-h-9 w-full items-center gap-2 rounded-control px-2 py-1.5 text-left transition-colors hover:bg-hover"
      >
        <ChevronRight
          aria-hidden="true"
          className={classNames("size-4 shrink-0 text-ink-muted transition-transform", isOpen && "rotate-90")}
        />
        <span className="w-28 shrink-0">{title}</span>
        <span
          className={classNames("min-w-0 flex-1 truncate text-small", isWrong ? "text-bad" : isSet ? "text-ink-soft" : "text-ink-muted")}
        >
          {summary}
        </span>
      </button>
      <div id={id} hidden={!isOpen} className="pt-1 pr-2 pb-4 pl-8">
        {isOpen ? children : null}
      </div>
    </div>
  );
}
