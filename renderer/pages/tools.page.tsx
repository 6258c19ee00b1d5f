import { PlugZap } from "lucide-react";
import type { Page } from "../shell/page.ts";
import { toolsSearchSchema } from "./tools/search.ts";

/** Tools: who may call with which rights, who asks to be let in, and how a tool is led here. */
export const page: Page = {
  id: "tools",
  title: "pageTools",
  icon: PlugZap,
  order: 5,
  texts: ["tools"],
  search: toolsSearchSchema,
  load: () => import("./tools/tools-view.tsx"),
};
