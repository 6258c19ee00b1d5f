import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { _electron, type ElectronApplication, type Page } from "playwright-core";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { findElectron, readIfThere, whyNoElectron } from "../../scripts/choose-shell.ts";
import { eventually } from "../wire/eventually.ts";

// Not the packed app: its fuses keep Playwright out, as they keep everybody out. scripts/package/try-package.ts starts that one.
const program = findElectron();
const machine = { platform: process.platform, environment: process.env, userId: process.getuid?.(), read: readIfThere };
const why = program === null ? "Electron's binary is not here" : whyNoElectron(machine);

describe.skipIf(why !== null)(`the app in Electron itself (${why ?? program ?? ""})`, () => {
  const folders: string[] = [];
  let app: ElectronApplication | null = null;

  afterEach(async () => {
    await app?.close().catch(() => undefined);
    app = null;
  });

  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  async function start(
    args: readonly string[] = [],
    settings: Readonly<Record<string, unknown>> = {},
  ): Promise<{ app: ElectronApplication; dataFolder: string }> {
    const dataFolder = mkdtempSync(path.join(tmpdir(), "postern-electron-"));
    folders.push(dataFolder);
    writeFileSync(
      path.join(dataFolder, "config.json"),
      JSON.stringify({ gateway: { port: 0 }, discovery: { enabled: false }, desktop: settings }),
    );
    const main = path.resolve(import.meta.dirname, "../../dist/desktop/main.js");
    app = await _electron.launch({
      executablePath: program ?? "",
      args: [main, ...args],
      env: { ...process.env, POSTERN_DATA_DIR: dataFolder } as Record<string, string>,
    });
    return { app, dataFolder };
  }

  async function pageOf(running: ElectronApplication): Promise<Page> {
    const page = await running.firstWindow();
    await page.getByRole("navigation", { name: "Pages" }).waitFor({ timeout: 30_000 });
    return page;
  }

  const addressOf = (page: Page): Promise<string> =>
    eventually(async () => {
      const { gateway } = await page.evaluate(() => posternDesktop.getState());
      if (gateway.kind !== "running") throw new Error(`The gateway is ${gateway.kind}`);
      return gateway.address;
    });

  test("opens the window under its own scheme, sandboxed, with the gateway behind it", async () => {
    const begun = performance.now();
    const { app: running } = await start();
    const page = await pageOf(running);
    const address = await addressOf(page);
    console.log(`Ready ${Math.round(performance.now() - begun)} ms after the launch`);
    expect(page.url()).toMatch(/^postern-app:\/\/window\//);
    expect(await page.evaluate(() => ["require" in globalThis, "process" in globalThis, isSecureContext])).toEqual([false, false, true]);
    expect(await healthOf(address)).toBe('{"status":"ok"}');
    const answer = await page.evaluate(async () => {
      const reply = await fetch("/v1/chat/completions", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ model: "@postern/hello", stream: true, messages: [{ role: "user", content: "Hi" }] }),
      });
      return reply.text();
    });
    expect(answer.endsWith("data: [DONE]\n\n")).toBe(true);
  });

  test("closing hides, and showing it again needs no new page", async () => {
    const { app: running } = await start();
    const page = await pageOf(running);
    const isVisible = (): Promise<boolean> =>
      running.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().some((window) => window.isVisible()));
    await eventually(async () => expect(await isVisible()).toBe(true));
    await running.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
    await eventually(async () => expect(await isVisible()).toBe(false));
    expect(page.isClosed()).toBe(false);
    await running.evaluate(({ app: electron }) => void electron.emit("second-instance", {}, ["postern"], "/"));
    await eventually(async () => expect(await isVisible()).toBe(true));
  });

  test("a page cannot leave, open windows, or load from elsewhere", async () => {
    const { app: running } = await start();
    const page = await pageOf(running);
    await running.evaluate(({ dialog }) => {
      dialog.showMessageBox = (() => Promise.resolve({ response: 1, checkboxChecked: false })) as never;
    });
    await page.evaluate(() => void (location.href = "https://example.com/"));
    await page.evaluate(() => void open("https://example.com/"));
    expect(
      await page.evaluate(() =>
        fetch("http://127.0.0.1:1/").then(
          () => "loaded",
          () => "refused",
        ),
      ),
    ).toBe("refused");
    expect(page.url()).toMatch(/^postern-app:\/\/window\//);
    expect(running.windows().length).toBe(1);
  });

  test("quits with everything closed", async () => {
    const { app: running } = await start();
    const address = await addressOf(await pageOf(running));
    const exited = new Promise<number | null>((resolve) => running.process().once("exit", resolve));
    await running.evaluate(({ app: electron }) => electron.quit());
    expect(await exited).toBe(0);
    await expect(healthOf(address)).rejects.toThrow("ECONNREFUSED");
  });

  test("rests: its processor time in the tray, over a minute", async () => {
    const { app: running } = await start(["--hidden"], { startHidden: true });
    const measure = (): Promise<{ cpuSeconds: number; memoryKiB: number; windows: number }> =>
      running.evaluate(({ app: electron, BrowserWindow }) => {
        const [main] = electron.getAppMetrics().filter(({ type }) => type === "Browser");
        return {
          cpuSeconds: main?.cpu.cumulativeCPUUsage ?? 0,
          memoryKiB: main?.memory.workingSetSize ?? 0,
          windows: BrowserWindow.getAllWindows().length,
        };
      });
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    const before = await measure();
    await new Promise((resolve) => setTimeout(resolve, 60_000));
    const after = await measure();
    const share = (100 * (after.cpuSeconds - before.cpuSeconds)) / 60;
    console.log(`At rest: ${share.toFixed(3)} % of a processor, ${Math.round(after.memoryKiB / 1024)} MiB in the main process`);
    expect(after.windows).toBe(0);
    expect(share).toBeLessThan(0.1);
  }, 120_000);
});

function healthOf(address: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request(`http://${address}/healthz`, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part));
      response.once("end", () => resolve(text));
    });
    call.once("error", reject);
    call.end();
  });
}
