import {
  type AnyRouter,
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import type { ComponentType, ReactNode } from "react";
import { SkeletonRows } from "../parts/states.tsx";
import { loadTexts } from "../text/texts.ts";
import { PageCrash } from "./page-crash.tsx";
import { PageMissing } from "./page-missing.tsx";
import { type Page, pages } from "./page.ts";
import { Shell } from "./shell.tsx";
import { findStart } from "./start-page.ts";

/** The router over all pages, each at `#/<id>` and `#/<id>/<thing>`, loaded when it is first opened. */
export function openRouter(): AnyRouter {
  const root = createRootRoute({ component: Shell, notFoundComponent: PageMissing });
  const start = createRoute({
    getParentRoute: () => root,
    path: "/",
    beforeLoad: async () => {
      const to = `/${await findStart()}`;
      // Whoever has gone to a page meanwhile is not called back.
      if (/^#\/./.test(location.hash)) return;
      redirect({ to, replace: true, throw: true } as never);
    },
  });
  const routes = pages.flatMap((page) => {
    const component = lazyRouteComponent(() => loadPage(page), "PageView");
    const validateSearch = (search: Record<string, unknown>): Record<string, unknown> => page.search?.safeParse(search).data ?? {};
    // Both show the one component, so that opening a thing on a page keeps the page.
    return [`/${page.id}`, `/${page.id}/$`].map((path) => createRoute({ getParentRoute: () => root, path, component, validateSearch }));
  });
  return createRouter({
    routeTree: root.addChildren([start, ...routes]),
    history: createHashHistory(),
    defaultPreload: "intent",
    defaultPendingComponent: PagePending,
    defaultPendingMs: 150,
    defaultErrorComponent: PageCrash,
    defaultNotFoundComponent: PageMissing,
    // Preloads code alone; data is kept by the queries.
    defaultPreloadStaleTime: 0,
  }) as AnyRouter;
}

async function loadPage(page: Page): Promise<{ readonly PageView: ComponentType }> {
  const [loaded] = await Promise.all([page.load(), loadTexts(...page.texts)]);
  return loaded;
}

function PagePending(): ReactNode {
  return (
    <div className="p-6">
      <SkeletonRows rows={8} />
    </div>
  );
}
