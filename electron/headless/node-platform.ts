import { homedir } from "node:os";
import type { KeychainProcess, Platform } from "#core/platform.ts";
import { systemClock } from "../host/system-clock.ts";
import { assetsFolder } from "./assets-folder.ts";
import { forkKeychain } from "./keychain-process.ts";

let startKeychain: () => KeychainProcess = forkKeychain;

/** Has the keychain's process started in another way: in Electron, Node cannot be forked. */
export function useKeychainProcess(start: () => KeychainProcess): void {
  startKeychain = start;
}

/**
 * The host for plain Node: a forked keychain process, and the terminal for words to the person.
 *
 * @param settings what the command line decides, by `gateway.port`
 */
export function createNodePlatform(dataFolder: string, settings: Readonly<Record<string, string>> = {}): Platform {
  return {
    environment: process.env,
    settings,
    dataFolder,
    assetsFolder,
    homeFolder: homedir(),
    clock: systemClock,
    startKeychainProcess: startKeychain,
    notify: (message) => void process.stderr.write(`${message}\n`),
  };
}
