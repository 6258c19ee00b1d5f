import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { App } from "electron";
import { afterAll, expect, test } from "vitest";
import { createLoginItem } from "./login-item.ts";

const folder = mkdtempSync(path.join(tmpdir(), "postern-login-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function app(
  status: "enabled" | "requires-approval" = "enabled",
): Pick<App, "getLoginItemSettings" | "setLoginItemSettings"> & { set: unknown[] } {
  const set: unknown[] = [];
  let openAtLogin = false;
  return {
    set,
    getLoginItemSettings: () => ({
      openAtLogin,
      wasOpenedAtLogin: true,
      status,
      executableWillLaunchAtLogin: openAtLogin,
      launchItems: [],
    }),
    setLoginItemSettings: (settings) => {
      openAtLogin = settings.openAtLogin === true;
      set.push(settings);
    },
  };
}

test("on Linux it is an autostart file, written once and taken away", () => {
  const autostartFolder = path.join(folder, "autostart");
  const file = path.join(autostartFolder, "dev.postern.Postern.desktop");
  const item = createLoginItem({
    app: app(),
    system: "linux",
    command: ['/opt/A "folder"/100% $HOME/postern'],
    autostartFolder,
    args: ["--hidden"],
  });
  item.set(false);
  expect(existsSync(file)).toBe(false);
  item.set(true);
  expect(readFileSync(file, "utf8")).toContain('\nExec="/opt/A \\\\"folder\\\\"/100%% \\\\$HOME/postern" --hidden\n');
  item.set(true);
  item.set(false);
  expect([existsSync(file), item.words(), item.wasOpenedAtLogin]).toEqual([false, null, true]);
});

test("on Windows it starts hidden, and is set only when it changes", () => {
  const electron = app();
  const item = createLoginItem({ app: electron, system: "windows", command: ["C:\\Postern.exe"], autostartFolder: folder, args: [] });
  item.set(true);
  item.set(true);
  item.set(false);
  expect(electron.set).toEqual([
    { args: ["--hidden"], openAtLogin: true, enabled: true },
    { args: ["--hidden"], openAtLogin: false },
  ]);
  expect(item.wasOpenedAtLogin).toBe(false);
});

test("on macOS it says what the system waits for, and knows a start at login", () => {
  const there = { autostartFolder: folder, args: [], system: "macos" as const };
  expect(createLoginItem({ ...there, app: app("requires-approval"), command: ["/Applications/Postern.app/x"] }).words()).toContain(
    "System Settings",
  );
  expect(createLoginItem({ ...there, app: app(), command: ["/Users/me/Downloads/Postern.app/x"] }).words()).toContain(
    "Applications folder",
  );
  const item = createLoginItem({ ...there, app: app(), command: ["/Applications/Postern.app/x"] });
  expect([item.words(), item.wasOpenedAtLogin]).toEqual([null, true]);
});
