import { app, ipcMain, Menu, nativeTheme, powerMonitor, protocol, session, shell } from "electron";
import path from "node:path";
import type { Postern } from "#core/postern.ts";
import { createClient } from "#shared/contract/client.ts";
import { type DesktopState, desktopChannels } from "#shared/desktop-bridge.ts";
import { version } from "#shared/version.ts";
import { serveControlSocket } from "../host/control-socket.ts";
import { systemClock } from "../host/system-clock.ts";
import { appMenuTemplate } from "./app-menu.ts";
import { appScheme, createAppHandler } from "./app-protocol.ts";
import { createAppWindow } from "./app-window.ts";
import { collectFacts } from "./collect-facts.ts";
import { followEvents } from "./follow-events.ts";
import { createGatewayControl, drainMs } from "./gateway-control.ts";
import { hardenSession } from "./harden-session.ts";
import { createLoginItem } from "./login-item.ts";
import { createNotifications } from "./notifications.ts";
import { openCore } from "./open-core.ts";
import { openLink } from "./open-link.ts";
import { createQuitting } from "./quitting.ts";
import { serveBridge } from "./serve-bridge.ts";
import { watchSystem } from "./system-events.ts";
import { openTray } from "./tray.ts";
import { createTrayActions } from "./tray-actions.ts";
import { firstTrayFacts, type TrayFacts } from "./tray-facts.ts";
import { askingPlace } from "./tray-template.ts";
import { createUpdates, whyNoUpdates } from "./updates.ts";
import { words } from "./words.ts";

/** What a start is given. */
export interface DesktopOptions {
  readonly dataFolder: string;
  /** The program's own arguments. */
  readonly args: readonly string[];
  readonly system: "macos" | "windows" | "linux";
}

/** The app, running. */
export interface Desktop {
  /** Somebody started the app again, or opened a link. */
  openAgain(link: string | undefined): void;
  quit(): void;
}

/** A system that ends waits for nobody. */
const shutdownGraceMs = 1_000;

/**
 * Starts the app; Electron has to be ready.
 *
 * @returns null where the core cannot be opened: the person was told why, and the app ends
 */
