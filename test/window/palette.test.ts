import { describe, expect, test } from "vitest";
import { inspectLook, openWindow } from "../fakes/open-window.ts";

describe("the command palette", () => {
  test("opens by keys, finds by letters, runs by Enter, and gives the focus back", async () => {
    await using window = await openWindow({ at: "keys" });
    const { page } = window;
    await page.keyboard.press("Control+k");
    const field = page.getByRole("combobox", { name: /Search pages, models/ });
    await field.waitFor();
    expect(await field.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.type("gotl");
    await page.keyboard.press("Escape");
    await field.waitFor({ state: "detached" });
    await page.keyboard.press("Control+k");
    await field.waitFor();
    await page.keyboard.type("tools");
    await page.getByRole("option", { name: "Tools" }).first().waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Tools" }).waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute("role") ?? "none")).not.toBe("combobox");
  });

  test("walks with the arrow keys, tells screen readers where it is, and its ends meet", async () => {
    await using window = await openWindow({ at: "keys" });
    const { page } = window;
    await page.keyboard.press("Control+k");
    const field = page.getByRole("combobox", { name: /Search pages, models/ });
    await field.waitFor();
    const current = async (): Promise<string | null> => {
      const id = await field.getAttribute("aria-activedescendant");
      return page.locator(`[id="${id ?? ""}"][aria-selected="true"]`).textContent();
    };
    const options = page.getByRole("option");
    const first = await current();
    await page.keyboard.press("ArrowUp");
    expect(await current()).toBe(await options.last().textContent());
    await page.keyboard.press("ArrowDown");
    expect(await current()).toBe(first);
    await page.keyboard.press("ArrowDown");
    expect(await current()).toBe(await options.nth(1).textContent());
  });

  test("finds aliases, providers, settings and chats, and remembers what was used", async () => {
    await using window = await openWindow({ at: "keys", config: { aliases: { "night-owl": { provider: "openai", model: "gpt-4o" } } } });
    const { page } = window;
    const chat = "0190a0a0-0000-7000-8000-000000000001";
    await window.admin("putChat", { parameters: { chat }, body: { title: "Recipes with rhubarb" } });
    const find = async (words: string, name: RegExp): Promise<void> => {
      await page.keyboard.press("Control+k");
      await page.getByRole("combobox", { name: /Search pages, models/ }).fill(words);
      await page.getByRole("option", { name }).first().click();
      await page.getByRole("combobox", { name: /Search pages, models/ }).waitFor({ state: "detached" });
    };
    await find("night owl", /night-owl/);
    await expect.poll(() => page.url()).toContain("#/aliases/night-owl");
    await find("rhubarb", /Recipes with rhubarb/);
    await expect.poll(() => page.url()).toContain(`#/chat/${chat}`);
    await find("anthropic", /Anthropic/);
    await expect.poll(() => page.url()).toContain("#/keys/anthropic");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await find("largest request", /Largest request/);
    await expect.poll(() => page.url()).toContain("#/settings/gateway");
    await page.keyboard.press("Control+k");
    await expect.poll(() => page.getByRole("group", { name: "Used last" }).getByRole("option").count()).toBeGreaterThan(1);
  });

  test("switches the theme, and the setting with it", async () => {
    await using window = await openWindow({ at: "keys" });
    const { page } = window;
    await page.locator('html[data-theme="light"]').waitFor();
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: /Search pages, models/ }).fill("dark");
    await page.keyboard.press("Enter");
    await page.locator('html[data-theme="dark"]').waitFor();
    const { settings } = await window.admin("listSettings", {});
    expect(settings.find(({ section, name }) => section === "appearance" && name === "theme")?.value).toBe("dark");
  });

  test("looks right, and axe finds nothing", async () => {
    await using window = await openWindow({ at: "keys" });
    await window.page.keyboard.press("Control+k");
    await window.page.getByRole("combobox", { name: /Search pages, models/ }).waitFor();
    expect(await inspectLook(window.page, "palette")).toEqual([]);
    await window.page.getByRole("combobox", { name: /Search pages, models/ }).fill("key");
    await window.page.getByRole("option").first().waitFor();
    expect(await inspectLook(window.page, "palette-found")).toEqual([]);
    await window.page.getByRole("combobox", { name: /Search pages, models/ }).fill("zzqqxx");
    await window.page.getByText("Nothing fits").waitFor();
    expect(await inspectLook(window.page, "palette-nothing")).toEqual([]);
  });
});

describe("shortcuts", () => {
  test("are shown in a sheet by ?, which typing does not open", async () => {
    await using window = await openWindow({ at: "keys" });
    const { page } = window;
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    expect(await inspectLook(page, "shortcut-sheet")).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor({ state: "detached" });
    await page.getByRole("searchbox").first().fill("");
    await page.getByRole("searchbox").first().pressSequentially("what?");
    expect(await page.getByRole("dialog").count()).toBe(0);
  });
});
