import { useEffect, useMemo } from "react";
import { useSettingValue } from "../data/settings.ts";
import { useGo } from "./navigation.ts";
import { isTyping, readKeys } from "./read-keys.ts";
import { runAction } from "./run-action.ts";
import { keysOf, shortcutActions } from "./shortcut-map.ts";

const none: Readonly<Record<string, string | null>> = {};

/** The shortcuts that the person changed, by action. */
export function useBindings(): Readonly<Record<string, string | null>> {
  return useSettingValue("shortcuts", "bindings", none);
}

/** The shortcuts that work on every page. */
export function useShortcuts(): void {
  const go = useGo();
  const bindings = useBindings();
  const actions = useMemo(() => new Map(shortcutActions.map((action) => [keysOf(action, bindings), action.id])), [bindings]);
  useEffect(() => {
    function hear(event: KeyboardEvent): void {
      if (event.defaultPrevented || event.repeat || event.isComposing) return;
      const keys = readKeys(event);
      if (keys === null || (!keys.startsWith("Mod+") && !/^F\d/.test(keys) && isTyping(event))) return;
      const id = actions.get(keys);
      if (id === undefined || isInDialog(id)) return;
      if (runAction(id, go)) event.preventDefault();
    }
    addEventListener("keydown", hear);
    return () => removeEventListener("keydown", hear);
  }, [go, actions]);
}

/** A dialog keeps the person where they are: only what leads nowhere else works over it. News in the corner are no dialog. */
function isInDialog(id: string): boolean {
  const isQuiet = id === "gateway.copy-base-url" || id === "theme.toggle";
  const dialogs = [...document.querySelectorAll('[role="dialog"], [role="alertdialog"]')];
  return !isQuiet && dialogs.some((dialog) => dialog.closest("[data-news]") === null);
}
