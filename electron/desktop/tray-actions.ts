import { clipboard, systemPreferences } from "electron";
import type { AdminClient } from "#shared/contract/client.ts";
import type { GatewayControl } from "./gateway-control.ts";
import type { TrayActions } from "./tray-template.ts";
import { words } from "./words.ts";

/** What the tray's actions work with. */
export interface TrayActionParts {
  readonly call: AdminClient;
  readonly gateway: GatewayControl;
  readonly system: "macos" | "windows" | "linux";
  readonly openWindow: (hash?: string) => void;
  readonly checkForUpdates: () => void;
  readonly restartToUpdate: () => void;
  readonly quit: () => void;
  /** Says in words what did not work. */
  readonly complain: (error: unknown) => void;
}

/** What the tray's items do: the admin API's calls, as the window would make them. */
export function createTrayActions(parts: TrayActionParts): TrayActions {
  const { call, gateway, complain } = parts;

  /** A menu has no place for what went wrong, so it is said. */
  function attempt(work: Promise<unknown>): void {
    work.catch(complain);
  }

  async function unlock(): Promise<void> {
    if (parts.system === "macos" && systemPreferences.canPromptTouchID()) await systemPreferences.promptTouchID(words.lockKeys.reason);
    await call("unlockVault", { body: {} });
    const { vault } = await call("getStatus", {});
    // An encrypted file takes its passphrase again, which the window asks for.
    if (vault.status === "locked") parts.openWindow("#/keys");
  }

  async function takePort(port: number): Promise<void> {
    await call("putSetting", { parameters: { section: "gateway", name: "port" }, body: { value: port } });
    await gateway.start();
  }

  return {
    startGateway: () => attempt(gateway.start()),
    stopGateway: () => attempt(gateway.stop()),
    takePort: (port) => attempt(takePort(port)),
    copy: (text) => attempt(clipboard.writeText(text)),
    allow: (id, mode) => attempt(call("allowRequest", { parameters: { id }, body: { mode } })),
    deny: (id) => attempt(call("denyRequest", { parameters: { id }, body: { forget: false } })),
    setDefaultAlias: (name) =>
      attempt(call("putSetting", { parameters: { section: "gateway", name: "defaultAlias" }, body: { value: name } })),
    pause: (minutes) => attempt(call("pauseGateway", { body: { minutes } })),
    lockKeys: () => attempt(call("lockVault", {})),
    unlockKeys: () => attempt(unlock()),
    setLaunchAtLogin: (isOn) =>
      attempt(call("putSetting", { parameters: { section: "desktop", name: "launchAtLogin" }, body: { value: isOn } })),
    checkForUpdates: parts.checkForUpdates,
    restartToUpdate: parts.restartToUpdate,
    openWindow: parts.openWindow,
    quit: parts.quit,
  };
}
