import type { ReactNode } from "react";

/** Above the pages: the way into the command palette. */
export function SidebarTools(): ReactNode {
  return null;
}
