import { AlertDialog } from "@base-ui/react/alert-dialog";
import { Dialog as BaseDialog } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode, RefObject } from "react";
import { useText } from "../text/texts.ts";
import { Button, buttonClasses } from "./button.tsx";
import { classNames } from "./class-names.ts";

const backdrop = "fixed inset-0 z-40 bg-veil transition-opacity duration-[180ms] data-ending-style:opacity-0 data-starting-style:opacity-0";

interface DialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly summary?: ReactNode;
  /** Buttons at the bottom, the primary one last. */
  readonly actions?: ReactNode;
  readonly size?: "normal" | "wide";
  /** `sheet` comes from the right and has the whole height. */
  readonly shape?: "dialog" | "sheet";
  /** What has the focus first; the first button if it is left out. */
  readonly initialFocus?: RefObject<HTMLElement | null>;
  /** What it shows cannot be seen again: a click beside it does not close it. */
  readonly isFirm?: boolean;
  readonly children: ReactNode;
}

/** A dialog, or a sheet from the right. Escape and a click beside it close it; the focus goes back to where it was. */
export function Dialog({
  isOpen,
  onClose,
  title,
  summary,
  actions,
  size = "normal",
  shape = "dialog",
  initialFocus,
  isFirm = false,
  children,
}: DialogProps): ReactNode {
  const say = useText("shell");
  const box =
    shape === "sheet"
      ? "fixed inset-y-0 right-0 flex w-[min(560px,calc(100vw-56px))] flex-col border-l border-line bg-canvas shadow-raised transition-[opacity,translate] duration-[180ms] data-ending-style:translate-x-4 data-ending-style:opacity-0 data-starting-style:translate-x-4 data-starting-style:opacity-0"
      : "fixed top-1/2 left-1/2 flex max-h-[calc(100vh-48px)] w-[calc(100vw-48px)] -translate-x-1/2 -translate-y-1/2 flex-col rounded-dialog border border-line bg-canvas shadow-raised transition-opacity duration-[180ms] data-ending-style:opacity-0 data-starting-style:opacity-0";
  return (
    <BaseDialog.Root
      open={isOpen}
      disablePointerDismissal={isFirm}
      onOpenChange={(next) => {
        if (!next) onClose();
      }}
    >
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className={backdrop} />
        <BaseDialog.Popup
          initialFocus={initialFocus}
          className={classNames("z-40", box, shape === "dialog" && (size === "wide" ? "max-w-[760px]" : "max-w-[520px]"))}
        >
          <div className="flex shrink-0 items-start justify-between gap-4 px-5 pt-4 pb-3">
            <div className="min-w-0">
              <BaseDialog.Title className="text-heading font-semibold break-words">{title}</BaseDialog.Title>
              {summary === undefined ? null : (
                <BaseDialog.Description render={<div />} className="mt-1 text-ink-muted">
                  {summary}
                </BaseDialog.Description>
              )}
            </div>
            {/* Without a tooltip: it often has the focus first, and Escape would close the tooltip instead. */}
            <BaseDialog.Close aria-label={say("close")} className={classNames(buttonClasses("quiet", "small"), "-mr-1.5 w-7 !px-0")}>
              <X className="size-4" />
            </BaseDialog.Close>
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 pt-1 pb-5">{children}</div>
          {actions === undefined ? null : (
            <div className="flex shrink-0 items-center justify-end gap-2 border-t border-line px-5 py-3">{actions}</div>
          )}
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}

interface ConfirmProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** The question. */
  readonly title: string;
  /** What will be so afterwards. */
  readonly children?: ReactNode;
  /** Names the deed and the thing: "Remove key work". */
  readonly confirm: string;
  readonly onConfirm: () => void;
  readonly isBusy?: boolean;
}

/** A question before what cannot be undone. Where an undo can be offered instead, offer that. */
export function Confirm({ isOpen, onClose, title, children, confirm, onConfirm, isBusy = false }: ConfirmProps): ReactNode {
  const say = useText("shell");
  return (
    <AlertDialog.Root
      open={isOpen}
      onOpenChange={(next) => {
        if (!next) onClose();
      }}
    >
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className={backdrop} />
        <AlertDialog.Popup className="fixed top-1/2 left-1/2 z-40 w-[calc(100vw-48px)] max-w-[420px] -translate-x-1/2 -translate-y-1/2 rounded-dialog border border-line bg-canvas p-5 shadow-raised">
          <AlertDialog.Title className="text-heading font-semibold break-words">{title}</AlertDialog.Title>
          <AlertDialog.Description render={<div />} className="mt-2 text-ink-soft">
            {children}
          </AlertDialog.Description>
          <div className="mt-5 flex justify-end gap-2">
            <Button onClick={onClose}>{say("cancel")}</Button>
            <Button kind="danger" disabled={isBusy} onClick={onConfirm}>
              {confirm}
            </Button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
