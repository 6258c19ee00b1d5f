import { homedir } from "node:os";
import type { Platform } from "#core/platform.ts";
import { systemClock } from "../host/system-clock.ts";
import { assetsFolder } from "./assets-folder.ts";
import { forkKeychain } from "./keychain-process.ts";

/** The host for plain Node: a forked keychain process, and the terminal for words to the person. */
export function createNodePlatform(dataFolder: string): Platform {
  return {
    environment: process.env,
    dataFolder,
    assetsFolder,
    homeFolder: homedir(),
    clock: systemClock,
    startKeychainProcess: forkKeychain,
    notify: (message) => void process.stderr.write(`${message}\n`),
  };
}
