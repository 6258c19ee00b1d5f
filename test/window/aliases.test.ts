import { afterAll, beforeAll, expect, test } from "vitest";
import { inspectLook, keepLook, openWindow } from "../fakes/open-window.ts";
import { type AliasesWorld, someAliases, startAliasesWorld } from "./aliases-world.ts";

let world: AliasesWorld;

beforeAll(async () => {
  world = await startAliasesWorld({
    ...someAliases,
    "review/deep": JSON.parse(`{
      "strategy": { "mode": "conditional", "default": "cheap", "conditions": [
        { "query": { "$or": [{ "metadata.plan": { "$eq": "paid" } }, { "params.max_tokens": { "$gt": 4000 } }] }, "then": "o3" }
      ] },
      "targets": [
        { "name": "o3", "provider": "openai", "model": "o3", "override_params": { "reasoning_effort": "high" } },
        { "name": "cheap", "strategy": { "mode": "fallback", "on_status_codes": [429, 503] }, "targets": [
          { "provider": "anthropic", "model": "claude-haiku-4-5" },
          { "config": "fast", "retry": { "attempts": 2 } }
        ] }
      ],
      "retry": { "attempts": 3 },
      "cache": { "mode": "simple", "max_age": 600 },
      "metadata": { "team": "review" }
    }`) as never,
  });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

test(
  "the list says what each alias does, how its targets stand and how often it was called; its look has no barriers",
  { timeout: 120_000 },
  async () => {
    await world.ask("fast");
    await using window = await openWindow({ postern: world.postern, at: "aliases" });
    const { page } = window;
    const row = page.getByRole("listitem").filter({ has: page.getByRole("link", { name: "fast", exact: true }) });
    await row.getByText("groq/llama-3.3-70b-versatile, else openai/gpt-4o-mini").waitFor();
    await row.getByText("2 of 2 ready").waitFor();
    await row.getByText("1 call today").waitFor();
    await page.getByText("by the request: openai/o3 or (anthropic/claude-haiku-4-5, else fast)").waitFor();
    expect(await inspectLook(page, "aliases-list")).toEqual([]);
    await page.getByRole("searchbox", { name: "Search aliases" }).fill("no such");
    await page.getByText("Nothing fits “no such”.").waitFor();
  },
);

test("an editor with everything in it has no barriers, in the form, the JSON and the dry run", { timeout: 180_000 }, async () => {
  await using window = await openWindow({ postern: world.postern, at: "aliases/review/deep" });
  const { page } = window;
  await page.getByRole("textbox", { name: "The config as JSON" }).waitFor();
  await page.getByText("Also set, in the JSON: metadata").waitFor();
  expect.soft(await inspectLook(page, "aliases-editor")).toEqual([]);
  await page.getByRole("button", { name: /^o3 OpenAI/ }).click();
  await page
    .getByRole("region", { name: "Targets" })
    .getByRole("button", { name: /^Parameters/ })
    .click();
  await page.getByRole("button", { name: /^cheap/ }).click();
  await page.getByRole("button", { name: /^o3 OpenAI/ }).scrollIntoViewIfNeeded();
  expect.soft(await inspectLook(page, "aliases-editor-open")).toEqual([]);
  await page.getByRole("radio", { name: "Dry run" }).click();
  await page.getByRole("list", { name: "The way of the request" }).getByText("Its condition does not hold").waitFor();
  expect.soft(await inspectLook(page, "aliases-dry-run")).toEqual([]);
  await page.getByRole("button", { name: "Add target" }).last().click();
  await page.getByPlaceholder("Search models, or type provider/model").fill("gpt");
  await page
    .getByRole("option", { name: /gpt-4o/ })
    .first()
    .waitFor();
  await keepLook(page, "aliases-picker");
});

test("somebody with no alias yet is told what one is, and a new one begins with nothing wrong in sight", { timeout: 120_000 }, async () => {
  await using window = await openWindow({ at: "aliases" });
  const { page } = window;
  await page.getByRole("heading", { name: "One name, and you decide what answers" }).waitFor();
  expect.soft(await inspectLook(page, "aliases-empty")).toEqual([]);
  await page.getByRole("button", { name: "Make the first one" }).click();
  await page.getByRole("textbox", { name: "The config as JSON" }).waitFor();
  expect.soft(await inspectLook(page, "aliases-new")).toEqual([]);
});

test("deleting offers to undo, and what another alias names is not deleted", async () => {
  await using window = await openWindow({ postern: world.postern, at: "aliases" });
  const { page, admin } = window;
  await page.getByRole("button", { name: "More about fast" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByText(/Cannot save this: aliases\.review\/deep\..*names "fast"/).waitFor();
  await page.getByRole("button", { name: "More about shared" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByText("Deleted shared").waitFor();
  await page.getByRole("link", { name: "shared", exact: true }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("link", { name: "shared", exact: true }).waitFor();
  expect((await admin("getAlias", { parameters: { name: "shared" } })).config).toEqual(someAliases.shared);
});

test("a favourite and the default are kept as settings, and the default answers to its name", async () => {
  await using window = await openWindow({ postern: world.postern, at: "aliases" });
  const { page } = window;
  await page.getByRole("button", { name: "Make shared a favourite" }).click();
  await page.getByRole("button", { name: "shared is a favourite; take it out" }).waitFor();
  await page.getByRole("button", { name: "More about fast" }).click();
  await page.getByRole("menuitem", { name: "Use as the default" }).click();
  await page.getByRole("listitem").filter({ hasText: "fast" }).getByText("Default", { exact: true }).waitFor();
  expect(await world.ask("default")).toMatchObject({ status: 200, content: "from groq" });
  await page.getByRole("button", { name: "Copy shared" }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("shared");
});

test("an alias is made, put in order, saved and deleted by keyboard alone", async () => {
  await using window = await openWindow({ postern: world.postern, at: "aliases" });
  const { page, admin } = window;
  const { keyboard } = page;
  const tabTo = async (name: string): Promise<void> => {
    for (let step = 0; step < 60; step++) {
      const focused = await page.evaluate(() => {
        const element = document.activeElement;
        return element?.getAttribute("aria-label") ?? element?.textContent ?? "";
      });
      if (focused.trim() === name) return;
      await keyboard.press("Tab");
    }
    throw new Error(`Cannot reach "${name}" with the Tab key`);
  };
  await tabTo("New alias");
  await keyboard.press("Enter");
  // The name has the focus.
  await page.getByRole("textbox", { name: "Name" }).waitFor();
  await keyboard.type("keys-only");
  await tabTo("Choose a model or an alias");
  await keyboard.press("Enter");
  const box = page.getByPlaceholder("Search models, or type provider/model");
  await box.waitFor();
  await keyboard.type("groq/made-up-1");
  await page.getByRole("option", { name: /^made-up-1/ }).waitFor();
  await page.locator('input[aria-busy="false"]').waitFor();
  await keyboard.press("Enter");
  await box.waitFor({ state: "detached" });
  await tabTo("Add target");
  await keyboard.press("Enter");
  await box.waitFor();
  await keyboard.type("openai/made-up-2");
  await page.getByRole("option", { name: /^made-up-2/ }).waitFor();
  await page.locator('input[aria-busy="false"]').waitFor();
  await keyboard.press("Enter");
  await page.getByRole("button", { name: "Move openai/made-up-2 up" }).waitFor();
  await page.getByRole("combobox", { name: "How to choose" }).focus();
  await tabTo("Move openai/made-up-2 up");
  await keyboard.press("Space");
  await page.getByText("openai/made-up-2 is now 1 of 2").waitFor({ state: "attached" });
  await keyboard.press("ControlOrMeta+s");
  await page.getByRole("heading", { level: 1, name: "keys-only" }).waitFor();
  expect((await admin("getAlias", { parameters: { name: "keys-only" } })).config).toMatchObject({
    targets: [{ model: "made-up-2" }, { model: "made-up-1" }],
  });
  await page.locator("#content").focus();
  await tabTo("More about keys-only");
  await keyboard.press("Enter");
  const focused = (): Promise<string | null> =>
    page.evaluate(() => (document.activeElement?.getAttribute("role") === "menuitem" ? document.activeElement.textContent : null));
  await expect.poll(focused).not.toBeNull();
  await keyboard.press("End");
  await expect.poll(focused).toBe("Delete");
  await keyboard.press("Enter");
  await page.getByText("Deleted keys-only").waitFor();
  await expect(admin("getAlias", { parameters: { name: "keys-only" } })).rejects.toMatchObject({ code: "not_found" });
});

test("what cannot be read is said in the API's words, with another try", async () => {
  await using window = await openWindow({ postern: world.postern, at: "aliases" });
  const { page } = window;
  await page.getByRole("link", { name: "fast", exact: true }).waitFor();
  await page.route("**/admin/aliases", (route) =>
    route.fulfill({ status: 500, json: { error: { code: "internal", message: "Cannot read this: the disk is on fire" } } }),
  );
  await page.reload();
  await page.getByText("Cannot read this: the disk is on fire").waitFor();
  await page.unroute("**/admin/aliases");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("link", { name: "fast", exact: true }).waitFor();
  await expect.poll(() => page.getByRole("alert").count()).toBe(0);
});
