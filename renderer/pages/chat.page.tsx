import { MessageSquare } from "lucide-react";
import type { Page } from "../shell/page.ts";
import { chatSearchSchema } from "./chat/search.ts";

/** Conversations with any model or alias. `#/chat/<id>` is one of them; `?model=` and `?prompt=` fill a new one in, and send nothing. */
export const page: Page = {
  id: "chat",
  title: "pageChat",
  icon: MessageSquare,
  order: 1,
  texts: ["chat", "markdown"],
  search: chatSearchSchema,
  load: () => import("./chat/chat-view.tsx"),
};
