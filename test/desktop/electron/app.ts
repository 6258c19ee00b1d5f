import { EventEmitter } from "node:events";
import path from "node:path";
import type { App } from "electron";
import { world } from "./world.ts";

type Known =
  | "enableSandbox"
  | "exit"
  | "getAppPath"
  | "getLoginItemSettings"
  | "getPath"
  | "isPackaged"
  | "quit"
  | "requestSingleInstanceLock"
  | "setActivationPolicy"
  | "setAppUserModelId"
  | "setAsDefaultProtocolClient"
  | "setDesktopName"
  | "setLoginItemSettings"
  | "setPath"
  | "whenReady";

/** Electron's `app`: its order of events, its quitting, its paths. */
export class StandInApp extends EventEmitter implements Pick<App, Known> {
  readonly isPackaged = false;
  readonly commandLine = {
    hasSwitch: (name: string): boolean => world.switches.has(name),
    appendSwitch: (name: string, value: string): void => this.#early(`switch ${name}=${value}`),
  };
  /** Resolves with the exit code. */
  readonly ended: Promise<number>;
  #end: (code: number) => void = () => undefined;
  #isEnded = false;
  readonly #paths = new Map<string, string>([
    ["home", world.userFolder],
    ["appData", path.join(world.userFolder, "app-data")],
  ]);
  readonly #ready = new Promise<void>((resolve) => this.once("ready", () => resolve()));

  constructor() {
    super();
    this.ended = new Promise((resolve) => (this.#end = resolve));
  }

  enableSandbox(): void {
    this.#early("enableSandbox");
  }

  whenReady(): Promise<void> {
    return this.#ready;
  }

  getAppPath(): string {
    return path.resolve(import.meta.dirname, "../../..");
  }

  getPath(name: string): string {
    const found = this.#paths.get(name);
    if (found === undefined) throw new Error(`Failed to get '${name}' path`);
    return found;
  }

  setPath(name: string, folder: string): void {
    this.#early(`setPath ${name}`);
    this.#paths.set(name, folder);
  }

  requestSingleInstanceLock(): boolean {
    this.#early("requestSingleInstanceLock");
    return world.lock.isFree;
  }

  setActivationPolicy(): void {}

  setAppUserModelId(): void {}

  setDesktopName(name: string): void {
    this.#early(`setDesktopName ${name}`);
  }

  setAsDefaultProtocolClient(): boolean {
    return true;
  }

  getLoginItemSettings(): ReturnType<App["getLoginItemSettings"]> {
    const { openAtLogin } = world.loginItem;
    return { openAtLogin, wasOpenedAtLogin: false, status: "enabled", executableWillLaunchAtLogin: openAtLogin, launchItems: [] };
  }

  setLoginItemSettings(settings: Parameters<App["setLoginItemSettings"]>[0]): void {
    world.loginItem.openAtLogin = settings.openAtLogin === true;
    world.loginItem.settings.push(settings);
  }

  /** As Electron does it: `before-quit` may prevent it, then each window may, then it is over. */
  quit(): void {
    if (this.#isEnded || this.#isPrevented("before-quit")) return;
    for (const window of world.windows) window.close();
    if (world.windows.size > 0) return;
    if (!this.#isPrevented("will-quit")) this.exit(0);
  }

  exit(code = 0): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    for (const window of world.windows) window.destroy();
    this.emit("quit", {}, code);
    this.#end(code);
  }

  #isPrevented(name: string): boolean {
    let isPrevented = false;
    this.emit(name, { preventDefault: () => (isPrevented = true) });
    return isPrevented;
  }

  #early(what: string): void {
    if (world.isReady) throw new Error(`Cannot ${what}: Electron is ready already`);
    world.early.push(what);
  }
}
