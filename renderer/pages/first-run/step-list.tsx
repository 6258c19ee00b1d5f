import { Check } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "../../parts/class-names.ts";
import { useText } from "../../text/texts.ts";
import { type Step, steps } from "./search.ts";

const words = { key: "stepKey", tool: "stepTool", test: "stepTest" } as const;

/** The three steps in a line: which is done, which is now. Each can be gone to. */
export function StepList({
  at,
  isDone,
  onShow,
}: {
  readonly at: number;
  /** What was passed by is not done. */
  readonly isDone: (step: Step) => boolean;
  readonly onShow: (step: Step) => void;
}): ReactNode {
  const say = useText("firstRun");
  return (
    <nav aria-label={say("steps")} className="-mx-1.5 my-8">
      <ol className="flex items-center gap-2">
        {steps.map((step, index) => (
          <li key={step} className={classNames("flex min-w-0 items-center gap-2", index > 0 && "flex-1")}>
            {index === 0 ? null : <span aria-hidden="true" className={classNames("h-px flex-1", index <= at ? "bg-accent" : "bg-line")} />}
            <button
              type="button"
              aria-current={index === at ? "step" : undefined}
              onClick={() => onShow(step)}
              className="flex min-h-8 min-w-0 items-center gap-2 rounded-control px-1.5 hover:bg-hover"
            >
              <span
                className={classNames(
                  "grid size-6 shrink-0 place-items-center rounded-full text-small font-medium",
                  index < at
                    ? "bg-accent-soft text-accent-ink"
                    : index === at
                      ? "bg-accent text-on-accent"
                      : "border border-line-strong text-ink-muted",
                )}
              >
                {index < at && isDone(step) ? <Check aria-hidden="true" className="size-3.5" /> : index + 1}
              </span>
              <span className={classNames("truncate", index === at ? "font-medium" : "text-ink-muted")}>{say(words[step])}</span>
              {index < at && isDone(step) ? <span className="sr-only">({say("stepDone")})</span> : null}
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}
