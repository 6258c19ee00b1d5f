import { contextBridge, ipcRenderer } from "electron";
import type { DesktopBridge, DesktopCall, DesktopState } from "#shared/desktop-bridge.ts";

// Sandboxed: it has `electron`'s two exports and nothing else. Neither `ipcRenderer` nor an event goes through the bridge.
const channels = { call: "postern:call", state: "postern:state" } satisfies typeof import("#shared/desktop-bridge.ts").desktopChannels;

function call<Result>(name: DesktopCall, ...values: readonly unknown[]): Promise<Result> {
  return ipcRenderer.invoke(channels.call, name, values) as Promise<Result>;
}

const bridge: DesktopBridge = {
  getState: () => call("getState"),
  startGateway: () => call("startGateway"),
  stopGateway: () => call("stopGateway"),
  openFolder: (folder) => call("openFolder", folder),
  checkForUpdates: () => call("checkForUpdates"),
  restartToUpdate: () => call("restartToUpdate"),
  noteNetwork: (isOnline) => call("noteNetwork", isOnline),
  quit: () => call("quit"),
  onState(listener) {
    const hear = (_event: unknown, state: DesktopState): void => listener(state);
    ipcRenderer.on(channels.state, hear);
    return () => void ipcRenderer.off(channels.state, hear);
  },
};

// The main process has no event for it, and open connections do not survive another network.
for (const name of ["online", "offline"] as const) addEventListener(name, () => void bridge.noteNetwork(name === "online"));

contextBridge.exposeInMainWorld("posternDesktop", bridge);
