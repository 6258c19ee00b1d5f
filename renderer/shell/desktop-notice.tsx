import type { ReactNode } from "react";
import type { DesktopState } from "#shared/desktop-bridge.ts";
import { admin } from "../data/admin.ts";
import { desktop, useDesktop } from "../data/desktop.ts";
import { StatusDot, type Tone } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";
import { formatClock } from "../text/format.ts";
import { type Say, useText } from "../text/texts.ts";

interface Notice {
  readonly tone: Tone;
  readonly words: string;
  /** What helps, with the best first. */
  readonly deeds: readonly { readonly words: string; readonly run: () => void }[];
}

/** What waits for the person in the desktop app: a gateway that does not run, an update that is ready. Nothing in a browser. */
export function DesktopNotice(): ReactNode {
  const say = useText("shell");
  const state = useDesktop();
  const notice = state === null ? null : noticeOf(say, state);
  if (notice === null) return null;
  const [first, ...others] = notice.deeds;
  return (
    <div role="status" className="mb-2 flex flex-col gap-2 rounded-card border border-line bg-surface p-2.5 shadow-card narrow:hidden">
      <p className="flex gap-2 text-small text-ink-soft">
        <span className="mt-1.5">
          <StatusDot tone={notice.tone} />
        </span>
        <span className="min-w-0 break-words">{notice.words}</span>
      </p>
      {first === undefined ? null : (
        <div className="flex flex-col gap-1.5">
          {[first, ...others].map(({ words, run }) => (
            <Button key={words} size="small" onClick={run}>
              {words}
            </Button>
          ))}
        </div>
      )}
    </div>
  );
}

function noticeOf(say: Say<"shell">, { gateway, update, loginWords }: DesktopState): Notice | null {
  const start = { words: say("gatewayStart"), run: () => void desktop?.startGateway() };
  switch (gateway.kind) {
    case "stopped":
      return { tone: "neutral", words: say("gatewayStopped"), deeds: [start] };
    case "failed":
      return { tone: "bad", words: gateway.words, deeds: [{ ...start, words: say("retry") }] };
    case "paused":
      return {
        tone: "warn",
        words: say("gatewayPaused", { time: formatClock(gateway.untilMs) }),
        deeds: [{ words: say("gatewayResume"), run: () => void admin("pauseGateway", { body: { minutes: 0 } }) }],
      };
    case "port-taken": {
      const port = gateway.port < 65_535 ? gateway.port + 1 : 8787;
      return {
        tone: "bad",
        words: say("portTaken", { port: gateway.port, holder: gateway.holder }),
        deeds: [
          { words: say("portTake", { port }), run: () => void takePort(port) },
          { ...start, words: say("retry") },
        ],
      };
    }
    case "starting":
    case "running":
      break;
  }
  if (update.kind === "ready")
    return {
      tone: "info",
      words: say("updateReady", { version: update.version }),
      deeds: [{ words: say("updateRestart"), run: () => void desktop?.restartToUpdate() }],
    };
  return loginWords === null ? null : { tone: "warn", words: loginWords, deeds: [] };
}

async function takePort(port: number): Promise<void> {
  await admin("putSetting", { parameters: { section: "gateway", name: "port" }, body: { value: port } });
  await desktop?.startGateway();
}
