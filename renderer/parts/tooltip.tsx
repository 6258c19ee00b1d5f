import { Tooltip as Base } from "@base-ui/react/tooltip";
import type { ReactElement, ReactNode } from "react";
import { Keys } from "./keys.tsx";

/** A few words beside the pointer or the focus. What it says must be in the accessible name as well. */
export function Tooltip({
  words,
  shortcut,
  children,
}: {
  readonly words: string;
  readonly shortcut?: string;
  readonly children: ReactElement<Record<string, unknown>>;
}): ReactNode {
  return (
    <Base.Root>
      <Base.Trigger render={children} />
      <Base.Portal>
        <Base.Positioner sideOffset={6} className="z-50">
          <Base.Popup
            // Beside the name that the trigger has already: heard twice, it would only be noise.
            aria-hidden="true"
            className="animate-appear flex max-w-80 items-center gap-2 rounded-control border border-line bg-raised px-2 py-1 text-small text-ink shadow-raised"
          >
            {words}
            {shortcut === undefined ? null : <Keys shortcut={shortcut} />}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
