import { Popover as Base } from "@base-ui/react/popover";
import type { ReactElement, ReactNode } from "react";

/** A small panel that opens from a button: filters, details. */
export function Popover({
  trigger,
  title,
  align = "start",
  children,
}: {
  readonly trigger: ReactElement<Record<string, unknown>>;
  /** Its name for screen readers. */
  readonly title: string;
  readonly align?: "start" | "center" | "end";
  readonly children: ReactNode;
}): ReactNode {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align={align} className="z-50 outline-none">
          <Base.Popup
            aria-label={title}
            className="max-h-(--available-height) w-72 max-w-(--available-width) animate-appear overflow-y-auto rounded-card border border-line bg-raised p-3 shadow-raised outline-none"
          >
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
