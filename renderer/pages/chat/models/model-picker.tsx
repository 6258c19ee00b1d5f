import { Popover } from "@base-ui/react/popover";
import { ChevronDown, Columns2, Replace } from "lucide-react";
import { type ReactNode, Suspense, useState } from "react";
import { lazyPart } from "../../../parts/lazy-part.ts";
import { buttonClasses, IconButton } from "../../../parts/button.tsx";
import { classNames } from "../../../parts/class-names.ts";
import { SkeletonRows } from "../../../parts/states.tsx";
import { useText } from "../../../text/texts.ts";

// A chat begins without it: it comes when it is opened.
const PickerPanel = lazyPart(async () => (await import("./picker-panel.tsx")).PickerPanel);

/** What is chosen from, and what was. */
export interface ModelPickerProps {
  /** `chat` chooses who answers, up to four side by side; `again` one that answers anew. */
  readonly kind: "chat" | "again";
  readonly chosen: readonly string[];
  readonly onChoose: (models: string[]) => void;
}

/** Chooses models and aliases: favourites first, searched by typing, by keyboard alone if one likes. Any other id can be typed. */
export function ModelPicker({ kind, chosen, onChoose }: ModelPickerProps): ReactNode {
  const say = useText("chat");
  const [isOpen, setOpen] = useState(false);
  const words =
    chosen.length === 0 ? say("chooseModel") : chosen.length === 1 ? (chosen[0] ?? "") : say("models", { count: chosen.length });
  return (
    <Popover.Root open={isOpen} onOpenChange={(next) => setOpen(next)}>
      {kind === "chat" ? (
        <Popover.Trigger
          aria-label={say("modelLabel", { model: words })}
          title={chosen.join(", ")}
          className={classNames(buttonClasses("quiet", "small"), "min-w-0 !shrink")}
        >
          {chosen.length > 1 ? <Columns2 aria-hidden="true" className="size-4 shrink-0" /> : null}
          <span className="truncate">{words}</span>
          <ChevronDown aria-hidden="true" className="size-4 shrink-0 text-ink-muted" />
        </Popover.Trigger>
      ) : (
        <Popover.Trigger render={<IconButton size="small" label={say("againOther")} icon={<Replace className="size-4" />} />} />
      )}
      <Popover.Portal>
        <Popover.Positioner sideOffset={4} align="start" className="z-50 outline-none">
          <Popover.Popup
            aria-label={say("chooseModel")}
            className="flex max-h-[min(420px,var(--available-height))] w-96 max-w-(--available-width) animate-appear flex-col rounded-card border border-line bg-raised shadow-raised outline-none"
          >
            <Suspense fallback={<SkeletonRows rows={6} className="px-3" />}>
              <PickerPanel kind={kind} chosen={chosen} onChoose={onChoose} onClose={() => setOpen(false)} />
            </Suspense>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