export async function startDesktop({ dataFolder, args, system }: DesktopOptions): Promise<Desktop | null> {
  hardenSession(session.defaultSession);
  let sayWords = (message: string): void => void process.stderr.write(`${message}\n`);
  const core = await openCore(dataFolder, (message) => sayWords(message));
  if (core === null) return null;
  const postern: Postern = core;
  const call = createClient((at, init) => postern.admin(new Request(`http://postern${at}`, init)));
  const control = await serveControlSocket(dataFolder, (request) => postern.admin(request));
  const windowKey = postern.issueWindowKey();
  /** Holds `assets` and `dist`, in the source tree and in the package. */
  const root = path.resolve(import.meta.dirname, "../..");
  const settings = () => postern.settings.desktop;
  const nowMs = (): number => systemClock.nowMs();
  const appImage = process.env["APPIMAGE"];
  let facts: TrayFacts = { system, ...firstTrayFacts, launchAtLogin: settings().launchAtLogin };
  let isLoginSet: boolean | null = null;
  let shownFacts = "";
  let isPlanned = false;

  const gateway = createGatewayControl({
    postern,
    port: readPort(process.env["POSTERN_PORT"]),
    onChange: (state) => {
      facts = { ...facts, gateway: state };
      show();
    },
  });
  const login = createLoginItem({
    app,
    system,
    command: [appImage ?? process.execPath, ...(app.isPackaged ? [] : [path.resolve(process.argv[1] ?? "")])],
    autostartFolder: path.join(app.getPath("appData"), "autostart"),
    args,
  });
  const updates = createUpdates({
    unavailable: whyNoUpdates({ isPackaged: app.isPackaged, system, isAppImage: appImage !== undefined, environment: process.env }),
    load: async () => (await import("electron-updater")).default.autoUpdater,
    isWanted: () => settings().checkForUpdates,
    onChange: (update) => {
      facts = { ...facts, update };
      if (update.kind === "ready")
        notifications.say(words.updateReady.title(update.version), words.updateReady.body, () => openWindow("#/settings"));
      show();
    },
    nowMs,
  });
  facts = { ...facts, update: updates.state };

  const window = createAppWindow({
    preload: path.join(import.meta.dirname, preloadFile),
    isPackaged: app.isPackaged,
    stateFile: path.join(dataFolder, "window.json"),
    icon: system === "linux" ? path.join(root, "assets/icons/app/256x256.png") : null,
    closeHides: () => settings().closeToTray && !quitting.hasBegun,
    onFirstHide: () => {
      tray?.pointAt(words.hidden.title, words.hidden.body);
      notifications.say(words.hidden.title, words.hidden.body, () => openWindow());
    },
    onVisible: (isVisible) => {
      // In the Dock only while there is something to switch to.
      if (system === "macos") app.setActivationPolicy(isVisible ? "regular" : "accessory");
    },
  });
  const openWindow = (hash?: string): void => window.open(hash);
  const notifications = createNotifications({ isOn: () => settings().notifications, openWindow, askingPlace, nowMs });
  sayWords = (message) => notifications.say(words.name, message, () => openWindow());
  const complain = (error: unknown): void => sayWords(error instanceof Error ? error.message : "That did not work");

  protocol.handle(
    appScheme,
    createAppHandler({
      admin: (request) => postern.admin(request),
      gateway: () => (gateway.address === null ? null : { address: gateway.address, key: windowKey }),
      windowFolder: path.join(root, "dist/window"),
    }),
  );

  const desktopState = (): DesktopState => ({
    version,
    system,
    gateway: gateway.state,
    update: updates.state,
    loginWords: settings().launchAtLogin ? login.words() : null,
  });
  const checkForUpdates = (): void => void updates.check();
  const restartToUpdate = async (): Promise<void> => {
    if (updates.state.kind !== "ready") return;
    await quitting.end(drainMs);
    updates.restart();
  };
  serveBridge(ipcMain, {
    getState: async () => desktopState(),
    startGateway: () => gateway.start(),
    stopGateway: () => gateway.stop(),
    openFolder: async (folder) => void (await shell.openPath(folder === "data" ? dataFolder : path.join(dataFolder, "logs"))),
    checkForUpdates: async () => checkForUpdates(),
    restartToUpdate,
    noteNetwork: async () => postern.renewConnections(),
    quit: async () => app.quit(),
  });
  const actions = createTrayActions({
    call,
    gateway,
    system,
    openWindow,
    checkForUpdates,
    restartToUpdate: () => void restartToUpdate(),
    quit: () => app.quit(),
    complain,
  });
  Menu.setApplicationMenu(
    Menu.buildFromTemplate(
      appMenuTemplate(
        { system, isPackaged: app.isPackaged },
        { openWindow, checkForUpdates, openDataFolder: () => void shell.openPath(dataFolder) },
      ),
    ),
  );
  const tray = openTray({ iconsFolder: path.join(root, "assets/icons"), actions }, facts);

  const collector = collectFacts({ call, postern, nowMs }, ({ pausedUntilMs, ...collected }) => {
    facts = { ...facts, ...collected, launchAtLogin: settings().launchAtLogin };
    if (pausedUntilMs !== undefined) gateway.refresh(pausedUntilMs);
    followTheme();
    if (isLoginSet !== settings().launchAtLogin) login.set((isLoginSet = settings().launchAtLogin));
    show();
  });
  const stopFollowing = followEvents(call, (event) => {
    collector.note(event);
    notifications.note(event);
  });
  const quitting = createQuitting({
    graceMs: drainMs,
    callsUnderWay: () => postern.callsUnderWay,
    async close(graceMs) {
      window.keep();
      window.allowClose();
      stopFollowing();
      collector.close();
      updates.close();
      control?.close();
      tray?.destroy();
      window.current?.hide();
      await postern.stop({ graceMs });
    },
  });
  watchSystem(powerMonitor, {
    onResume: () => {
      postern.renewConnections();
      void collector.refresh();
    },
    onLock: (isLocked) => {
      notifications.setLocked(isLocked);
      if (isLocked && settings().lockKeysWithScreen) actions.lockKeys();
    },
    onShutdown: () => void quitting.end(shutdownGraceMs).then(() => app.quit()),
  });

  /** Menus, dialogs and what a page is told of the system's colours. */
  function followTheme(): void {
    nativeTheme.themeSource = postern.settings.appearance.theme;
  }

  /** Shows what changed, once a turn however much that was. */
  function show(): void {
    if (isPlanned || quitting.hasBegun) return;
    isPlanned = true;
    setImmediate(() => {
      isPlanned = false;
      const next = JSON.stringify(facts);
      if (next === shownFacts || quitting.hasBegun) return;
      shownFacts = next;
      tray?.show(facts);
      window.current?.webContents.send(desktopChannels.state, desktopState());
    });
  }

  // The tray keeps the app; without "keep running", the last window takes it along.
  app.on("window-all-closed", () => {
    if (!quitting.hasBegun && !settings().closeToTray) app.quit();
  });
  app.on("activate", () => openWindow());

  followTheme();
  const isHidden = login.wasOpenedAtLogin || settings().startHidden;
  if (!isHidden) openWindow();
  else if (system === "macos") app.setActivationPolicy("accessory");
  if (settings().startGateway) void gateway.start();
  // Who starts it from a terminal waits for this.
  process.stdout.write("Postern is open\n");
  return {
    openAgain(link) {
      if (link === undefined) openWindow();
      else void openLink(link, openWindow);
    },
    quit: () => app.quit(),
  };
}

/** Beside the bundle once built. */
const preloadFile = import.meta.url.endsWith(".ts") ? "../preload.ts" : "./preload.cjs";

function readPort(text: string | undefined): number | null {
  const port = Number(text?.trim() || Number.NaN);
  return Number.isInteger(port) && port >= 0 && port <= 65_535 ? port : null;
}
