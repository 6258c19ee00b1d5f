import type { App } from "electron";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Whether the system starts Postern when the person signs in. */
export interface LoginItem {
  /** Makes it so. Postern is then started hidden. */
  set(isOn: boolean): void;
  /** Words for the person, where the system has to be asked first; null where all is well. */
  words(): string | null;
  /** Whether this start was the system's. */
  readonly wasOpenedAtLogin: boolean;
}

/** What the login item needs to know. */
export interface LoginItemOptions {
  readonly app: Pick<App, "getLoginItemSettings" | "setLoginItemSettings">;
  readonly system: "macos" | "windows" | "linux";
  /** The program with what it needs to start: in an AppImage the image, not what is mounted from it; from a source tree, the script too. */
  readonly command: readonly [string, ...string[]];
  /** `~/.config/autostart` */
  readonly autostartFolder: string;
  readonly args: readonly string[];
}

/** The argument that a start at login carries, on Windows and Linux. */
export const hiddenSwitch = "--hidden";

/** Makes the login item of this system: a login item on macOS and Windows, an autostart file on Linux. */
export function createLoginItem({ app, system, command, autostartFolder, args }: LoginItemOptions): LoginItem {
  if (system === "linux") return autostartFile({ command, autostartFolder, args });
  const ask = system === "macos" ? { type: "mainAppService" as const } : { args: [...command.slice(1), hiddenSwitch] };
  return {
    set(isOn) {
      if (app.getLoginItemSettings(ask).openAtLogin === isOn) return;
      // On Windows the Task Manager's own switch stays as the person left it, unless they turn it on here.
      app.setLoginItemSettings({ ...ask, openAtLogin: isOn, ...(system === "windows" && isOn ? { enabled: true } : {}) });
    },
    words() {
      if (system === "windows") return null;
      const { status } = app.getLoginItemSettings(ask);
      if (status === "requires-approval") return "macOS waits for you: allow Postern in System Settings, General, Login Items.";
      return command[0].startsWith("/Applications/")
        ? null
        : "Move Postern to the Applications folder; from elsewhere, macOS may not start it.";
    },
    wasOpenedAtLogin: system === "macos" ? app.getLoginItemSettings(ask).wasOpenedAtLogin : args.includes(hiddenSwitch),
  };
}

function autostartFile({ command, autostartFolder, args }: Pick<LoginItemOptions, "command" | "autostartFolder" | "args">): LoginItem {
  const file = path.join(autostartFolder, "dev.postern.Postern.desktop");
  let failure: string | null = null;
  return {
    set(isOn) {
      failure = null;
      try {
        if (!isOn) return rmSync(file, { force: true });
        const text = desktopEntry(command);
        // A file that is as it should be keeps its time: some desktops ask about each new one.
        if (readIfThere(file) === text) return;
        mkdirSync(autostartFolder, { recursive: true, mode: 0o700 });
        writeFileSync(file, text, { mode: 0o644 });
      } catch (error) {
        failure = `Cannot write ${file}: ${(error as Error).message}`;
      }
    },
    words: () => failure,
    wasOpenedAtLogin: args.includes(hiddenSwitch),
  };
}

/** @see https://specifications.freedesktop.org/desktop-entry-spec/latest/exec-variables.html */
function desktopEntry(command: readonly string[]): string {
  const quote = (word: string): string =>
    `"${word
      .replaceAll(/["`$\\]/g, "\\$&")
      .replaceAll("\\", "\\\\")
      .replaceAll("%", "%%")}"`;
  return [
    "[Desktop Entry]",
    "Type=Application",
    "Name=Postern",
    `Exec=${command.map(quote).join(" ")} ${hiddenSwitch}`,
    "Icon=postern",
    "Terminal=false",
    "X-GNOME-Autostart-enabled=true",
    "",
  ].join("\n");
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}
