import { type ReactNode, useEffect, useState } from "react";
import { Badge, StatusDot } from "../../parts/badge.tsx";
import { formatDuration } from "../../text/format.ts";
import { useText } from "../../text/texts.ts";
import { standingTones, type TargetHealth } from "./target-health.ts";

/** How a target stands, in a word or two; an open circuit counts down. */
export function Standing({ health, isQuiet = false }: { readonly health: TargetHealth; readonly isQuiet?: boolean }): ReactNode {
  const say = useText("aliases");
  const { standing, opensAtMs, firstByteMs } = health;
  // That nothing is wrong needs no badge in a row that says much else.
  if (isQuiet && (standing === "ready" || standing === "unknown")) return null;
  return (
    <Badge tone={standingTones[standing]}>
      <StatusDot tone={standingTones[standing]} />
      {standing === "open" && opensAtMs !== null ? <Countdown untilMs={opensAtMs} /> : say(`standing-${standing}`)}
      {standing === "ready" && firstByteMs !== null ? <span className="font-normal">· {formatDuration(firstByteMs)}</span> : null}
    </Badge>
  );
}

function Countdown({ untilMs }: { readonly untilMs: number }): ReactNode {
  const say = useText("aliases");
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const leftMs = Math.max(0, Math.ceil((untilMs - nowMs) / 1_000) * 1_000);
  return leftMs === 0 ? say("openSoon") : say("openFor", { time: formatDuration(leftMs) });
}
