import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { windowHeaders } from "../host/window-headers.ts";
import { findRefusedSwitch } from "./refused-switches.ts";
import { webPreferences } from "./web-preferences.ts";

const electron = path.resolve(import.meta.dirname, "..");
const sources = globSync(["desktop/**/*.ts", "main.ts", "preload.ts"], {
  cwd: electron,
  exclude: (name) => name.endsWith(".test.ts") || name.includes(".types"),
});
const read = (file: string): string => readFileSync(path.join(electron, file), "utf8");
const all = sources.filter((file) => !file.endsWith(".test.ts")).map((file) => [file, read(file)] as const);
const together = all.map(([, code]) => code).join("\n");

test("every switch of the page stands on its safe side", () => {
  const preferences = webPreferences({ preload: "/x/preload.cjs", isPackaged: true });
  expect(preferences).toEqual({
    preload: "/x/preload.cjs",
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
    spellcheck: false,
    devTools: false,
  });
});

test("Chromium is given one switch, which opens nothing", () => {
  expect([...together.matchAll(/appendSwitch\([^)]*\)/g)].map(([code]) => code)).toEqual(['appendSwitch("password-store", "basic")']);
});

test("there is one place that makes windows, and it takes these preferences", () => {
  expect(all.filter(([, code]) => code.includes("new BrowserWindow(")).map(([file]) => file)).toEqual(["desktop/app-window.ts"]);
  expect(read("desktop/app-window.ts")).toContain("webPreferences: webPreferences(options)");
});

test.each([
  "additionalArguments",
  "enableBlinkFeatures",
  "setCertificateVerifyProc",
  "loadFile(",
  "file://",
  "executeJavaScript",
  "insertCSS",
  "bypassCSP",
  "corsEnabled",
  "allowServiceWorkers",
  "sendSync",
  "ipcRenderer.sendToHost",
  "@electron/remote",
  "nodeIntegration: true",
  "sandbox: false",
  "contextIsolation: false",
  "webSecurity: false",
  "openAsHidden",
  "safeStorage",
  "child_process",
])("nothing uses %s", (word) => {
  expect(all.filter(([, code]) => code.includes(word)).map(([file]) => file)).toEqual([]);
});

test.each([
  ["app.enableSandbox()", "main.ts"],
  ["requestSingleInstanceLock()", "main.ts"],
  ["findRefusedSwitch(", "main.ts"],
  ["setPermissionRequestHandler(", "desktop/harden-session.ts"],
  ["setPermissionCheckHandler(", "desktop/harden-session.ts"],
  ["setDevicePermissionHandler(() => false)", "desktop/harden-session.ts"],
  ["onBeforeRequest(", "desktop/harden-session.ts"],
  ['"will-download"', "desktop/harden-session.ts"],
  ['"will-navigate"', "desktop/lock-web-contents.ts"],
  ['"will-frame-navigate"', "desktop/lock-web-contents.ts"],
  ['"will-redirect"', "desktop/lock-web-contents.ts"],
  ['"will-attach-webview"', "desktop/lock-web-contents.ts"],
  ["setWindowOpenHandler(", "desktop/lock-web-contents.ts"],
  ['"certificate-error"', "desktop/lock-web-contents.ts"],
  ['"select-client-certificate"', "desktop/lock-web-contents.ts"],
  ['"login"', "desktop/lock-web-contents.ts"],
  ["senderFrame", "desktop/serve-bridge.ts"],
] as const)("%s stands in %s", (code, file) => {
  expect(read(file)).toContain(code);
});

test("one file opens pages in the browser, and only https after a question", () => {
  expect(all.filter(([, code]) => code.includes("shell.openExternal(")).map(([file]) => file)).toEqual(["desktop/open-external.ts"]);
  const code = read("desktop/open-external.ts");
  expect(code.indexOf('"https:"')).toBeGreaterThan(0);
  expect(code.indexOf("showMessageBox")).toBeLessThan(code.indexOf("shell.openExternal("));
});

test("one channel is handled, and neither Electron's objects nor its events reach the page", () => {
  expect([...together.matchAll(/ipcMain\.handle\(/g)].length).toBe(1);
  expect([...together.matchAll(/exposeInMainWorld\(/g)].length).toBe(1);
  expect(read("preload.ts")).not.toMatch(/exposeInMainWorld\([^)]*ipcRenderer/);
});

test("the content security policy lets nothing in from elsewhere", () => {
  const policy = windowHeaders["content-security-policy"] ?? "";
  const directives = Object.fromEntries(policy.split("; ").map((part) => [part.split(" ")[0], part.split(" ").slice(1).join(" ")]));
  expect(directives).toMatchObject({
    "default-src": "'none'",
    "script-src": "'self'",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-src": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
  });
  expect(policy).not.toMatch(/unsafe-|https?:|\*/);
});

test.each([
  "no-sandbox",
  "remote-debugging-port",
  "remote-debugging-pipe",
  "disable-web-security",
  "ignore-certificate-errors",
  "host-rules",
  "proxy-server",
])("a packaged app is not started with --%s", (name) => {
  expect(findRefusedSwitch((asked) => asked === name)).toBe(name);
  expect(findRefusedSwitch(() => false)).toBeUndefined();
});
