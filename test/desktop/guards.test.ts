import path from "node:path";
import { expect, test } from "vitest";
import { eventually } from "../wire/eventually.ts";
import { startApp } from "./start-app.ts";

test("the session allows copying from the window's own page, and nothing else", async () => {
  await using app = await startApp();
  await app.page();
  const { handlers } = app.electron.standInSession;
  const own = "postern-app://window/";
  const asked: boolean[] = [];
  for (const [permission, url] of [
    ["clipboard-sanitized-write", own],
    ["clipboard-sanitized-write", "https://example.com/"],
    ["clipboard-sanitized-write", "postern-app://elsewhere/"],
    ["clipboard-read", own],
    ["loopback-network", own],
    ["media", own],
    ["openExternal", own],
  ] as const) {
    handlers.permissionRequest!(null, permission, (isGranted) => asked.push(isGranted), { requestingUrl: url });
    expect(handlers.permissionCheck!(null, permission, url)).toBe(asked.at(-1));
  }
  expect(asked).toEqual([true, false, false, false, false, false, false]);
  expect(handlers.device!()).toBe(false);
});

test("the page loads nothing from elsewhere, goes nowhere else, and opens no window", async () => {
  await using app = await startApp();
  const page = await app.page();
  const [window] = app.world.windows;
  await page.getByRole("navigation", { name: "Pages" }).waitFor();
  expect(
    await page.evaluate(() =>
      fetch("http://127.0.0.1:1/").then(
        () => "loaded",
        () => "refused",
      ),
    ),
  ).toBe("refused");
  await page.evaluate(() => void (location.href = "https://example.com/?leak=1"));
  await eventually(() => expect(app.world.dialogs.length).toBe(1));
  expect([app.world.dialogs[0]?.message, app.world.dialogs[0]?.detail]).toEqual([
    "Open example.com in your browser?",
    "https://example.com/?leak=1",
  ]);
  await eventually(() => expect(app.world.opened).toEqual(["https://example.com/?leak=1"]));
  expect(page.url()).toContain("postern-app.localhost");
  app.world.answer = () => 1;
  await page.evaluate(() => void open("https://example.org/"));
  await eventually(() => expect(app.world.dialogs.length).toBe(2));
  await page.evaluate(() => void (location.href = "file:///etc/passwd"));
  await page.evaluate(() => void open("javascript:alert(1)"));
  expect([app.world.dialogs.length, app.world.opened.length]).toEqual([2, 1]);
  // What was refused is on the console, as it should be.
  window!.webContents.complaints.length = 0;
});

test("only the page's own main frame is heard, and only with what fits", async () => {
  await using app = await startApp();
  await app.page();
  const call = (frame: unknown, ...values: unknown[]): Promise<unknown> =>
    Promise.resolve(app.world.invokers.get("postern:call")!({ senderFrame: frame }, ...values));
  const own = { url: "postern-app://window/#/chat", parent: null };
  expect(await call(own, "getState", [])).toMatchObject({ update: { kind: "unavailable" } });
  await expect(call(null, "getState", [])).rejects.toThrow("not Postern's window");
  await expect(call({ ...own, parent: {} }, "getState", [])).rejects.toThrow("not Postern's window");
  await expect(call({ url: "https://example.com/", parent: null }, "getState", [])).rejects.toThrow("not Postern's window");
  await expect(call({ url: "postern-app://window.example/", parent: null }, "getState", [])).rejects.toThrow("not Postern's window");
  await expect(call(own, "constructor", [])).rejects.toThrow("none of this name");
  await expect(call(own, "openFolder", ["/etc"])).rejects.toThrow("does not fit");
  await expect(call(own, "quit", [1])).rejects.toThrow("does not fit");
  await call(own, "openFolder", ["logs"]);
  expect(app.world.opened).toEqual([path.join(app.dataFolder, "logs")]);
});

test("the scheme serves the window's files, the admin API and models, and nothing beside them", async () => {
  await using app = await startApp({ args: ["--hidden"] });
  await eventually(() => expect(app.world.schemes.has("postern-app")).toBe(true));
  const get = async (url: string, init: RequestInit = {}): Promise<Response> =>
    app.world.schemes.get("postern-app")!(new Request(url, init));
  const page = await get("postern-app://window/");
  expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
  const refused = [
    await get("postern-app://elsewhere/"),
    await get("postern-app://window/../package.json"),
    await get("postern-app://window/assets/..%2f..%2fpackage.json"),
    await get("postern-app://window/metrics"),
    await get("postern-app://window/", { method: "POST", body: "x" }),
    await get("postern-app://window/admin/status", { headers: { origin: "https://example.com" } }),
  ];
  expect(refused.map(({ status }) => status)).toEqual([404, 404, 404, 404, 405, 403]);
  for (const answer of [...refused, await get("postern-app://window/admin/status")])
    expect([answer.headers.get("x-content-type-options"), answer.headers.get("content-security-policy")?.length]).toEqual([
      "nosniff",
      expect.any(Number),
    ]);
});

test("a link asks before it opens anything, and a risky one is not taken at all", async () => {
  await using app = await startApp({
    args: ["--hidden", "postern://catalog?query=gpt-5"],
    prepare: (world) => void (world.answer = () => 1),
  });
  await eventually(() => expect(app.world.dialogs.length).toBe(1));
  expect(app.world.dialogs[0]?.message).toBe('A link wants to open "Models" in Postern.');
  expect(app.world.windows.size).toBe(0);
  app.world.answer = () => 0;
  app.electron.app.emit("second-instance", {}, ["postern", "postern://chat?prompt=Hello%20there"], "/");
  await eventually(() => expect(app.world.windows.size).toBe(1));
  await app.page();
  const [window] = app.world.windows;
  expect(window!.webContents.getURL()).toMatch(/^postern-app:\/\/window\/#\/chat\?prompt=Hello/);
  for (const link of [
    "postern://chat?prompt=x&key=sk-1",
    "postern://admin/keys",
    "postern://window/",
    "postern://quit",
    "postern://u:p@chat",
  ])
    app.electron.app.emit("open-url", { preventDefault: () => undefined }, link);
  expect(app.world.dialogs.length).toBe(2);
});
