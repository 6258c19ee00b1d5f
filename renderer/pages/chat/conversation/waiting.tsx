import { type ReactNode, useEffect, useState } from "react";
import { formatDuration } from "../../../text/format.ts";
import { useText } from "../../../text/texts.ts";

/** Before the first word: that it is waited for, and for how long, so that slow and stuck can be told apart. */
export function Waiting({ sinceMs }: { readonly sinceMs: number }): ReactNode {
  const say = useText("chat");
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const waitedMs = Math.floor((nowMs - sinceMs) / 1_000) * 1_000;
  return (
    <p className="flex h-6 items-center gap-2 text-ink-muted">
      <span aria-hidden="true" className="size-2 animate-pulse rounded-full bg-accent" />
      {waitedMs < 1_000 ? say("waiting") : say("waitingFor", { time: formatDuration(waitedMs) })}
    </p>
  );
}
