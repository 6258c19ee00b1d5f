import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { startScriptedProvider } from "../fakes/scripted-provider.ts";
import { inspectLook, type OpenedWindow, openWindow } from "../fakes/open-window.ts";

async function valueOf({ admin }: OpenedWindow, section: string, name: string): Promise<unknown> {
  const { settings } = await admin("listSettings", {});
  return settings.find((setting) => setting.section === section && setting.name === name)?.value;
}

/** Sends the news in the corner away: they are not what is looked at. */
async function forgetNews({ page }: OpenedWindow): Promise<void> {
  const dismiss = page.getByRole("button", { name: "Dismiss" });
  while ((await dismiss.count()) > 0) await dismiss.first().click();
}

describe("a setting", () => {
  test("is saved as it is changed, can be undone, and goes back to its default", async () => {
    await using window = await openWindow({ at: "settings/privacy" });
    const { page } = window;
    const field = page.getByRole("textbox", { name: "Keep calls for" });
    await expect.poll(() => field.inputValue()).toBe("365");
    await field.fill("30");
    await field.press("Enter");
    await expect.poll(() => valueOf(window, "usage", "retentionDays")).toBe(30);
    await page.getByRole("button", { name: "Undo" }).click();
    await expect.poll(() => valueOf(window, "usage", "retentionDays")).toBe(365);
    await expect.poll(() => field.inputValue()).toBe("365");
    await field.fill("90");
    await field.press("Tab");
    await expect.poll(() => valueOf(window, "usage", "retentionDays")).toBe(90);
    await page.getByRole("button", { name: "Back to the default: 365 days" }).click();
    await expect.poll(() => field.inputValue()).toBe("365");
    expect(readFileSync(path.join(window.postern.dataFolder, "config.json"), "utf8")).not.toContain("retentionDays");
  });

  test("that cannot be so says why where it stands, and the old value stays", async () => {
    await using other = await startScriptedProvider();
    await using window = await openWindow({ at: "settings/gateway", pinPort: false, config: { gateway: { port: 0 } } });
    const { page } = window;
    const field = page.getByRole("textbox", { name: "Port", exact: true });
    for (const [value, words] of [
      ["70000", "must be at most 65535"],
      ["eighty", "must be a number"],
      [String(other.port), "the port is taken"],
    ] as const) {
      await field.fill(value);
      await field.press("Enter");
      await page.getByRole("alert").filter({ hasText: words }).waitFor();
      await expect.poll(() => field.getAttribute("aria-invalid")).toBe("true");
    }
    expect(await inspectLook(page, "settings-wrong")).toEqual([]);
    await field.press("Escape");
    await expect.poll(() => field.inputValue()).toBe("0");
    expect(await valueOf(window, "gateway", "port")).toBe(0);
  });

  test("of time or size is said in the unit that fits best", async () => {
    await using window = await openWindow({ at: "settings/network" });
    const { page } = window;
    const field = page.getByRole("textbox", { name: "Time to connect" });
    await expect.poll(() => field.inputValue()).toBe("10");
    await page.getByRole("combobox", { name: "Unit of Time to connect" }).click();
    await page.getByRole("option", { name: "ms", exact: true }).click();
    await expect.poll(() => field.inputValue()).toBe("10000");
    await field.fill("2500");
    await field.press("Enter");
    await expect.poll(() => valueOf(window, "gateway", "connectTimeoutMs")).toBe(2_500);
  });

  test("that a variable or an option pins is locked, with the reason", async () => {
    await using window = await openWindow({ at: "settings/gateway", environment: { POSTERN_GATEWAY_BRING_YOUR_OWN_KEY: "false" } });
    const { page } = window;
    await page.getByText("Set by POSTERN_GATEWAY_BRING_YOUR_OWN_KEY. Start Postern without it").waitFor();
    await page.getByText("Set by --port.").waitFor();
    await expect.poll(() => page.getByRole("switch", { name: "Bring your own key" }).isDisabled()).toBe(true);
    await expect.poll(() => page.getByRole("textbox", { name: "Port", exact: true }).isDisabled()).toBe(true);
    expect(await inspectLook(page, "settings-gateway")).toEqual([]);
  });

  test("that changes in config.json by hand changes on the page, and a mistake there is told", async () => {
    await using window = await openWindow({ at: "settings/appearance" });
    const { page } = window;
    const write = (text: string): void => writeFileSync(path.join(window.postern.dataFolder, "config.json"), text);
    write('{ "discovery": { "enabled": false }, "appearance": { "theme": "dark", "textSize": "large" } }');
    await page.locator('html[data-theme="dark"][data-text-size="large"]').waitFor();
    await expect.poll(() => page.getByRole("radio", { name: "Dark" }).getAttribute("aria-checked")).toBe("true");
    write('{ "appearance": { "theme": "pink" } }');
    await page.getByText("config.json has a mistake").waitFor();
    await page.getByText("appearance.theme").waitFor();
    await page.locator('html[data-theme="dark"]').waitFor();
    write("{}");
    await page.getByText("config.json has a mistake").waitFor({ state: "detached" });
  });

  test("of several texts takes one after the other, and refuses what is none", async () => {
    await using window = await openWindow({ at: "settings/gateway" });
    const { page } = window;
    const field = page.getByRole("textbox", { name: "Add to Web pages that may call" });
    await field.fill("nonsense");
    await field.press("Enter");
    await page.getByRole("alert").filter({ hasText: "must be an origin" }).waitFor();
    await field.fill("http://localhost:3000");
    await field.press("Enter");
    await expect.poll(() => valueOf(window, "gateway", "allowedOrigins")).toEqual(["http://localhost:3000"]);
    await page.getByRole("button", { name: "Remove http://localhost:3000 from Web pages that may call" }).click();
    await expect.poll(() => valueOf(window, "gateway", "allowedOrigins")).toEqual([]);
  });
});

