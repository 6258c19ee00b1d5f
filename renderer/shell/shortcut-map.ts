import type { TextKey, Texts } from "../text/texts.ts";

/** Something that keys do anywhere in the window. */
export interface ShortcutAction {
  /** Its name in `shortcuts.bindings` of config.json. */
  readonly id: string;
  /** Its words, in the catalogue's part "palette". */
  readonly title: TextKey<Texts["palette"]>;
  /** As config.json writes keys: `Mod+Shift+K`; null for none. */
  readonly keys: string | null;
}

/**
 * Every shortcut of the window, as it comes. None is one that a browser keeps for itself (Mod+N, Mod+T, Mod+W) or that a
 * screen reader takes (Alt+arrows, Ctrl+Alt). Those of single pages are their own.
 */
export const shortcutActions: readonly ShortcutAction[] = [
  { id: "palette.open", title: "openPalette", keys: "Mod+K" },
  { id: "help.open", title: "openHelp", keys: "?" },
  { id: "chat.new", title: "newChat", keys: "Mod+Shift+O" },
  { id: "gateway.copy-base-url", title: "copyBaseUrl", keys: "Mod+Shift+C" },
  { id: "theme.toggle", title: "toggleTheme", keys: "Mod+Shift+L" },
  { id: "page.chat", title: "goChat", keys: "Mod+1" },
  { id: "page.models", title: "goModels", keys: "Mod+2" },
  { id: "page.aliases", title: "goAliases", keys: "Mod+3" },
  { id: "page.keys", title: "goKeys", keys: "Mod+4" },
  { id: "page.tools", title: "goTools", keys: "Mod+5" },
  { id: "page.activity", title: "goActivity", keys: "Mod+6" },
  { id: "page.usage", title: "goUsage", keys: "Mod+7" },
  { id: "page.settings", title: "goSettings", keys: "Mod+," },
];

/** What keys do now: what the person chose, and else what the window comes with. */
export function keysOf(action: ShortcutAction, bindings: Readonly<Record<string, string | null>>): string | null {
  const chosen = bindings[action.id];
  return chosen === undefined ? action.keys : chosen;
}

/** The action that has these keys already; undefined where they are free. */
export function findHolder(
  keys: string,
  bindings: Readonly<Record<string, string | null>>,
  except: string | null = null,
): ShortcutAction | undefined {
  return shortcutActions.find((action) => action.id !== except && keysOf(action, bindings) === keys);
}

/** Keys that a browser does not give to a page, or that end the work of whoever presses them by habit. */
const reserved: ReadonlySet<string> = new Set(
  ["N", "T", "W", "Shift+N", "Shift+T", "Shift+W", "Q", "R", "L", "C", "V", "X", "A", "Z", "Shift+Z", "P", "F", "S"].map(
    (keys) => `Mod+${keys}`,
  ),
);

/** Whether keys are none that a shortcut may have. */
export function isReserved(keys: string): boolean {
  return (
    reserved.has(keys) || /^(Escape|Enter|Space|Backspace|Delete|Arrow\w+|Home|End|Page\w+)$/.test(keys) || keys === "F5" || keys === "F12"
  );
}
