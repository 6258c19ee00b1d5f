import { EventEmitter } from "node:events";
import type { Menu, MenuItemConstructorOptions, Tray } from "electron";
import { strict } from "./strict.ts";
import { world } from "./world.ts";

/** An image, which has to be there. */
export interface StandInImage {
  readonly file: string;
  setTemplateImage(isTemplate: boolean): void;
}

/** A menu: the template that it was built from. */
export interface StandInMenu {
  readonly items: readonly MenuItemConstructorOptions[];
}

/** Electron's `Tray`, with what a person does to it. */
export class StandInTray extends EventEmitter implements Pick<Tray, "setToolTip" | "setIgnoreDoubleClickEvents" | "destroy"> {
  image: StandInImage;
  toolTip = "";
  menu: StandInMenu = { items: [] };
  isDestroyed = false;

  constructor(image: StandInImage, id?: string) {
    super();
    if (id !== undefined && !/^[0-9a-f-]{36}$/.test(id)) throw new TypeError("Invalid GUID format");
    this.image = image;
    world.trays.add(this);
    return strict("Tray", this);
  }

  setImage(image: StandInImage): void {
    this.image = image;
  }

  setToolTip(text: string): void {
    this.toolTip = text;
  }

  setContextMenu(menu: Menu | null): void {
    this.menu = menu as unknown as StandInMenu;
  }

  setIgnoreDoubleClickEvents(): void {}

  destroy(): void {
    this.isDestroyed = true;
    world.trays.delete(this);
  }
}

/** Presses an item of a menu, found by the beginning of its label, through its submenus. */
export function press(menu: StandInMenu, ...labels: readonly string[]): void {
  let items = menu.items;
  for (const [depth, label] of labels.entries()) {
    const item = items.find((one) => one.label?.startsWith(label) === true);
    if (item === undefined) throw new Error(`Cannot press "${label}": there is ${items.map((one) => one.label ?? one.type).join(", ")}`);
    if (item.enabled === false) throw new Error(`Cannot press "${label}": it is disabled`);
    if (depth === labels.length - 1) item.click?.(item as never, undefined, {} as never);
    else items = item.submenu as readonly MenuItemConstructorOptions[];
  }
}

/** The labels of a menu, as a person reads them. */
export function labelsOf(items: readonly MenuItemConstructorOptions[]): string[] {
  return items.map(({ label, role, type }) => (type === "separator" ? "---" : (label ?? role ?? "")));
}
