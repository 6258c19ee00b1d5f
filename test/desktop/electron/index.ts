// Stands where "electron" is imported, in the tests of the desktop app. What it does not know is an error, and what it
// knows is held to Electron's own types.

import { type ChildProcess, fork } from "node:child_process";
import { EventEmitter } from "node:events";
import { existsSync } from "node:fs";
import type * as Electron from "electron";
import { StandInApp } from "./app.ts";
import { appEvents, StandInWindow } from "./browser-window.ts";
import { StandInSession } from "./session.ts";
import { strict } from "./strict.ts";
import { type StandInImage, type StandInMenu, StandInTray } from "./tray.ts";
import { world } from "./world.ts";

/** The app itself, with what only the stand-in has. */
export const standInApp = new StandInApp();
/** The default session, with what it was told. */
export const standInSession = new StandInSession();

appEvents.on("web-contents-created", (...values: unknown[]) => standInApp.emit("web-contents-created", ...values));
appEvents.on("window-all-closed", () => standInApp.emit("window-all-closed"));

export const app = strict("app", standInApp);
export const session = strict("session", { defaultSession: strict("session.defaultSession", standInSession) });
export const powerMonitor = strict("powerMonitor", world.power);

export class BrowserWindow extends StandInWindow {
  constructor(options: Electron.BrowserWindowConstructorOptions) {
    if (!world.isReady) throw new Error("Cannot create BrowserWindow before app is ready");
    super(options);
    return strict("BrowserWindow", this);
  }
}

export { StandInTray as Tray };

export const Menu = strict("Menu", {
  buildFromTemplate(template: readonly Electron.MenuItemConstructorOptions[]): StandInMenu {
    check(template);
    return { items: template };
  },
  setApplicationMenu: (menu: StandInMenu): void => void (world.applicationMenu = menu.items),
});

/** As Electron does: an item needs a label, a role or to be a separator. */
function check(template: readonly Electron.MenuItemConstructorOptions[]): void {
  for (const { label, role, type, submenu } of template) {
    if (label === undefined && role === undefined && type !== "separator") throw new TypeError("Invalid template for MenuItem");
    if (Array.isArray(submenu)) check(submenu);
  }
}

export class Notification extends EventEmitter {
  static isSupported(): boolean {
    return true;
  }

  readonly #words: { readonly title: string; readonly body: string };

  constructor({ title = "", body = "" }: Electron.NotificationConstructorOptions) {
    super();
    this.#words = { title, body };
  }

  show(): void {
    world.notifications.push({ ...this.#words, click: () => void this.emit("click", {}) });
  }
}

export const protocol = strict("protocol", {
  registerSchemesAsPrivileged(schemes): void {
    if (world.isReady) throw new Error("protocol.registerSchemesAsPrivileged should be called before app is ready");
    for (const { scheme, privileges } of schemes)
      world.early.push(
        `scheme ${scheme} ${Object.keys(privileges ?? {})
          .sort()
          .join(" ")}`,
      );
  },
  handle(scheme, handler): void {
    world.schemes.set(scheme, handler as never);
  },
} satisfies Pick<Electron.Protocol, "registerSchemesAsPrivileged" | "handle">);

export const ipcMain = strict("ipcMain", {
  handle(channel, listener): void {
    world.invokers.set(channel, listener as never);
  },
} satisfies Pick<Electron.IpcMain, "handle">);

export const shell = strict("shell", {
  async openExternal(url: string): Promise<void> {
    world.opened.push(url);
  },
  async openPath(folder: string): Promise<string> {
    world.opened.push(folder);
    return "";
  },
} satisfies Pick<Electron.Shell, "openExternal" | "openPath">);

export const dialog = strict("dialog", {
  async showMessageBox(options: Electron.MessageBoxOptions): Promise<Electron.MessageBoxReturnValue> {
    world.dialogs.push(options);
    return { response: world.answer(options), checkboxChecked: false };
  },
  showErrorBox(title: string, content: string): void {
    world.errors.push(`${title}: ${content}`);
  },
});

export const clipboard = strict("clipboard", {
  async writeText(text: string): Promise<void> {
    world.clipboard = text;
  },
} satisfies Pick<Electron.Clipboard, "writeText">);

export const nativeImage = strict("nativeImage", {
  createFromPath(file: string): StandInImage {
    // The real one is empty then, and the tray invisible.
    if (!existsSync(file)) throw new Error(`Cannot find the image ${file}`);
    return { file, setTemplateImage: () => undefined };
  },
});

export const nativeTheme = strict("nativeTheme", {
  themeSource: "system",
  shouldUseDarkColors: false,
} as Pick<Electron.NativeTheme, "themeSource" | "shouldUseDarkColors">);

const workArea = { x: 0, y: 0, width: 1920, height: 1040 };

export const screen = strict("screen", {
  getPrimaryDisplay: () => ({ workArea }),
  getAllDisplays: () => [{ workArea }],
});

export const systemPreferences = strict("systemPreferences", {
  canPromptTouchID: () => false,
} satisfies Pick<Electron.SystemPreferences, "canPromptTouchID">);

class StandInProcess extends EventEmitter implements Pick<Electron.UtilityProcess, "postMessage" | "kill" | "pid"> {
  readonly #child: ChildProcess;

  constructor(file: string, environment: NodeJS.ProcessEnv) {
    super();
    this.#child = fork(file, [], { env: environment, execArgv: [], stdio: ["ignore", "ignore", "ignore", "ipc"] });
    this.#child.on("message", (message) => this.emit("message", message));
    this.#child.on("exit", (code) => this.emit("exit", code ?? 1));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  postMessage(message: unknown): void {
    this.#child.send(message as object);
  }

  kill(): boolean {
    return this.#child.kill();
  }
}

/** How many utility processes were started. */
export const started: string[] = [];

export const utilityProcess = strict("utilityProcess", {
  fork(file: string, _args?: string[], options: Electron.ForkOptions = {}): Electron.UtilityProcess {
    if (!world.isReady) throw new Error("utilityProcess cannot be created before app is ready.");
    started.push(file);
    return strict("utilityProcess", new StandInProcess(file, options.env as NodeJS.ProcessEnv)) as unknown as Electron.UtilityProcess;
  },
});
