import { Toast } from "@base-ui/react/toast";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { textOf, useText } from "../text/texts.ts";
import { Button, IconButton } from "./button.tsx";

const manager = Toast.createToastManager();
const undoMs = 10_000;
const newsMs = 5_000;

/** Says what was done, in the corner, with a way back for ten seconds. Not for errors that stop somebody: those stand where the deed was. */
export function offerUndo(words: string, undo: () => void): void {
  const id = manager.add({
    title: words,
    timeout: undoMs,
    actionProps: {
      children: textOf("shell")("undo"),
      onClick: () => {
        manager.close(id);
        undo();
      },
    },
  });
}

/** Says in the corner what happened in the background. `isBad` is read aloud at once. */
export function tellNews(words: string, options: { readonly isBad?: boolean } = {}): void {
  manager.add({ title: words, timeout: newsMs, priority: options.isBad === true ? "high" : "low" });
}

/** The corner where the news stand; once, around the whole window. */
export function Toasts({ children }: { readonly children: ReactNode }): ReactNode {
  const say = useText("shell");
  return (
    <Toast.Provider toastManager={manager} limit={3}>
      {children}
      <Toast.Portal>
        <Toast.Viewport
          aria-label={say("notifications")}
          data-news=""
          className="fixed right-4 bottom-28 z-60 flex w-88 max-w-[calc(100vw-32px)] flex-col gap-2"
        >
          <ToastList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function ToastList(): ReactNode {
  const say = useText("shell");
  const { toasts } = Toast.useToastManager();
  return toasts.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      swipeDirection={[]}
      className="rounded-card border border-line bg-raised shadow-raised transition-[opacity,translate] duration-[180ms] data-ending-style:opacity-0 data-limited:hidden data-starting-style:translate-y-2 data-starting-style:opacity-0"
    >
      <Toast.Content className="flex items-center gap-2 py-2 pr-2 pl-3">
        <Toast.Title render={<p />} className="min-w-0 flex-1 break-words" />
        {toast.actionProps === undefined ? null : <Toast.Action render={<Button size="small" />} />}
        <Toast.Close render={<IconButton size="small" label={say("dismiss")} icon={<X className="size-4" />} />} />
      </Toast.Content>
    </Toast.Root>
  ));
}
