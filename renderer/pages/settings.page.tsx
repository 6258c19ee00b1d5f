import { Settings2 } from "lucide-react";
import type { Page } from "../shell/page.ts";
import { settingsSearchSchema } from "./settings/search.ts";

/** Settings, made from their schema; backups, diagnostics and what this Postern is. `#/settings/gateway` is one part of them. */
export const page: Page = {
  id: "settings",
  title: "pageSettings",
  icon: Settings2,
  order: 8,
  isAtFoot: true,
  texts: ["settings", "palette"],
  search: settingsSearchSchema,
  load: () => import("./settings/settings-view.tsx"),
};
