import { app, utilityProcess } from "electron";
import path from "node:path";
import type { KeychainProcess, Platform } from "#core/platform.ts";
import { keychainEnvironment } from "../host/keychain-environment.ts";
import { systemClock } from "../host/system-clock.ts";

/** The host for Electron: the keychain's process is a `utilityProcess`, since the fuses forbid to run the app as Node. */
export function createDesktopPlatform(dataFolder: string, notify: (message: string) => void): Platform {
  return {
    environment: process.env,
    dataFolder,
    assetsFolder: path.resolve(import.meta.dirname, "../../assets"),
    homeFolder: app.getPath("home"),
    clock: systemClock,
    startKeychainProcess,
    notify,
  };
}

/** Starts the process that talks to the OS keychain. The app has to be ready. */
export function startKeychainProcess(): KeychainProcess {
  const child = utilityProcess.fork(path.join(import.meta.dirname, childFile), [], {
    env: keychainEnvironment(process.env),
    execArgv: [],
    stdio: "ignore",
    serviceName: "Postern keychain",
  });
  return {
    send: (message) => child.postMessage(message),
    onMessage: (listener) => child.on("message", listener),
    onExit: (listener) => child.once("exit", () => listener()),
    kill: () => {
      // `kill` asks, and a child that hangs in native code does not hear.
      const { pid } = child;
      if (pid !== undefined) process.kill(pid, "SIGKILL");
    },
  };
}

/** Beside the bundle once built, in core in the source tree. */
const childFile = import.meta.url.endsWith(".ts") ? "../core/vault/keychain-child.ts" : "./keychain-child.js";
