import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test, vi } from "vitest";
import { version } from "#shared/version.ts";
import { startPostern } from "../fakes/start-postern.ts";
import { eventually } from "../wire/eventually.ts";
import { startApp } from "./start-app.ts";

const isRunning = (app: { state(): string }): Promise<void> =>
  eventually(() => expect(app.state()).toMatch(/^● Running · 127\.0\.0\.1:\d+$/));

test("starts: everything early before ready, the window with the real page, the gateway, the tray", async () => {
  await using app = await startApp();
  const page = await app.page();
  await page.getByRole("navigation", { name: "Pages" }).waitFor();
  await isRunning(app);
  expect(app.world.early).toEqual([
    "enableSandbox",
    ...(process.platform === "linux" ? ["switch password-store=basic"] : []),
    "setPath userData",
    "setPath sessionData",
    ...(process.platform === "linux" ? ["setDesktopName dev.postern.Postern.desktop"] : []),
    "requestSingleInstanceLock",
    "scheme postern-app codeCache secure standard supportFetchAPI",
  ]);
  // The page has the bridge, and nothing of Node or Electron.
  expect(
    await page.evaluate(() => [
      typeof posternDesktop,
      "require" in globalThis,
      "process" in globalThis,
      Object.keys(posternDesktop).sort().length,
    ]),
  ).toEqual(["object", false, false, 9]);
  // No keychain was touched: nothing needed a key.
  expect(app.electron.started).toEqual([]);
  expect(app.world.errors).toEqual([]);
});

test("the window reaches the admin API, its events and a model, through the app's own scheme", async () => {
  await using app = await startApp();
  const page = await app.page();
  await isRunning(app);
  const status = await page.evaluate(async () => (await fetch("/admin/status")).json() as Promise<{ addresses: string[] }>);
  expect(status.addresses[0]).toMatch(/^127\.0\.0\.1:/);
  const first = await page.evaluate(async () => {
    const answer = await fetch("/admin/events");
    const reader = answer.body!.getReader();
    const { value } = await reader.read();
    await reader.cancel();
    return new TextDecoder().decode(value);
  });
  expect(first).toMatch(/^event: hello\n/);
  const streamed = await page.evaluate(async () => {
    const answer = await fetch("/v1/chat/completions", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "@postern/hello", stream: true, messages: [{ role: "user", content: "Hi" }] }),
    });
    return [answer.status, answer.headers.get("content-type"), await answer.text()] as const;
  });
  expect([streamed[0], streamed[1], streamed[2].endsWith("data: [DONE]\n\n")]).toEqual([200, "text/event-stream", true]);
});

test("closing hides, says so once, keeps the place, and the tray opens it again", async () => {
  await using app = await startApp();
  const page = await app.page();
  await page.getByRole("navigation", { name: "Pages" }).waitFor();
  const [window] = app.world.windows;
  await page.evaluate(() => void (location.hash = "#/usage"));
  await eventually(() => expect(window!.webContents.getURL()).toBe("postern-app://window/#/usage"));
  window!.close();
  expect([window!.isVisible(), app.world.windows.size, app.world.notifications.map(({ title }) => title)]).toEqual([
    false,
    1,
    ["Postern keeps running"],
  ]);
  const kept = JSON.parse(readFileSync(path.join(app.dataFolder, "window.json"), "utf8")) as { hash: string; knowsTray: boolean };
  expect([kept.hash, kept.knowsTray]).toEqual(["#/usage", true]);
  app.tools.press(app.menu(), "Open Postern");
  expect(window!.isVisible()).toBe(true);
  window!.close();
  expect(app.world.notifications.length).toBe(1);
});

test("a window that stays hidden goes, and comes back where it was", async () => {
  await using app = await startApp();
  const page = await app.page();
  const [window] = app.world.windows;
  await page.getByRole("navigation", { name: "Pages" }).waitFor();
  await page.evaluate(() => void (location.hash = "#/usage"));
  await eventually(() => expect(window!.webContents.getURL()).toBe("postern-app://window/#/usage"));
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  window!.close();
  vi.advanceTimersByTime(299_000);
  const stillThere = app.world.windows.size;
  vi.advanceTimersByTime(2_000);
  vi.useRealTimers();
  expect([stillThere, app.world.windows.size, app.world.trays.size]).toEqual([1, 0, 1]);
  app.tools.press(app.menu(), "Open Postern");
  await app.page();
  const [again] = app.world.windows;
  expect([again === window, again!.webContents.getURL()]).toEqual([false, "postern-app://window/#/usage"]);
});

test("without 'keep running', closing the window quits", async () => {
  await using app = await startApp({ config: { desktop: { closeToTray: false } } });
  await app.page();
  const [window] = app.world.windows;
  window!.close();
  expect(await app.electron.standInApp.ended).toBe(0);
});

test("quitting drains, closes the port and lets go of the folder", async () => {
  await using app = await startApp();
  await app.page();
  await isRunning(app);
  const address = app.state().replace("● Running · ", "");
  app.tools.press(app.menu(), "Quit Postern (stops the gateway)");
  expect(await app.electron.standInApp.ended).toBe(0);
  await expect(fetch(`http://${address}/healthz`)).rejects.toThrow("fetch failed");
  expect([app.world.trays.size, app.world.windows.size, existsSync(path.join(app.dataFolder, "control.sock"))]).toEqual([0, 0, false]);
});

test("starts hidden where that is set, and where the system starts it at login", async () => {
  await using app = await startApp({ config: { desktop: { startHidden: true } } });
  await isRunning(app);
  expect(app.world.windows.size).toBe(0);
  app.tools.press(app.menu(), "Open Postern");
  await (await app.page()).getByRole("navigation", { name: "Pages" }).waitFor();
});

test("a second start ends at once; the first one opens its window", async () => {
  {
    await using second = await startApp({ prepare: (world) => void (world.lock.isFree = false) });
    expect([await second.electron.standInApp.ended, second.world.windows.size, second.world.trays.size]).toEqual([0, 0, 0]);
  }
  await using app = await startApp({ args: ["--hidden"] });
  await isRunning(app);
  expect(app.world.windows.size).toBe(0);
  app.electron.app.emit("second-instance", {}, ["postern"], "/");
  await (await app.page()).getByRole("navigation", { name: "Pages" }).waitFor();
  app.electron.app.emit("second-instance", {}, ["postern", "--quit"], "/");
  expect(await app.electron.standInApp.ended).toBe(0);
});

test("another Postern on the same folder is said, and nothing is opened", async () => {
  await using postern = await startPostern();
  await using app = await startApp({ dataFolder: postern.dataFolder });
  expect(await app.electron.standInApp.ended).toBe(3);
  expect([app.world.windows.size, app.world.trays.size, app.world.errors.length]).toEqual([0, 0, 1]);
  expect(app.world.errors[0]).toContain(String(postern.pid));
});

test("an argument that is a command runs it, and opens no app", async () => {
  const written: string[] = [];
  const spy = vi.spyOn(process.stdout, "write").mockImplementation((text) => written.push(String(text)) > 0);
  try {
    await using app = await startApp({ args: ["--version"] });
    expect(await app.electron.standInApp.ended).toBe(0);
    expect([app.world.windows.size, app.world.trays.size, written.join("")]).toEqual([0, 0, `${version}\n`]);
  } finally {
    spy.mockRestore();
  }
});
