import { Menu, nativeImage, Tray } from "electron";
import path from "node:path";
import { type TrayFacts, type TrayShape, trayShape } from "./tray-facts.ts";
import { type TrayActions, trayTemplate } from "./tray-template.ts";
import { gatewayWords, words } from "./words.ts";

/** The icon in the system's bar. */
export interface AppTray {
  show(facts: TrayFacts): void;
  /** Puts a balloon beside the icon, on Windows: it starts out hidden among others. */
  pointAt(title: string, content: string): void;
  destroy(): void;
}

/** By this, macOS and Windows find the icon's place again after a restart. */
const trayId = "8f1b8c52-6d0e-4b53-9a54-2f0d1c7e9a41";

/**
 * Opens the tray.
 *
 * @returns null where the system has none: the app then works by its window
 */
export function openTray(options: { readonly iconsFolder: string; readonly actions: TrayActions }, facts: TrayFacts): AppTray | null {
  const { iconsFolder, actions } = options;
  let tray: Tray;
  try {
    // A package that is not signed has no identity that Windows would keep the place for.
    tray = facts.system === "linux" ? new Tray(imageOf(trayShape(facts))) : new Tray(imageOf(trayShape(facts)), trayId);
  } catch {
    return null;
  }
  let shape: TrayShape | null = null;

  function imageOf(wanted: TrayShape) {
    if (facts.system === "macos") {
      const image = nativeImage.createFromPath(path.join(iconsFolder, "tray", `${wanted}Template.png`));
      image.setTemplateImage(true);
      return image;
    }
    if (facts.system === "windows") return nativeImage.createFromPath(path.join(iconsFolder, "tray", `${wanted}.ico`));
    return nativeImage.createFromPath(path.join(iconsFolder, "tray", `${wanted}.png`));
  }

  function show(next: TrayFacts): void {
    const wanted = trayShape(next);
    if (wanted !== shape) tray.setImage(imageOf(wanted));
    shape = wanted;
    tray.setToolTip(`${words.name}: ${gatewayWords(next.gateway)}`);
    tray.setContextMenu(Menu.buildFromTemplate(trayTemplate(next, actions)));
  }

  // On Windows a click opens the window; elsewhere it opens the menu by itself.
  if (facts.system === "windows") tray.on("click", () => actions.openWindow());
  if (facts.system === "macos") tray.setIgnoreDoubleClickEvents(true);
  show(facts);
  return {
    show,
    pointAt: (title, content) => {
      if (facts.system === "windows") tray.displayBalloon({ title, content, iconType: "custom", icon: imageOf("running") });
    },
    destroy: () => tray.destroy(),
  };
}
