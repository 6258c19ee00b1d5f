import { setTimeout as wait } from "node:timers/promises";
import type { Clock, Platform } from "#core/platform.ts";
import { assetsFolder } from "./assets-folder.ts";
import { forkKeychain } from "./keychain-process.ts";

/** The real clock. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  wait: async (ms, signal) => await wait(ms, undefined, signal === undefined ? {} : { signal }),
};

/** The host for plain Node: a forked keychain process, and the terminal for words to the person. */
export function createNodePlatform(dataFolder: string): Platform {
  return {
    environment: process.env,
    dataFolder,
    assetsFolder,
    clock: systemClock,
    startKeychainProcess: forkKeychain,
    notify: (message) => void process.stderr.write(`${message}\n`),
  };
}
