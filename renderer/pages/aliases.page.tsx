import { Split } from "lucide-react";
import type { Page } from "../shell/page.ts";
import { aliasesSearchSchema } from "./aliases/search.ts";

/** Aliases: names for targets, what they resolve to, and where a call to one would go. */
export const page: Page = {
  id: "aliases",
  title: "pageAliases",
  icon: Split,
  order: 3,
  texts: ["aliases"],
  search: aliasesSearchSchema,
  load: () => import("./aliases/aliases-view.tsx"),
};
