import { EventEmitter } from "node:events";
import type { MenuItemConstructorOptions, MessageBoxOptions } from "electron";
import type { StandInTray } from "./tray.ts";
import type { StandInWindow } from "./browser-window.ts";

/** What the stand-in's app did to the outside, and what the outside does to it. A fresh one for each start. */
export interface World {
  readonly windows: Set<StandInWindow>;
  readonly trays: Set<StandInTray>;
  readonly notifications: { readonly title: string; readonly body: string; click(): void }[];
  readonly dialogs: MessageBoxOptions[];
  readonly errors: string[];
  /** Pages that were opened in the person's browser, and folders in their file manager. */
  readonly opened: string[];
  clipboard: string;
  applicationMenu: readonly MenuItemConstructorOptions[];
  /** Which button the person presses; 0 is the first. */
  answer: (options: MessageBoxOptions) => number;
  readonly lock: { isFree: boolean };
  readonly loginItem: { openAtLogin: boolean; settings: unknown[] };
  readonly switches: Set<string>;
  readonly userFolder: string;
  /** What protocol.handle was given, by scheme. */
  readonly schemes: Map<string, (request: Request) => Promise<Response> | Response>;
  readonly invokers: Map<string, (event: unknown, ...values: unknown[]) => unknown>;
  readonly power: EventEmitter;
  /** Everything that Electron has to be told before it is ready, and was. */
  readonly early: string[];
  isReady: boolean;
}

/** The world of this start. */
export const world: World = {
  windows: new Set(),
  trays: new Set(),
  notifications: [],
  dialogs: [],
  errors: [],
  opened: [],
  clipboard: "",
  applicationMenu: [],
  answer: () => 0,
  lock: { isFree: true },
  loginItem: { openAtLogin: false, settings: [] },
  switches: new Set(),
  userFolder: process.env["POSTERN_STAND_IN_HOME"] ?? "",
  schemes: new Map(),
  invokers: new Map(),
  power: new EventEmitter(),
  early: [],
  isReady: false,
};
