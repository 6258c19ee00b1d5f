import { Brain, ChevronRight } from "lucide-react";
import { type ReactNode, useState } from "react";
import { classNames } from "../../../parts/class-names.ts";
import { formatDuration } from "../../../text/format.ts";
import { useText } from "../../../text/texts.ts";
import { Markdown } from "./markdown.tsx";

/** What a model thought before it answered, folded, with the time that it took. */
export function Reasoning({
  text,
  durationMs,
  streaming,
}: {
  readonly text: string;
  /** Null while it thinks, and where nobody measured it. */
  readonly durationMs: number | null;
  readonly streaming: boolean;
}): ReactNode {
  const say = useText("markdown");
  const [isOpen, setOpen] = useState(false);
  const words = streaming
    ? say("thinking")
    : durationMs === null
      ? say("thought")
      : say("thoughtFor", { time: formatDuration(durationMs) });
  return (
    <div className="my-2">
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        className="inline-flex h-7 items-center gap-1.5 rounded-control pr-2 pl-1.5 text-ink-muted transition-colors hover:bg-hover hover:text-ink"
      >
        <Brain aria-hidden="true" className={classNames("size-4", streaming && "animate-pulse")} strokeWidth={1.75} />
        {words}
        <ChevronRight aria-hidden="true" className={classNames("size-4 transition-transform", isOpen && "rotate-90")} />
      </button>
      {isOpen ? (
        <div className="mt-1 ml-3.5 border-l-2 border-line pl-4 text-ink-soft [&_.text-prose]:text-body">
          <Markdown text={text} streaming={streaming} />
        </div>
      ) : null}
    </div>
  );
}
