import { app, dialog } from "electron";
import path from "node:path";
import { registerAppScheme } from "./desktop/app-protocol.ts";
import { findDeepLink, linkScheme } from "./desktop/deep-link.ts";
import { startKeychainProcess } from "./desktop/desktop-platform.ts";
import { lockWebContents } from "./desktop/lock-web-contents.ts";
import { openExternal } from "./desktop/open-external.ts";
import { findRefusedSwitch } from "./desktop/refused-switches.ts";
import { type Desktop, startDesktop } from "./desktop/start-desktop.ts";
import { words } from "./desktop/words.ts";
import { isCommand, runProgram } from "./headless/run-program.ts";
import { useKeychainProcess } from "./headless/node-platform.ts";
import { openDataFolder } from "./host/data-folder.ts";

/** Nothing that this process makes is anybody else's to read. */
process.umask(0o077);

/** Behind the program, and behind its own file where it runs from a source tree. */
const args = process.argv.slice(app.isPackaged ? 1 : 2);
const system = process.platform === "darwin" ? "macos" : process.platform === "win32" ? "windows" : "linux";
/** What a launcher's own menu sends to the app that runs. */
const quitSwitch = "--quit";

app.enableSandbox();
// The window has no cookies to encrypt; without this, Chromium would open the person's keyring at each start.
if (system === "linux") app.commandLine.appendSwitch("password-store", "basic");
const refused = app.isPackaged ? findRefusedSwitch((name) => app.commandLine.hasSwitch(name)) : undefined;
if (refused !== undefined) {
  dialog.showErrorBox(words.name, words.refusedSwitch(refused));
  app.exit(1);
} else if (isCommand(args[0])) {
  // `Postern keys list`: the command's own output and exit code, and no window.
  useKeychainProcess(startKeychainProcess);
  if (system === "macos") app.setActivationPolicy("prohibited");
  void app.whenReady().then(async () => app.exit(await runProgram(args)));
} else {
  start();
}

function start(): void {
  let dataFolder: string;
  try {
    dataFolder = openDataFolder(undefined, process.env);
  } catch (error) {
    dialog.showErrorBox(words.name, (error as Error).message);
    return app.exit(1);
  }
  app.setPath("userData", dataFolder);
  // Chromium's own files, apart from Postern's.
  app.setPath("sessionData", path.join(dataFolder, "chromium"));
  if (system === "windows") app.setAppUserModelId("dev.postern.Postern");
  if (system === "linux") app.setDesktopName("dev.postern.Postern.desktop");
  if (!app.requestSingleInstanceLock()) return app.exit(0);
  if (app.isPackaged) app.setAsDefaultProtocolClient(linkScheme);
  registerAppScheme();
  lockWebContents(app, (url) => void openExternal(url));

  let desktop: Desktop | null = null;
  /** A link that came before the app could take it. */
  let early: string | undefined = findDeepLink(args);
  app.on("open-url", (event, url) => {
    event.preventDefault();
    if (desktop === null) early = url;
    else desktop.openAgain(url);
  });
  app.on("second-instance", (_event, argv) => {
    if (argv.includes(quitSwitch)) desktop?.quit();
    else desktop?.openAgain(findDeepLink(argv));
  });
  void app.whenReady().then(async () => {
    // Nobody runs who could be told.
    if (args.includes(quitSwitch)) return app.exit(0);
    desktop = await startDesktop({ dataFolder, args, system });
    if (early !== undefined) desktop?.openAgain(early);
  });
}
