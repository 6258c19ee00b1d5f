import { EventEmitter } from "node:events";
import path from "node:path";
import type { BrowserWindow, BrowserWindowConstructorOptions, Rectangle, WebContents } from "electron";
import type { Page, Request } from "playwright-core";
import { build } from "vite";
import { sharedBrowser } from "../../fakes/browser.ts";
import { fromBrowser, pageServer, toBrowser } from "./page-server.ts";
import { beforeRequest } from "./session.ts";
import { strict } from "./strict.ts";
import { world } from "./world.ts";

type KnownContents = "getURL" | "reload" | "send" | "setWindowOpenHandler";

/** Electron's `WebContents`: a page of a real Chromium. */
export class StandInContents extends EventEmitter implements Pick<WebContents, KnownContents> {
  readonly page: Promise<Page>;
  /** What went wrong in the page that nobody sees. */
  readonly complaints: string[] = [];
  url = "";
  #openHandler: ((details: { url: string }) => { action: string }) | null = null;
  #isLoading = false;

  constructor(preload: string, size: { readonly width: number; readonly height: number }) {
    super();
    this.page = this.#open(preload, size);
  }

  getURL(): string {
    return this.url;
  }

  reload(): void {
    void this.page.then((page) => page.reload());
  }

  send(channel: string, ...values: unknown[]): void {
    void this.page
      .then((page) =>
        page.evaluate(
          ([name, given]) => (globalThis as unknown as { standInHear(name: unknown, given: unknown): void }).standInHear?.(name, given),
          [channel, values] as const,
        ),
      )
      .catch(() => undefined);
  }

  setWindowOpenHandler(handler: (details: never) => never): void {
    this.#openHandler = handler as never;
  }

  async load(url: string): Promise<void> {
    const { origin } = await pageServer();
    const page = await this.page;
    this.#isLoading = true;
    // As in Electron, another hash of the same page loads nothing.
    await page.goto(toBrowser(url, origin));
    this.#isLoading = false;
    this.url = fromBrowser(page.url(), origin);
  }

  async #open(preload: string, size: { readonly width: number; readonly height: number }): Promise<Page> {
    const [browser, code, { origin }] = await Promise.all([sharedBrowser(), bundlePreload(preload), pageServer()]);
    const context = await browser.newContext({ viewport: size, reducedMotion: "reduce", locale: "en-US" });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    await page.exposeBinding("standInInvoke", async ({ frame }, channel: string, values: unknown[]) => {
      const invoked = world.invokers.get(channel);
      if (invoked === undefined) throw new Error(`No handler registered for '${channel}'`);
      const url = fromBrowser(frame.url(), origin);
      return invoked({ senderFrame: { url, parent: frame.parentFrame() } }, ...values);
    });
    await page.addInitScript({ content: rendererOf(code) });
    await context.route("**/*", async (route) => {
      const request = route.request();
      const url = fromBrowser(request.url(), origin);
      // A window that the page opened: Electron asks before there is one.
      if (pageOf(request) !== page) {
        if (request.isNavigationRequest()) this.#openHandler?.({ url });
        return route.abort("aborted");
      }
      if (
        request.isNavigationRequest() &&
        !this.#isLoading &&
        this.#isRefused(request.frame() === page.mainFrame() ? "will-navigate" : "will-frame-navigate", url)
      )
        return route.abort("aborted");
      const isCancelled = beforeRequest.current !== null && (await askBefore(url));
      return isCancelled ? route.abort("blockedbyclient") : route.continue();
    });
    page.on("framenavigated", (frame) => {
      if (frame !== page.mainFrame()) return;
      this.url = fromBrowser(frame.url(), origin);
      this.emit("did-navigate-in-page", {}, this.url, true);
    });
    page.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(message.text());
    });
    page.on("pageerror", (error) => this.complaints.push(error.message));
    return page;
  }

  #isRefused(name: string, url: string): boolean {
    let isPrevented = false;
    this.emit(name, { url, preventDefault: () => (isPrevented = true) }, url);
    return isPrevented;
  }
}

type KnownWindow =
  | "close"
  | "destroy"
  | "focus"
  | "getNormalBounds"
  | "hide"
  | "isMaximized"
  | "isMinimized"
  | "isVisible"
  | "loadURL"
  | "maximize"
  | "restore"
  | "show";

