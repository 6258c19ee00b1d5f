import type { MenuItemConstructorOptions } from "electron";
import { words } from "./words.ts";

/** What the menu's own items do. */
export interface MenuActions {
  openWindow(hash: string): void;
  openDataFolder(): void;
  checkForUpdates(): void;
}

/** The application's menu: the platform's own roles, so that copying, zooming and closing work as everywhere. */
export function appMenuTemplate(
  { system, isPackaged }: { readonly system: "macos" | "windows" | "linux"; readonly isPackaged: boolean },
  actions: MenuActions,
): MenuItemConstructorOptions[] {
  const settings: MenuItemConstructorOptions = {
    label: words.tray.settings,
    accelerator: "CommandOrControl+,",
    click: () => actions.openWindow("#/settings"),
  };
  const updates: MenuItemConstructorOptions = { label: words.update.check, click: () => actions.checkForUpdates() };
  const separator: MenuItemConstructorOptions = { type: "separator" };
  const isMac = system === "macos";
  return [
    ...(isMac
      ? [
          {
            role: "appMenu",
            submenu: [
              { role: "about" },
              updates,
              separator,
              settings,
              separator,
              { role: "services" },
              separator,
              { role: "hide" },
              { role: "hideOthers" },
              { role: "unhide" },
              separator,
              { role: "quit", label: words.tray.quitRunning },
            ],
          } satisfies MenuItemConstructorOptions,
        ]
      : []),
    {
      label: words.menu.file,
      submenu: [
        ...(isMac ? [] : [settings, separator]),
        { label: words.menu.dataFolder, click: () => actions.openDataFolder() },
        separator,
        { role: "close" },
        ...(isMac ? [] : [{ role: "quit", label: words.tray.quitRunning } satisfies MenuItemConstructorOptions]),
      ],
    },
    { role: "editMenu" },
    {
      label: words.menu.view,
      submenu: [
        { role: "reload" },
        ...(isPackaged ? [] : [{ role: "toggleDevTools" } satisfies MenuItemConstructorOptions]),
        separator,
        { role: "resetZoom" },
        { role: "zoomIn" },
        { role: "zoomOut" },
        separator,
        { role: "togglefullscreen" },
      ],
    },
    { role: "windowMenu" },
    ...(isMac
      ? []
      : [{ role: "help", label: words.menu.help, submenu: [updates, { role: "about" }] } satisfies MenuItemConstructorOptions]),
  ];
}
