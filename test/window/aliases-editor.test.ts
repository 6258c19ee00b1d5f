import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openWindow } from "../fakes/open-window.ts";
import { type AliasesWorld, expectJson, pickTarget, saveAlias, startAliasesWorld, writeJson } from "./aliases-world.ts";

let world: AliasesWorld;

beforeAll(async () => {
  world = await startAliasesWorld();
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

test("an alias made by the form answers calls, goes on where the first target fails, and keeps its parameters", async () => {
  await using window = await openWindow({ postern: world.postern, at: "aliases" });
  const { page } = window;
  await page.getByRole("button", { name: "New alias" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("mine");
  await page.getByRole("button", { name: "Choose a model or an alias" }).click();
  await pickTarget(page, "groq/llama-3.3", /llama-3\.3-70b-versatile/);
  await page.getByRole("button", { name: "Add target" }).click();
  await pickTarget(page, "openai/gpt-4o-mini", /^gpt-4o-mini/);
  await page
    .getByRole("region", { name: "For every target" })
    .getByRole("button", { name: /^Parameters/ })
    .click();
  await page.getByRole("button", { name: "Add parameter" }).first().click();
  await page.getByRole("combobox", { name: "Name 1" }).fill("temperature");
  await page.getByRole("textbox", { name: "Value 1" }).fill("0.3");
  await saveAlias(page);
  await page.getByRole("heading", { level: 1, name: "mine" }).waitFor();
  expect((await window.admin("getAlias", { parameters: { name: "mine" } })).config).toEqual({
    strategy: { mode: "fallback" },
    targets: [
      { provider: "groq", model: "llama-3.3-70b-versatile" },
      { provider: "openai", model: "gpt-4o-mini" },
    ],
    override_params: { temperature: 0.3 },
  });
  world.groq.forget();
  expect(await world.ask("mine")).toMatchObject({ status: 200, content: "from groq", option: "config.targets[0]" });
  expect((await world.groq.waitForRequest(1)).json()).toMatchObject({ temperature: 0.3 });
});

test("targets are put in order by buttons and by dragging, the focus stays with the one that moves, and calls follow", async () => {
  await using window = await openWindow({ postern: world.postern, at: "aliases/fast" });
  const { page } = window;
  const down = page.getByRole("button", { name: "Move groq/llama-3.3-70b-versatile down" });
  await down.focus();
  await page.keyboard.press("Enter");
  const [mini, llama] = [
    { provider: "openai", model: "gpt-4o-mini" },
    { provider: "groq", model: "llama-3.3-70b-versatile" },
  ];
  await expectJson(page, { strategy: { mode: "fallback" }, targets: [mini, llama] });
  // It is the last now, so the other arrow has the focus.
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.getAttribute("aria-label")))
    .toBe("Move groq/llama-3.3-70b-versatile up");
  await page.keyboard.press("ControlOrMeta+s");
  await page.getByText("Saved fast").waitFor();
  expect(await world.ask("fast")).toMatchObject({ content: "from openai", option: "config.targets[0]" });
  await page.locator('[data-drag="groq/llama-3.3-70b-versatile"]').dragTo(page.getByRole("listitem").filter({ hasText: "gpt-4o-mini" }));
  await expectJson(page, { strategy: { mode: "fallback" }, targets: [llama, mini] });
  await saveAlias(page);
  expect(await world.ask("fast")).toMatchObject({ content: "from groq" });
});

test("weights are shown as shares, and a weight of 0 gets nothing", async () => {
  await using window = await openWindow({ postern: world.postern, at: "aliases/shared" });
  const { page } = window;
  await page.getByText("70%", { exact: true }).waitFor();
  await page.getByRole("textbox", { name: "Weight of openai/gpt-4o" }).fill("0");
  await page.getByText("100%", { exact: true }).waitFor();
  await saveAlias(page);
  for (let call = 0; call < 8; call++)
    expect(await world.ask("shared")).toMatchObject({ content: "from groq", option: "config.targets[1]" });
  await page.getByRole("textbox", { name: "Weight of groq/llama-3.1-8b-instant" }).fill("0");
  await page.getByText("All weights are 0; give one of them more.").waitFor();
  await expect.poll(() => page.getByRole("button", { name: "Save", exact: true }).isDisabled()).toBe(true);
  await page.getByRole("button", { name: "Discard" }).click();
});

test("conditions in plain words decide where a call goes", async () => {
  await using window = await openWindow({ postern: world.postern });
  const { page } = window;
  await window.admin("putAlias", {
    parameters: { name: "plans" },
    body: {
      strategy: { mode: "fallback" },
      targets: [
        { provider: "openai", model: "o3" },
        { provider: "groq", model: "llama-3.1-8b-instant" },
      ],
    },
  });
  await window.goTo("aliases/plans");
  await page.getByRole("combobox", { name: "How to choose" }).click();
  await page.getByRole("option", { name: "By the request" }).click();
  // Nothing is asked yet, so nothing can be saved.
  await page.getByText("Say what to look at").waitFor();
  await expect.poll(() => page.getByRole("button", { name: "Save", exact: true }).isDisabled()).toBe(true);
  await page.getByRole("textbox", { name: "Comparison 1: which one" }).fill("plan");
  await page.getByRole("textbox", { name: "Comparison 1: with what" }).fill("paid");
  await saveAlias(page);
  expect(await world.ask("plans", { metadata: { plan: "paid" } })).toMatchObject({ content: "from openai" });
  expect(await world.ask("plans", { metadata: { plan: "free" } })).toMatchObject({ content: "from groq" });
  // A target that is renamed stays the one that the condition means.
  await page.getByRole("button", { name: /o3 OpenAI/ }).click();
  await page.getByRole("textbox", { name: "Name for conditions" }).fill("thinker");
  await saveAlias(page);
  const { config } = await window.admin("getAlias", { parameters: { name: "plans" } });
  expect(config.strategy?.conditions?.[0]).toEqual(JSON.parse('{"query":{"metadata.plan":{"$eq":"paid"}},"then":"thinker"}'));
});

test("renaming takes those along that name it, and a name that is taken is refused at its field", async () => {
  await using window = await openWindow({ postern: world.postern });
  const { page, admin } = window;
  await admin("putAlias", { parameters: { name: "inner" }, body: { provider: "openai", model: "gpt-4o" } });
  await admin("putAlias", { parameters: { name: "outer" }, body: { config: "inner" } });
  await window.goTo("aliases/inner");
  await page.getByRole("textbox", { name: "Name" }).fill("fast");
  await page.getByText("There is one called fast already.").waitFor();
  await expect.poll(() => page.getByRole("button", { name: "Save", exact: true }).isDisabled()).toBe(true);
  await page.getByRole("textbox", { name: "Name" }).fill("core/inner");
  await saveAlias(page);
  await page.getByRole("heading", { level: 1, name: "core/inner" }).waitFor();
  expect((await admin("getAlias", { parameters: { name: "outer" } })).config).toEqual({ config: "core/inner" });
  await expect(admin("getAlias", { parameters: { name: "inner" } })).rejects.toMatchObject({ code: "not_found" });
  expect(await world.ask("outer")).toMatchObject({ content: "from openai" });
});

test("a change of config.json from elsewhere is taken where nothing is lost, and asked about where something would be", async () => {
  await using window = await openWindow({ postern: world.postern });
  const { page, admin } = window;
  await admin("putAlias", { parameters: { name: "both" }, body: { provider: "openai", model: "gpt-4o" } });
  await window.goTo("aliases/both");
  await expectJson(page, { provider: "openai", model: "gpt-4o" });
  const file = path.join(world.postern.dataFolder, "config.json");
  const change = (model: string): void => {
    const config = JSON.parse(readFileSync(file, "utf8")) as { aliases: Record<string, unknown> };
    config.aliases["both"] = { provider: "openai", model };
    writeFileSync(file, JSON.stringify(config, null, 2));
  };
  change("o3");
  await expectJson(page, { provider: "openai", model: "o3" });
  await writeJson(page, '{ "provider": "openai", "model": "mine" }');
  change("gpt-4o-mini");
  await page.getByText("This was changed elsewhere").waitFor();
  await expect.poll(() => page.getByRole("button", { name: "Save", exact: true }).isDisabled()).toBe(true);
  await expectJson(page, { provider: "openai", model: "mine" });
  await page.getByRole("button", { name: "Keep mine" }).click();
  await saveAlias(page);
  expect((await admin("getAlias", { parameters: { name: "both" } })).config).toEqual({ provider: "openai", model: "mine" });
  await writeJson(page, '{ "provider": "openai", "model": "mine-too" }');
  change("gpt-4o");
  await page.getByRole("button", { name: "Take the other" }).click();
  await expectJson(page, { provider: "openai", model: "gpt-4o" });
  await expect.poll(() => page.getByText("Not saved").count()).toBe(0);
});

test("unsaved changes are asked about, kept by staying, and saved on the way out", async () => {
  await using window = await openWindow({ postern: world.postern, at: "aliases/fast" });
  const { page } = window;
  const textBox = page.getByRole("textbox", { name: "The config as JSON" });
  await textBox.waitFor();
  await writeJson(page, '{ "provider": "openai", "model": "o3" }');
  await page.getByRole("link", { name: "Aliases" }).click();
  await page.getByRole("button", { name: "Stay" }).click();
  await expectJson(page, { provider: "openai", model: "o3" });
  await page.getByRole("button", { name: "All aliases" }).click();
  await page.getByRole("button", { name: "Save and leave" }).click();
  await page.getByRole("heading", { level: 1, name: "Aliases" }).waitFor();
  expect((await window.admin("getAlias", { parameters: { name: "fast" } })).config).toEqual({ provider: "openai", model: "o3" });
  await page.getByRole("link", { name: "fast" }).click();
  await textBox.waitFor();
  await writeJson(page, '{ "provider": "openai", "model": "gpt-4o" }');
  await page.getByRole("button", { name: "All aliases" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Discard" }).click();
  await page.getByRole("heading", { level: 1, name: "Aliases" }).waitFor();
  expect((await window.admin("getAlias", { parameters: { name: "fast" } })).config).toEqual({ provider: "openai", model: "o3" });
});

test("a model of the catalog becomes an alias by a link", async () => {
  await using window = await openWindow({ postern: world.postern, at: "aliases?new=openai%2Fgpt-4o" });
  const { page } = window;
  await expect.poll(() => page.getByRole("textbox", { name: "Name" }).inputValue()).toBe("gpt-4o");
  await expectJson(page, { provider: "openai", model: "gpt-4o" });
  await page.getByRole("textbox", { name: "Name" }).fill("big");
  await saveAlias(page);
  expect(await world.ask("big")).toMatchObject({ content: "from openai" });
});

test("a saved config is made, named by the header, and copied under another name", async () => {
  await using window = await openWindow({ postern: world.postern, at: "aliases" });
  const { page, admin } = window;
  await page.getByRole("button", { name: "New config" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("production");
  await page.getByRole("button", { name: "Choose a model or an alias" }).click();
  await pickTarget(page, "groq/made-up", /^made-up/);
  await saveAlias(page);
  await page.getByRole("heading", { level: 1, name: "production" }).waitFor();
  expect(await world.ask("anything", { headers: { "x-portkey-config": "production" } })).toMatchObject({ content: "from groq" });
  await page.getByRole("button", { name: "More about production" }).click();
  await page.getByRole("menuitem", { name: "Duplicate" }).click();
  await page.getByRole("heading", { level: 1, name: "New config" }).waitFor();
  await expect.poll(() => page.getByRole("textbox", { name: "Name" }).inputValue()).toBe("production-copy");
  await saveAlias(page);
  await page.getByRole("heading", { level: 1, name: "production-copy" }).waitFor();
  expect((await admin("getConfig", { parameters: { name: "production-copy" } })).config).toEqual({ provider: "groq", model: "made-up" });
});
