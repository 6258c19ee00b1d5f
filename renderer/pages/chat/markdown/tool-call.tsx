import { ChevronRight, Wrench } from "lucide-react";
import { type ReactNode, useState } from "react";
import { classNames } from "../../../parts/class-names.ts";
import { useText } from "../../../text/texts.ts";
import { Code } from "./code.tsx";

/** A tool that a model asked for, folded: with which arguments, and what came back. */
export function ToolCall({
  name,
  text,
  result,
  streaming,
}: {
  readonly name: string;
  /** JSON, as the model wrote it. */
  readonly text: string;
  readonly result: string | null;
  readonly streaming: boolean;
}): ReactNode {
  const say = useText("markdown");
  const [isOpen, setOpen] = useState(false);
  return (
    <div className="my-2 overflow-hidden rounded-card border border-line bg-surface">
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        className="flex h-9 w-full items-center gap-2 px-3 text-left outline-offset-[-2px] transition-colors hover:bg-hover"
      >
        <Wrench aria-hidden="true" className="size-4 shrink-0 text-ink-muted" strokeWidth={1.75} />
        <span className="min-w-0 truncate">
          {say("calledTool")} <span className="font-mono font-medium">{name}</span>
        </span>
        <ChevronRight
          aria-hidden="true"
          className={classNames("ml-auto size-4 shrink-0 text-ink-muted transition-transform", isOpen && "rotate-90")}
        />
      </button>
      {isOpen ? (
        <div className="border-t border-line px-3 pb-1">
          <Code text={readable(text)} language="json" isClosed={!streaming} />
          {result === null ? null : <Code text={readable(result)} language="json" isClosed />}
        </div>
      ) : null}
    </div>
  );
}

function readable(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
