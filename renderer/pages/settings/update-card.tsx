import type { ReactNode } from "react";
import type { UpdateState } from "#shared/desktop-bridge.ts";
import { desktop, useDesktop } from "../../data/desktop.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { type Say, useText } from "../../text/texts.ts";

/** How the desktop app's update stands, and what can be done about it. Nothing in a browser. */
export function UpdateCard(): ReactNode {
  const say = useText("settings");
  const state = useDesktop();
  if (state === null) return null;
  const { update } = state;
  return (
    <Card className="mt-4 flex items-center justify-between gap-6 p-4">
      <div className="min-w-0">
        <p className="font-medium">{say("updates")}</p>
        <p role="status" className="max-w-[64ch] text-small text-ink-muted">
          {wordsOf(say, update)}
        </p>
      </div>
      {update.kind === "ready" ? (
        <Button kind="primary" onClick={() => void desktop?.restartToUpdate()}>
          {say("updateRestart")}
        </Button>
      ) : update.kind === "unavailable" ? null : (
        <Button disabled={update.kind === "checking" || update.kind === "loading"} onClick={() => void desktop?.checkForUpdates()}>
          {say("updateCheck")}
        </Button>
      )}
    </Card>
  );
}

function wordsOf(say: Say<"settings">, update: UpdateState): string {
  switch (update.kind) {
    case "unavailable":
    case "failed":
      return update.words;
    case "current":
      return say(update.checkedAtMs === null ? "updateUnknown" : "updateCurrent");
    case "checking":
      return say("updateChecking");
    case "loading":
      return say("updateLoading", { version: update.version, percent: Math.round(update.percent) });
    case "ready":
      return say("updateReady", { version: update.version });
  }
}
