import { KeyRound } from "lucide-react";
import type { Page } from "../shell/page.ts";
import { keysSearchSchema } from "./keys/search.ts";

/** Keys: the providers, and the keys that each is called with. `#/keys/openai` opens one of them. */
export const page: Page = {
  id: "keys",
  title: "pageKeys",
  icon: KeyRound,
  order: 4,
  texts: ["keys"],
  search: keysSearchSchema,
  load: () => import("./keys/keys-view.tsx"),
};
