import { useEffect } from "react";
import { queries, queryKeyOf, type Answer } from "../data/queries.ts";
import { copyBaseUrl } from "./gateway-status.tsx";
import { isApple } from "../parts/keys.tsx";
import { useGo } from "./navigation.ts";
import { pages } from "./page.ts";

/** Whether a key press is this shortcut: `mod+shift+c`. */
export function isShortcut(event: KeyboardEvent, shortcut: string): boolean {
  const keys = shortcut.split("+");
  const mod = isApple ? event.metaKey : event.ctrlKey;
  const others = isApple ? event.ctrlKey : event.metaKey;
  if (mod !== keys.includes("mod") || others || event.shiftKey !== keys.includes("shift") || event.altKey !== keys.includes("alt"))
    return false;
  return event.key.toLowerCase() === keys.at(-1);
}

/** The shortcuts that work on every page. */
export function useShortcuts(): void {
  const go = useGo();
  useEffect(() => {
    function hear(event: KeyboardEvent): void {
      const page = pages.find(({ order }) => order !== null && order <= 9 && isShortcut(event, `mod+${String(order)}`));
      if (page !== undefined) go(page.id);
      else if (isShortcut(event, "mod+,")) go("settings");
      else if (isShortcut(event, "mod+shift+c")) {
        const status = queries.getQueryData<Answer<"getStatus">>(queryKeyOf("getStatus", {}));
        if (status !== undefined) void copyBaseUrl(status);
      } else return;
      event.preventDefault();
    }
    addEventListener("keydown", hear);
    return () => removeEventListener("keydown", hear);
  }, [go]);
}