describe("the theme", () => {
  test("takes effect at once, and is there from the first paint of the next visit", async () => {
    await using window = await openWindow({ at: "settings/appearance" });
    const { page } = window;
    await page.getByRole("radio", { name: "Dark" }).click();
    await page.locator('html[data-theme="dark"]').waitFor();
    await expect.poll(() => valueOf(window, "appearance", "theme")).toBe("dark");
    await page.reload({ waitUntil: "commit" });
    await page.locator('html[data-theme="dark"]').waitFor();
  });
});

describe("density and text size", () => {
  test.each([
    ["compact", "small"],
    ["comfortable", "larger"],
  ])("%s rows and %s text keep the page whole", async (density, textSize) => {
    await using window = await openWindow({ at: "settings/gateway", config: { appearance: { density, textSize } } });
    await window.page.locator(`html[data-density="${density}"][data-text-size="${textSize}"]`).waitFor();
    expect(await inspectLook(window.page, `settings-${density}-${textSize}`)).toEqual([]);
  });
});

describe("shortcuts", () => {
  test("are changed by pressing keys, refused where they are taken, and work at once", async () => {
    await using window = await openWindow({ at: "settings/shortcuts" });
    const { page } = window;
    const button = page.getByRole("button", { name: /^Change keys of Go to Keys/ });
    await button.click();
    await page.keyboard.press("Control+k");
    await page.getByRole("alert").filter({ hasText: "already used by “Open the command palette”" }).waitFor();
    await button.click();
    await page.keyboard.press("Control+Shift+Y");
    await expect.poll(() => valueOf(window, "shortcuts", "bindings")).toEqual({ "page.keys": "Mod+Shift+Y" });
    await forgetNews(window);
    expect(await inspectLook(page, "settings-shortcuts")).toEqual([]);
    await page.keyboard.press("Control+Shift+Y");
    await page.getByRole("heading", { level: 1, name: "Keys" }).waitFor();
  });
});

