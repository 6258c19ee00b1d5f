import { queries, queryKeyOf, type Answer } from "../data/queries.ts";
import { readSetting, saveSetting } from "../data/settings.ts";
import { wordsOf } from "../data/admin.ts";
import { tellNews } from "../parts/toasts.tsx";
import { copyBaseUrl } from "./gateway-status.tsx";
import type { Go } from "./navigation.ts";
import { useShell } from "./shell-state.ts";

/** Does what a shortcut or a command of the shell stands for. @returns whether there is such an action */
export function runAction(id: string, go: Go): boolean {
  if (id.startsWith("page.")) go(id.slice("page.".length));
  else if (id === "palette.open") useShell.setState({ open: "palette" });
  else if (id === "help.open") useShell.setState({ open: "shortcuts" });
  else if (id === "chat.new") go("chat", { search: {} });
  else if (id === "gateway.copy-base-url") copyFromStatus();
  else if (id === "theme.toggle") toggleTheme();
  else return false;
  return true;
}

function copyFromStatus(): void {
  const status = queries.getQueryData<Answer<"getStatus">>(queryKeyOf("getStatus", {}));
  if (status !== undefined) void copyBaseUrl(status);
}

/** From what is seen to the other, whatever the system has. */
function toggleTheme(): void {
  if (readSetting("appearance", "theme") === undefined) return;
  const next = document.documentElement.dataset["theme"] === "dark" ? "light" : "dark";
  saveSetting("appearance", "theme", next).catch((error: unknown) => tellNews(wordsOf(error), { isBad: true }));
}
