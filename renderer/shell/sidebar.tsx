import { Link, useLocation } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { classNames } from "../parts/class-names.ts";
import { Tooltip } from "../parts/tooltip.tsx";
import { useText } from "../text/texts.ts";
import { DesktopNotice } from "./desktop-notice.tsx";
import { GatewayStatus } from "./gateway-status.tsx";
import { Mark } from "./mark.tsx";
import { type Page, pages } from "./page.ts";
import { SidebarTools } from "./sidebar-tools.tsx";

/** The pages, and how the gateway stands. A rail of icons where the window is narrow. */
export function Sidebar(): ReactNode {
  const say = useText("shell");
  const { pathname } = useLocation();
  const ofPage = (page: Page): ReactNode => <PageLink key={page.id} page={page} isCurrent={pathname.split("/")[1] === page.id} />;
  const listed = pages.filter((page) => page.order !== null);
  return (
    <aside className="flex h-full w-53 shrink-0 flex-col border-r border-line bg-sidebar p-2.5 narrow:w-14 narrow:items-center narrow:px-1.5">
      <div className="mb-3 flex h-9 items-center gap-2 px-1.5 narrow:px-0">
        <Mark />
        <span className="text-heading font-semibold tracking-tight narrow:hidden">{say("appName")}</span>
      </div>
      <SidebarTools />
      <nav aria-label={say("navigation")} className="flex min-h-0 flex-1 flex-col gap-0.5 overflow-y-auto narrow:items-center">
        {listed.filter((page) => page.isAtFoot !== true).map(ofPage)}
        <span className="flex-1" />
        {listed.filter((page) => page.isAtFoot === true).map(ofPage)}
      </nav>
      <div className="mt-2 narrow:w-full">
        <DesktopNotice />
        <GatewayStatus />
      </div>
    </aside>
  );
}

function PageLink({ page, isCurrent }: { readonly page: Page; readonly isCurrent: boolean }): ReactNode {
  const say = useText("shell");
  const Icon = page.icon;
  const title = say(page.title);
  return (
    <Tooltip words={title} {...(page.order === null || page.order > 9 ? {} : { shortcut: `mod+${String(page.order)}` })}>
      <Link
        to={`/${page.id}` as never}
        aria-current={isCurrent ? "page" : undefined}
        className={classNames(
          "relative flex h-8 shrink-0 items-center gap-2.5 rounded-control px-2.5 transition-colors narrow:w-9 narrow:justify-center narrow:px-0",
          isCurrent
            ? "bg-hover font-medium text-ink before:absolute before:inset-y-1.5 before:left-0 before:w-[3px] before:rounded-full before:bg-accent"
            : "text-ink-soft hover:bg-hover hover:text-ink",
        )}
      >
        <Icon aria-hidden="true" className={classNames("size-4", isCurrent ? "text-accent-ink" : "text-ink-muted")} strokeWidth={1.75} />
        <span className="narrow:sr-only">{title}</span>
      </Link>
    </Tooltip>
  );
}
