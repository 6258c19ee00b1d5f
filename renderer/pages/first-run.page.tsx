import { Rocket } from "lucide-react";
import type { Page } from "../shell/page.ts";
import { firstRunSearchSchema } from "./first-run/search.ts";

/** The first steps: a key, a tool, a first answer. Shown once by itself, and again for whoever asks for it. */
export const page: Page = {
  id: "first-run",
  title: "pageFirstRun",
  icon: Rocket,
  order: null,
  texts: ["firstRun", "keys"],
  search: firstRunSearchSchema,
  load: () => import("./first-run/first-run-view.tsx"),
};
