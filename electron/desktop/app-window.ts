import { BrowserWindow, nativeTheme, screen } from "electron";
import { appOrigin } from "./app-protocol.ts";
import { webPreferences } from "./web-preferences.ts";
import { placeWindow, readWindowState, smallestSize, type WindowState, writeWindowState } from "./window-state.ts";

/** The app's one window, which may or may not exist. */
export interface AppWindow {
  /** Shows it, at a place in it (`#/usage`) if one is named; makes it where there is none. */
  open(hash?: string): void;
  /** The window as it is; null where there is none. */
  readonly current: BrowserWindow | null;
  /** Lets the next close be a real one. */
  allowClose(): void;
  /** Keeps where it is, now. */
  keep(): void;
}

/** What the window needs. */
export interface AppWindowOptions {
  readonly preload: string;
  readonly isPackaged: boolean;
  /** Where its place is kept. */
  readonly stateFile: string;
  /** The taskbar's icon, where the program has none of its own; null elsewhere. */
  readonly icon: string | null;
  /** Whether closing hides it. Asked at each close. */
  readonly closeHides: () => boolean;
  /** Closing has hidden it, for the first time ever. */
  readonly onFirstHide: () => void;
  /** It was shown, or is gone from sight. */
  readonly onVisible: (isVisible: boolean) => void;
}

/** A hidden window costs as much memory as a shown one: after this, it goes, and is made anew at its place. */
const hiddenLifeMs = 5 * 60_000;
const keepDelayMs = 500;

/** Makes the keeper of the window; no window yet. */
export function createAppWindow(options: AppWindowOptions): AppWindow {
  let window: BrowserWindow | null = null;
  let mayClose = false;
  let state = readWindowState(options.stateFile);
  let keepTimer: NodeJS.Timeout | undefined;
  let lifeTimer: NodeJS.Timeout | undefined;

  function create(hash: string): BrowserWindow {
    const screens = [screen.getPrimaryDisplay(), ...screen.getAllDisplays()].map(({ workArea }) => workArea);
    const made = new BrowserWindow({
      ...placeWindow(state.bounds, screens),
      minWidth: smallestSize.width,
      minHeight: smallestSize.height,
      show: false,
      title: "Postern",
      autoHideMenuBar: true,
      // What stands there before the page does; the page's own colours follow the system as well.
      backgroundColor: nativeTheme.shouldUseDarkColors ? "#0e1013" : "#f9fafb",
      ...(options.icon === null ? {} : { icon: options.icon }),
      webPreferences: webPreferences(options),
    });
    if (state.isMaximized) made.maximize();
    made.once("ready-to-show", () => made.show());
    made.on("show", () => {
      clearTimeout(lifeTimer);
      options.onVisible(true);
    });
    made.on("hide", () => options.onVisible(false));
    for (const event of ["resize", "move", "maximize", "unmaximize"] as const) made.on(event as "resize", keepSoon);
    made.webContents.on("did-navigate-in-page", keepSoon);
    made.on("close", (event) => {
      keep();
      if (mayClose || !options.closeHides()) return;
      event.preventDefault();
      hide(made);
    });
    made.on("closed", () => {
      window = null;
      clearTimeout(lifeTimer);
      clearTimeout(keepTimer);
      options.onVisible(false);
    });
    // A page that died is made anew; the calls that it made have ended with it.
    made.webContents.on("render-process-gone", (_event, { reason }) => {
      if (reason !== "clean-exit" && reason !== "killed") made.reload();
    });
    void made.loadURL(`${appOrigin}/${hash}`);
    return made;
  }

  function hide(made: BrowserWindow): void {
    made.hide();
    lifeTimer = setTimeout(() => {
      mayClose = true;
      made.close();
      mayClose = false;
    }, hiddenLifeMs).unref();
    if (state.knowsTray) return;
    state = { ...state, knowsTray: true };
    writeWindowState(options.stateFile, state);
    options.onFirstHide();
  }

  function keepSoon(): void {
    clearTimeout(keepTimer);
    keepTimer = setTimeout(keep, keepDelayMs).unref();
  }

  function keep(): void {
    if (window === null) return;
    const hash = URL.parse(window.webContents.getURL())?.hash ?? "";
    const next: WindowState = { ...state, bounds: window.getNormalBounds(), isMaximized: window.isMaximized(), hash: hash.slice(0, 2_000) };
    if (JSON.stringify(next) === JSON.stringify(state)) return;
    state = next;
    writeWindowState(options.stateFile, state);
  }

  return {
    get current() {
      return window;
    },
    open(hash) {
      if (window === null) {
        window = create(hash ?? state.hash);
        return;
      }
      // A place in the page that is loaded already changes its hash alone, and loads nothing.
      if (hash !== undefined) void window.loadURL(`${appOrigin}/${hash}`);
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
    },
    allowClose: () => void (mayClose = true),
    keep,
  };
}
