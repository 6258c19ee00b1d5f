import { Outlet, useRouterState } from "@tanstack/react-router";
import { CloudOff } from "lucide-react";
import type { ReactNode } from "react";
import { useConnection } from "../data/connection.ts";
import { useText } from "../text/texts.ts";
import { useAppearance } from "./appearance.ts";
import { Overlays } from "./overlays.tsx";
import { Sidebar } from "./sidebar.tsx";
import { useShortcuts } from "./shortcuts.ts";

/** What stands around every page. */
export function Shell(): ReactNode {
  const say = useText("shell");
  const isAway = useConnection((connection) => connection.isAway);
  // The page that is on the screen, which is the former one while the next is loaded.
  const shown = useRouterState({ select: ({ resolvedLocation }) => resolvedLocation?.pathname.split("/")[1] });
  useAppearance();
  useShortcuts();
  return (
    <div className="flex h-full">
      <a
        href="#content"
        onClick={(event) => {
          // The hash is the router's.
          event.preventDefault();
          document.querySelector<HTMLElement>("#content")?.focus();
        }}
        className="sr-only focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-60 focus:rounded-control focus:bg-raised focus:px-3 focus:py-1.5"
      >
        {say("skipToContent")}
      </a>
      <Sidebar />
      <main id="content" data-page={shown} tabIndex={-1} className="flex min-w-0 flex-1 flex-col outline-none">
        {isAway ? (
          <div role="status" className="flex shrink-0 items-center gap-2.5 border-b border-line bg-warn-soft px-6 py-2">
            <CloudOff aria-hidden="true" className="size-4 shrink-0 text-warn" />
            <p>
              <strong className="font-medium">{say("offlineTitle")}.</strong> <span className="text-ink-soft">{say("offlineHelp")}</span>
            </p>
          </div>
        ) : null}
        <div className="min-h-0 flex-1">
          <Outlet />
        </div>
      </main>
      <Overlays />
    </div>
  );
}
