import { type ReactNode, useEffect, useState } from "react";
import { formatAgo, formatMoment } from "../text/format.ts";
import { useText } from "../text/texts.ts";

const stepMs = 15_000;

/** `3 min. ago`, kept true, with the moment itself in its title. Null is "never". */
export function Ago({ atMs }: { readonly atMs: number | null }): ReactNode {
  const say = useText("shell");
  const nowMs = useNow();
  if (atMs === null) return <span className="text-ink-muted">{say("never")}</span>;
  return (
    <time dateTime={new Date(atMs).toISOString()} title={formatMoment(atMs)}>
      {formatAgo(atMs, nowMs)}
    </time>
  );
}

/** The time now, anew every 15 s. */
export function useNow(): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), stepMs);
    return () => clearInterval(timer);
  }, []);
  return nowMs;
}
