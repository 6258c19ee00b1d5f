import { spawn } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

/**
 * Opens the window's login in the person's browser. The URL stands in a file that only its owner can read, and the
 * browser gets the file's name: every user of the machine can see the arguments of a program.
 *
 * @returns takes the file away again
 */
export function openBrowser(dataFolder: string, url: string): () => void {
  const file = path.join(dataFolder, "open-window.html");
  rmSync(file, { force: true });
  const page = `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><meta http-equiv="refresh" content="0;url=${url}"><title>Postern</title>\n`;
  writeFileSync(file, page, { mode: 0o600, flag: "wx" });
  const [program, ...words] = openerFor(pathToFileURL(file).href);
  const child = spawn(program, words, { detached: true, stdio: "ignore", env: openerEnvironment() });
  // No browser, no opener: the URL stands on the terminal as well.
  child.on("error", () => undefined);
  child.unref();
  return () => rmSync(file, { force: true });
}

function openerFor(target: string): [string, ...string[]] {
  if (process.platform === "darwin") return ["open", target];
  if (process.platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler", target];
  return ["xdg-open", target];
}

/** What a desktop needs to find its browser, and none of the keys that this process may hold. */
function openerEnvironment(): NodeJS.ProcessEnv {
  const names =
    "PATH HOME USER LOGNAME LANG BROWSER DISPLAY WAYLAND_DISPLAY XAUTHORITY DBUS_SESSION_BUS_ADDRESS DESKTOP_SESSION KDE_FULL_SESSION TMPDIR SystemRoot APPDATA LOCALAPPDATA USERPROFILE TEMP TMP";
  const kept = new Set(names.split(" "));
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => kept.has(name) || name.startsWith("XDG_")));
}
