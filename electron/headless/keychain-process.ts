import { fork } from "node:child_process";
import type { KeychainProcess } from "#core/platform.ts";
import { type Environment, keychainEnvironment } from "../host/keychain-environment.ts";

/**
 * Starts the process that talks to the OS keychain, as a fork of Node. It never keeps this process alive, and ends when
 * this process does.
 */
export function forkKeychain(environment: Environment = process.env): KeychainProcess {
  const child = fork(childFile(), [], {
    env: keychainEnvironment(environment),
    // Nothing inherited: --inspect would open a second port, --import would run here too.
    execArgv: [],
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  child.unref();
  child.channel?.unref();
  return {
    send: (message) => {
      // A channel that closes meanwhile is told by the exit event.
      if (child.connected) child.send(message as object, () => undefined);
    },
    onMessage: (listener) => child.on("message", listener),
    onExit: (listener) => {
      let isTold = false;
      const tell = (): void => {
        if (!isTold) listener();
        isTold = true;
      };
      child.once("exit", tell);
      // Could not be started, or could not be killed; a second one must not be an uncaught exception.
      child.on("error", tell);
    },
    kill: () => child.kill("SIGKILL"),
  };
}

/** The child's entry: beside the bundle once built, in core in the source tree. */
function childFile(): URL {
  return import.meta.url.endsWith(".ts")
    ? new URL("../core/vault/keychain-child.ts", import.meta.url)
    : new URL("./keychain-child.js", import.meta.url);
}