describe("backups", () => {
  test("are made, laid ready to be restored, and taken back", async () => {
    await using window = await openWindow({ at: "settings/backup" });
    const { page } = window;
    await page.getByText("No backup yet").waitFor();
    expect(await inspectLook(page, "settings-backup-empty")).toEqual([]);
    await page.getByRole("button", { name: "Make a backup" }).click();
    const more = page.getByRole("button", { name: /^More about postern-/ });
    await more.click();
    await page.getByRole("menuitem", { name: "Restore…" }).click();
    await page.getByRole("button", { name: "Restore at the next start" }).click();
    await page.getByText("A backup takes its place when Postern starts next").waitFor();
    await forgetNews(window);
    expect(await inspectLook(page, "settings-backup")).toEqual([]);
    await page.getByRole("button", { name: "Do not restore" }).click();
    await page.getByText("A backup takes its place").waitFor({ state: "detached" });
    const download = page.waitForEvent("download");
    await more.click();
    await page.getByRole("menuitem", { name: "Download" }).click();
    const file = await (await download).path();
    expect(readFileSync(file).subarray(0, 15).toString()).toBe("SQLite format 3");
    await more.click();
    await page.getByRole("menuitem", { name: "Delete…" }).click();
    await page.getByRole("button", { name: /^Delete postern-/ }).click();
    await page.getByText("No backup yet").waitFor();
    await page.getByLabel("Add a file…").setInputFiles(file);
    await page.getByRole("row", { name: /postern-uploaded-/ }).waitFor();
  });
});

describe("the person's data", () => {
  test("is exported whole, and every log deleted", async () => {
    await using window = await openWindow({ at: "settings/privacy" });
    const { page, postern } = window;
    const answer = await fetch(`${postern.url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${postern.key}`, "content-type": "application/json" },
      body: JSON.stringify({ model: "@postern/hello", messages: [{ role: "user", content: "Hi" }] }),
    });
    await answer.text();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Export everything" }).click();
    expect((await download).suggestedFilename()).toMatch(/^postern-export-\d{4}-\d{2}-\d{2}\.tar\.gz$/);
    await page.getByRole("button", { name: "Delete all logs" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Delete all logs" }).click();
    await page.getByText("Deleted 1 call").waitFor();
    expect((await window.admin("listCalls", { query: {} })).calls).toEqual([]);
  });
});

describe("the page", () => {
  test.each(["general", "appearance", "chat", "network", "models", "privacy", "observability", "diagnostics", "about"])(
    "shows %s, and axe finds nothing in both themes and sizes",
    async (section) => {
      await using window = await openWindow({ at: `settings/${section}` });
      await window.page.getByRole("heading", { level: 1, name: "Settings" }).waitFor();
      await window.page.getByRole("region").getByRole("heading", { level: 2 }).first().waitFor();
      await expect.poll(() => window.page.getByRole("status", { name: "Loading" }).count()).toBe(0);
      expect(await inspectLook(window.page, `settings-${section}`)).toEqual([]);
    },
  );

  test("finds settings by words of any part, and leads from there back", async () => {
    await using window = await openWindow({ at: "settings" });
    const { page } = window;
    await page.getByRole("searchbox", { name: "Search settings" }).fill("proxy");
    await page.getByRole("heading", { level: 2, name: "Network" }).waitFor();
    await expect.poll(() => page.getByRole("textbox", { name: "Proxy", exact: true }).count()).toBe(1);
    await expect.poll(() => page.getByRole("radio").count()).toBe(0);
    expect(await inspectLook(page, "settings-found")).toEqual([]);
    await page.getByRole("searchbox", { name: "Search settings" }).fill("zzqqxx");
    await page.getByText("No setting fits").waitFor();
    await page.getByRole("searchbox", { name: "Search settings" }).press("Escape");
    await page.getByRole("heading", { level: 2, name: "General" }).waitFor();
  });
});
