import { ChartColumn } from "lucide-react";
import type { Page } from "../shell/page.ts";
import { usageSearchSchema } from "./usage/search.ts";

/** Usage: what was called over time, what it cost, and how it went. */
export const page: Page = {
  id: "usage",
  title: "pageUsage",
  icon: ChartColumn,
  order: 7,
  texts: ["usage"],
  search: usageSearchSchema,
  load: () => import("./usage/view.tsx"),
};
