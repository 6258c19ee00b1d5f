import { Menu as Base } from "@base-ui/react/menu";
import { Check } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import { classNames } from "./class-names.ts";
import { Keys } from "./keys.tsx";

/** One line of a menu. */
export interface MenuItem {
  readonly words: string;
  readonly icon?: ReactNode;
  readonly shortcut?: string;
  readonly isDanger?: boolean;
  readonly isDisabled?: boolean;
  /** A tick before it. */
  readonly isChecked?: boolean;
  readonly onSelect: () => void;
}

/** A list of actions that opens from a button. `null` among the items is a line between groups. */
export function Menu({
  trigger,
  items,
  align = "end",
}: {
  /** A button: `<IconButton … />`. */
  readonly trigger: ReactElement<Record<string, unknown>>;
  readonly items: readonly (MenuItem | null)[];
  readonly align?: "start" | "end";
}): ReactNode {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align={align} className="z-50 outline-none">
          <Base.Popup className="max-h-(--available-height) min-w-44 animate-appear overflow-y-auto rounded-card border border-line bg-raised p-1 shadow-raised outline-none">
            {items.map((item, index) =>
              item === null ? (
                <Base.Separator key={`line-${String(index)}`} className="mx-2 my-1 h-px bg-line" />
              ) : (
                <Base.Item
                  key={item.words}
                  disabled={item.isDisabled ?? false}
                  onClick={item.onSelect}
                  className={classNames(
                    "flex min-h-7 select-none items-center gap-2 rounded-control px-2 py-1 outline-none data-disabled:opacity-45 data-highlighted:bg-hover",
                    item.isDanger === true && "text-bad data-highlighted:bg-bad-soft",
                  )}
                >
                  {item.icon === undefined ? null : (
                    <span className="grid size-4 shrink-0 place-items-center text-ink-muted">{item.icon}</span>
                  )}
                  <span className="min-w-0 flex-1 truncate">{item.words}</span>
                  {item.isChecked === true ? <Check className="size-4 text-accent-ink" /> : null}
                  {item.shortcut === undefined ? null : <Keys shortcut={item.shortcut} />}
                </Base.Item>
              ),
            )}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
