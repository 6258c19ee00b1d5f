import { AlertDialog } from "@base-ui/react/alert-dialog";
import { useBlocker } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Button } from "../../../parts/button.tsx";
import { useText } from "../../../text/texts.ts";

/** Asks before unsaved changes are left, wherever the person goes. */
export function LeaveGuard({
  name,
  shouldAsk,
  canSave,
  onSave,
}: {
  readonly name: string;
  /** Whether there is something to lose; asked when somebody leaves. */
  readonly shouldAsk: () => boolean;
  readonly canSave: boolean;
  /** @returns whether it was saved */
  readonly onSave: () => Promise<boolean>;
}): ReactNode {
  const say = useText("aliases");
  const blocker = useBlocker({ shouldBlockFn: shouldAsk, enableBeforeUnload: shouldAsk, withResolver: true });
  const isAsked = blocker.status === "blocked";
  return (
    <AlertDialog.Root
      open={isAsked}
      onOpenChange={(next) => {
        if (!next) blocker.reset?.();
      }}
    >
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="fixed inset-0 z-40 bg-veil" />
        <AlertDialog.Popup className="fixed top-1/2 left-1/2 z-40 w-[calc(100vw-48px)] max-w-[460px] -translate-x-1/2 -translate-y-1/2 rounded-dialog border border-line bg-canvas p-5 shadow-raised">
          <AlertDialog.Title className="text-heading font-semibold break-words">
            {name === "" ? say("leaveNew") : say("leave", { name })}
          </AlertDialog.Title>
          <AlertDialog.Description className="mt-2 text-ink-soft">{say("leaveWords")}</AlertDialog.Description>
          <div className="mt-5 flex flex-wrap justify-end gap-2">
            <Button kind="danger" onClick={() => blocker.proceed?.()}>
              {say("discardAndLeave")}
            </Button>
            <Button onClick={() => blocker.reset?.()}>{say("stay")}</Button>
            <Button
              kind="primary"
              disabled={!canSave}
              onClick={() =>
                void onSave().then((isSaved) => {
                  if (isSaved) blocker.proceed?.();
                  else blocker.reset?.();
                })
              }
            >
              {say("saveAndLeave")}
            </Button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
