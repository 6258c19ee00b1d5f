import { Boxes } from "lucide-react";
import type { Page } from "../shell/page.ts";
import { modelsSearchSchema } from "./models/search.ts";

/** Models: the whole catalog, and what can be done with each. */
export const page: Page = {
  id: "models",
  title: "pageModels",
  icon: Boxes,
  order: 2,
  texts: ["models"],
  search: modelsSearchSchema,
  load: () => import("./models/models-view.tsx"),
};
