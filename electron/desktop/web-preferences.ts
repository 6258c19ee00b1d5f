import type { WebPreferences } from "electron";

/** What the window's page may do: everything that a web page may, and nothing of Node, of plugins or of other origins. */
export function webPreferences({ preload, isPackaged }: { readonly preload: string; readonly isPackaged: boolean }): WebPreferences {
  return {
    preload,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    plugins: false,
    enableWebSQL: false,
    enableDeprecatedPaste: false,
    safeDialogs: true,
    // The dictionary would be downloaded.
    spellcheck: false,
    devTools: !isPackaged,
  };
}
