import { Search } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "../parts/class-names.ts";
import { Keys } from "../parts/keys.tsx";
import { Tooltip } from "../parts/tooltip.tsx";
import { useText } from "../text/texts.ts";
import { tooltipKeys } from "./read-keys.ts";
import { useShell } from "./shell-state.ts";
import { keysOf, shortcutActions } from "./shortcut-map.ts";
import { useBindings } from "./shortcuts.ts";

/** Above the pages: the way into the command palette. */
export function SidebarTools(): ReactNode {
  const say = useText("shell");
  const bindings = useBindings();
  const action = shortcutActions.find(({ id }) => id === "palette.open");
  const keys = action === undefined ? null : keysOf(action, bindings);
  return (
    <Tooltip words={say("search")} {...(keys === null ? {} : { shortcut: tooltipKeys(keys) })}>
      <button
        type="button"
        aria-haspopup="dialog"
        onClick={() => useShell.setState({ open: "palette" })}
        className={classNames(
          "mb-3 flex h-8 shrink-0 items-center gap-2.5 rounded-control border border-line bg-surface px-2.5 text-ink-muted shadow-card transition-colors hover:border-line-strong hover:text-ink",
          "narrow:w-9 narrow:justify-center narrow:px-0",
        )}
      >
        <Search aria-hidden="true" className="size-4 shrink-0" strokeWidth={1.75} />
        <span className="sr-only">{say("search")}</span>
        <span aria-hidden="true" className="flex-1 truncate text-left narrow:hidden">
          {say("searchShort")}
        </span>
        {keys === null ? null : (
          <span aria-hidden="true" className="narrow:hidden">
            <Keys shortcut={tooltipKeys(keys)} />
          </span>
        )}
      </button>
    </Tooltip>
  );
}