/** Electron's `BrowserWindow`. */
export class StandInWindow extends EventEmitter implements Pick<BrowserWindow, KnownWindow> {
  readonly options: BrowserWindowConstructorOptions;
  readonly webContents: StandInContents;
  #isVisible = false;
  #isMaximized = false;
  #isReadyToShow = false;
  #isDestroyed = false;

  constructor(options: BrowserWindowConstructorOptions) {
    super();
    this.options = options;
    const preload = options.webPreferences?.preload;
    if (preload === undefined || !path.isAbsolute(preload)) throw new Error("preload script must have absolute path");
    this.webContents = new StandInContents(preload, { width: options.width ?? 800, height: options.height ?? 600 });
    world.windows.add(this);
    appEvents.emit("web-contents-created", {}, strict("webContents", this.webContents));
  }

  /** Resolves with the page once it has loaded. */
  readonly loaded: Promise<Page> = new Promise((resolve) => this.once("ready-to-show", () => resolve(this.webContents.page)));

  async loadURL(url: string): Promise<void> {
    await this.webContents.load(url);
    if (this.#isReadyToShow) return;
    this.#isReadyToShow = true;
    this.emit("ready-to-show", {});
  }

  isVisible(): boolean {
    return this.#isVisible;
  }

  isMinimized(): boolean {
    return false;
  }

  isMaximized(): boolean {
    return this.#isMaximized;
  }

  maximize(): void {
    this.#isMaximized = true;
    this.emit("maximize", {});
  }

  restore(): void {}

  focus(): void {}

  show(): void {
    if (this.#isVisible) return;
    this.#isVisible = true;
    this.emit("show", {});
  }

  hide(): void {
    if (!this.#isVisible) return;
    this.#isVisible = false;
    this.emit("hide", {});
  }

  getNormalBounds(): Rectangle {
    const { x = 0, y = 0, width = 800, height = 600 } = this.options;
    return { x, y, width, height };
  }

  /** What the person does to the close button. */
  close(): void {
    let isPrevented = false;
    this.emit("close", { preventDefault: () => (isPrevented = true) });
    if (!isPrevented) this.destroy();
  }

  destroy(): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    this.#isVisible = false;
    world.windows.delete(this);
    void this.webContents.page.then((page) => page.context().close());
    this.emit("closed", {});
    if (world.windows.size === 0) appEvents.emit("window-all-closed");
  }
}

/** Where `app` hears of windows; index.ts ties them together. */
export const appEvents = new EventEmitter();

/** A request of a page that is not there yet has no frame. */
function pageOf(request: Request): Page | null {
  try {
    return request.frame().page();
  } catch {
    return null;
  }
}

function askBefore(url: string): Promise<boolean> {
  return new Promise((resolve) => beforeRequest.current?.({ url }, ({ cancel }) => resolve(cancel === true)));
}

const bundles = new Map<string, Promise<string>>();

/** The preload script as the build makes it. */
function bundlePreload(file: string): Promise<string> {
  const known = bundles.get(file);
  if (known !== undefined) return known;
  const made = bundle(file);
  bundles.set(file, made);
  return made;
}

async function bundle(file: string): Promise<string> {
  const output = await build({
    configFile: false,
    logLevel: "warn",
    build: {
      write: false,
      copyPublicDir: false,
      lib: { entry: file, formats: ["cjs"], fileName: () => "preload.cjs" },
      rolldownOptions: { external: ["electron"] },
    },
  });
  const [{ output: chunks }] = output as unknown as [{ output: { code: string }[] }];
  return chunks[0]?.code ?? "";
}

/** What a sandboxed preload script has of Electron's; values are copied on their way, as the real bridge copies them. */
function rendererOf(preload: string): string {
  return `(() => {
    const heard = new Map();
    globalThis.standInHear = (channel, values) => { for (const listener of heard.get(channel) ?? []) listener({}, ...values); };
    const electron = {
      contextBridge: { exposeInMainWorld(name, api) { Object.defineProperty(globalThis, name, { value: Object.freeze(api) }); } },
      ipcRenderer: {
        invoke: (channel, ...values) => globalThis.standInInvoke(channel, structuredClone(values)),
        on(channel, listener) { heard.set(channel, [...(heard.get(channel) ?? []), listener]); },
        off(channel, listener) { heard.set(channel, (heard.get(channel) ?? []).filter((one) => one !== listener)); },
      },
    };
    const require = (name) => { if (name !== "electron") throw new Error("module not found: " + name); return electron; };
    ${preload}
  })();`;
}
