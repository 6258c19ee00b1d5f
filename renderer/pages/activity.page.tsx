import { Activity } from "lucide-react";
import type { Page } from "../shell/page.ts";
import { activitySearchSchema } from "./activity/search.ts";

/** Activity: every call as it happens, and what became of it. */
export const page: Page = {
  id: "activity",
  title: "pageActivity",
  icon: Activity,
  order: 6,
  texts: ["activity"],
  search: activitySearchSchema,
  load: () => import("./activity/view.tsx"),
};
