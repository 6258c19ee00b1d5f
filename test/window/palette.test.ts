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
    await page.getByRole("combobox", { name: /^Search pages/ }).fill("tools");
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
    // In one look: what stands at a place changes as commands come in.
    const current = (): Promise<string | null> =>
      field.evaluate((input) => {
        const option = document.getElementById(input.getAttribute("aria-activedescendant") ?? "");
        return option?.getAttribute("aria-selected") === "true" ? option.textContent : null;
      });
    const options = page.getByRole("option");
    const press = async (key: string): Promise<string | null> => {
      await page.keyboard.press(key);
      return current();
    };
    // Commands still come in: the ends are tried until they are the ends.
    const walkAround = async (): Promise<boolean> => {
      const [first, second, last] = await Promise.all([options.first(), options.nth(1), options.last()].map((one) => one.textContent()));
      for (let index = await options.count(); index > 0; index -= 8) await press("PageUp");
      return (
        (await current()) === first &&
        (await press("ArrowUp")) === last &&
        (await press("ArrowDown")) === first &&
        (await press("ArrowDown")) === second
      );
    };
    await expect.poll(walkAround, { timeout: 10_000 }).toBe(true);
    await options.filter({ hasText: "Alias" }).first().waitFor();
    // The last but one: a new one before it moves it to the end.
    for (const key of ["ArrowUp", "ArrowUp"]) await press(key);
    const chosen = await press("ArrowUp");
    await window.admin("putAlias", { parameters: { name: "aaa-new" }, body: { provider: "openai", model: "gpt-4o" } });
    await options.filter({ hasText: "aaa-new" }).waitFor();
    expect(await current()).toBe(chosen);
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

  test("pauses the gateway, and offers to take calls again", async () => {
    await using window = await openWindow({ at: "settings" });
    const { page } = window;
    const run = async (name: string): Promise<void> => {
      await page.keyboard.press("Control+k");
      await page.getByRole("combobox", { name: /Search pages, models/ }).fill(name);
      await page.getByRole("option", { name }).waitFor();
      await page.keyboard.press("Enter");
    };
    await run("Pause the gateway for an hour");
    await expect.poll(async () => (await window.admin("getStatus", {})).pausedUntilMs).not.toBe(null);
    await page.getByText("The gateway takes no calls for an hour").waitFor();
    await run("Take calls again");
    await expect.poll(async () => (await window.admin("getStatus", {})).pausedUntilMs).toBe(null);
  });

  test.each([
    ["with nothing typed", "palette", "", /Copy base URL/],
    ["with something found", "palette-found", "key", /Add a provider key/],
  ])("looks right %s, and axe finds nothing", async (_title, picture, words, option) => {
    await using window = await openWindow({ at: "settings" });
    await window.page.keyboard.press("Control+k");
    await window.page.getByRole("combobox", { name: /Search pages, models/ }).fill(words);
    await window.page.getByRole("option", { name: option }).waitFor();
    expect(await inspectLook(window.page, picture)).toEqual([]);
  });

  test("says where nothing fits, and axe finds nothing", async () => {
    await using window = await openWindow({ at: "settings" });
    await window.page.keyboard.press("Control+k");
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
    await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
  });
});
