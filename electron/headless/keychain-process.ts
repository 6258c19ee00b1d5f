import { fork } from "node:child_process";
import type { KeychainProcess } from "#core/platform.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What a keychain's client library needs to find its service and the person's session. A list of what may pass, so that
 * provider keys and POSTERN_* never reach a child's environment, which its whole life shows in /proc.
 */
const common = "HOME USER LOGNAME PATH LANG TMPDIR DBUS_SESSION_BUS_ADDRESS DISPLAY WAYLAND_DISPLAY XAUTHORITY";
const windows = "SYSTEMROOT WINDIR SYSTEMDRIVE USERPROFILE USERNAME USERDOMAIN APPDATA LOCALAPPDATA TEMP TMP";
const macos = "__CF_USER_TEXT_ENCODING XPC_FLAGS XPC_SERVICE_NAME SECURITYSESSIONID";
const variables = new Set([common, windows, macos].join(" ").split(" "));

/** The part of an environment that the keychain's process may have. */
export function keychainEnvironment(environment: Environment): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    // Windows' names have no case: PATH is there as Path.
    const comparable = process.platform === "win32" ? name.toUpperCase() : name;
    if (value !== undefined && (variables.has(comparable) || name.startsWith("XDG_"))) kept[name] = value;
  }
  return kept;
}

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
