import { EventEmitter } from "node:events";
import type { AppUpdater } from "electron-updater";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { UpdateState } from "#shared/desktop-bridge.ts";
import { createUpdates, whyNoUpdates } from "./updates.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

class Updater extends EventEmitter {
  autoDownload = false;
  autoInstallOnAppQuit = false;
  allowDowngrade = true;
  fullChangelog = true;
  logger: unknown = console;
  checks = 0;
  installs: unknown[] = [];

  checkForUpdates(): Promise<null> {
    this.checks += 1;
    return Promise.resolve(null);
  }

  quitAndInstall(...how: unknown[]): void {
    this.installs.push(how);
  }
}

function open(isWanted = true) {
  const updater = new Updater();
  const states: UpdateState["kind"][] = [];
  let loads = 0;
  const updates = createUpdates({
    unavailable: null,
    load: async () => {
      loads += 1;
      return updater as unknown as AppUpdater;
    },
    isWanted: () => isWanted,
    onChange: ({ kind }) => states.push(kind),
    nowMs: () => 5,
  });
  return { updater, updates, states, loads: () => loads };
}

test("looks half a minute after the start and once a day, and loads the updater no sooner", async () => {
  const { updater, updates, loads } = open();
  await vi.advanceTimersByTimeAsync(29_000);
  expect(loads()).toBe(0);
  await vi.advanceTimersByTimeAsync(2_000);
  expect([loads(), updater.checks]).toEqual([1, 1]);
  updater.emit("update-not-available");
  await vi.advanceTimersByTimeAsync(24 * 3_600_000);
  expect([loads(), updater.checks, updates.state]).toEqual([1, 2, { kind: "checking" }]);
  updates.close();
});

test("asks nobody where the person does not want it, but does when they ask", async () => {
  const { updater, updates } = open(false);
  await vi.advanceTimersByTimeAsync(48 * 3_600_000);
  expect(updater.checks).toBe(0);
  await updates.check();
  expect(updater.checks).toBe(1);
  updates.close();
});

test("loads by itself, installs only when the person restarts, and never an older one", async () => {
  const { updater, updates, states } = open();
  await updates.check();
  expect([updater.autoDownload, updater.autoInstallOnAppQuit, updater.allowDowngrade]).toEqual([true, true, false]);
  updates.restart();
  expect(updater.installs).toEqual([]);
  updater.emit("update-available", { version: "1.3.0" });
  for (const percent of [0.2, 0.9, 41, 41.5, 99]) updater.emit("download-progress", { percent });
  updater.emit("update-downloaded", { version: "1.3.0" });
  await updates.check();
  expect(states).toEqual(["checking", "loading", "loading", "loading", "ready"]);
  expect([updater.checks, updates.state]).toEqual([1, { kind: "ready", version: "1.3.0" }]);
  updates.restart();
  await vi.advanceTimersByTimeAsync(0);
  expect(updater.installs).toEqual([[false, true]]);
  updates.close();
});

test("says why a copy does not update itself", () => {
  const facts = { isPackaged: true, system: "linux" as const, isAppImage: false, environment: {} };
  expect(whyNoUpdates({ ...facts, isPackaged: false })).toContain("git");
  expect(whyNoUpdates(facts)).toContain("package manager");
  expect(whyNoUpdates({ ...facts, environment: { FLATPAK_ID: "x" }, isAppImage: true })).toContain("store");
  expect([whyNoUpdates({ ...facts, isAppImage: true }), whyNoUpdates({ ...facts, system: "windows" })]).toEqual([null, null]);
});
