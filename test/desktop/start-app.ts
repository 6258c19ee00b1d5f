import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Page } from "playwright-core";
import { vi } from "vitest";
import { type AdminClient, createClient } from "#shared/contract/client.ts";
import { callControlSocket } from "../../electron/host/control-socket.ts";
import { eventually } from "../wire/eventually.ts";

/** What one start of the app is given. */
export interface AppOptions {
  readonly config?: Readonly<Record<string, unknown>>;
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** A folder that an earlier start used; it is then kept at the end. */
  readonly dataFolder?: string;
  /** Changes the world before the app's first line runs. */
  readonly prepare?: (world: typeof import("./electron/world.ts").world) => void;
}

/** The whole of main.ts, running on the stand-in. */
export interface StartedApp extends AsyncDisposable {
  readonly electron: typeof import("./electron/index.ts");
  readonly world: typeof import("./electron/world.ts").world;
  readonly tools: Pick<typeof import("./electron/tray.ts"), "press" | "labelsOf">;
  readonly dataFolder: string;
  readonly admin: AdminClient;
  /** The tray's menu, as it is now. */
  menu(): import("./electron/tray.ts").StandInMenu;
  /** What the first line of the tray's menu says. */
  state(): string;
  /** The window's page, once it has loaded. */
  page(): Promise<Page>;
  /** Quits as the menu does, and resolves with the exit code. */
  quit(): Promise<number>;
}

const folderPrefix = path.join(tmpdir(), "postern-desktop-");
const kept = { ...process.env };
const keptArguments = [...process.argv];

/**
 * Starts main.ts as Electron would: its first lines before `ready`, the rest after.
 *
 * @throws {Error} in the end, where the page complained of something
 */
export async function startApp(options: AppOptions = {}): Promise<StartedApp> {
  const home = mkdtempSync(folderPrefix);
  const dataFolder = options.dataFolder ?? mkdtempSync(folderPrefix);
  const config = {
    discovery: { enabled: false },
    ...options.config,
    gateway: { port: 0, ...(options.config?.["gateway"] as object | undefined) },
  };
  if (options.dataFolder === undefined) writeFileSync(path.join(dataFolder, "config.json"), JSON.stringify(config), { mode: 0o600 });
  for (const name of Object.keys(process.env)) if (/KEY|TOKEN|SECRET|^POSTERN_|^AWS_|APPIMAGE/.test(name)) delete process.env[name];
  Object.assign(process.env, {
    HOME: home,
    POSTERN_DATA_DIR: dataFolder,
    POSTERN_STAND_IN_HOME: home,
    POSTERN_API_KEY: randomBytes(30).toString("base64url"),
    ...options.environment,
  });
  process.argv = [process.execPath, "electron/main.ts", ...(options.args ?? [])];
  vi.resetModules();
  const { world } = await import("./electron/world.ts");
  options.prepare?.(world);
  const electron = await import("./electron/index.ts");
  const { press, labelsOf } = await import("./electron/tray.ts");
  const { pageServer } = await import("./electron/page-server.ts");
  await import("../../electron/main.ts");
  world.isReady = true;
  electron.app.emit("ready", {});
  const admin = createClient(async (at, init) => {
    const answer = await callControlSocket(dataFolder, at, init);
    if (answer === null) throw new Error("Cannot call the admin API: nothing listens");
    return answer;
  });
  const menu: StartedApp["menu"] = () => {
    const [tray] = world.trays;
    if (tray === undefined) throw new Error("There is no tray");
    return tray.menu;
  };
  const complaints: string[] = [];
  let hasEnded = false;
  void electron.standInApp.ended.then(() => (hasEnded = true));

  async function quit(): Promise<number> {
    for (const window of world.windows) complaints.push(...window.webContents.complaints);
    electron.standInApp.quit();
    return electron.standInApp.ended;
  }

  return {
    electron,
    world,
    tools: { press, labelsOf },
    dataFolder,
    admin,
    menu,
    state: () => menu().items[0]?.label ?? "",
    async page() {
      const [window] = await eventually(() => {
        if (world.windows.size === 0) throw new Error("There is no window");
        return [...world.windows];
      });
      return window!.loaded;
    },
    quit,
    async [Symbol.asyncDispose]() {
      if (!hasEnded) await quit();
      (await pageServer()).close();
      for (const name of Object.keys(process.env)) delete process.env[name];
      Object.assign(process.env, kept);
      process.argv = [...keptArguments];
      rmSync(home, { recursive: true, force: true });
      if (options.dataFolder === undefined) rmSync(dataFolder, { recursive: true, force: true });
      if (complaints.length > 0) throw new Error(`The page complained: ${complaints.join(" | ")}`);
    },
  };
}
