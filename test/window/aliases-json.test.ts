import { afterAll, beforeAll, expect, test } from "vitest";
import { openWindow } from "../fakes/open-window.ts";
import { type AliasesWorld, expectJson, saveAlias, startAliasesWorld, writeJson } from "./aliases-world.ts";

let world: AliasesWorld;

beforeAll(async () => {
  world = await startAliasesWorld();
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

test("the form follows the JSON, and waits with what it had while the JSON makes no sense", async () => {
  await using window = await openWindow({ postern: world.postern, at: "aliases/fast" });
  const { page } = window;
  await writeJson(
    page,
    '{\n  "strategy": { "mode": "cheapest" },\n  "targets": [\n    { "provider": "openai", "model": "o3" }\n  ],\n  "retry": { "attempts": 2 }\n}',
  );
  await page.getByRole("combobox", { name: "How to choose" }).getByText("The cheapest").waitFor();
  await page.getByRole("button", { name: /^Retries 2 retries/ }).waitFor();
  // No JSON at all, on line 3.
  await writeJson(page, '{\n  "provider": "openai",\n  "model": \n}');
  await page.getByText("The JSON has a mistake; the form shows the last version without it.").waitFor();
  await page.getByRole("button", { name: /Line 4: It needs a value here/ }).waitFor();
  await page.getByRole("combobox", { name: "How to choose" }).getByText("The cheapest").waitFor();
  await expect.poll(() => page.getByRole("button", { name: "Save", exact: true }).isDisabled()).toBe(true);
  // JSON that the schema refuses: a misspelt key, and one that is a secret.
  await writeJson(page, '{\n  "provider": "openai",\n  "modle": "o3"\n}');
  await page.getByRole("button", { name: 'Line 3: "modle" is not known here; did you mean "model"?' }).waitFor();
  await writeJson(page, '{\n  "provider": "openai",\n  "model": "o3",\n\n  "api_key": "x"\n}');
  await page.getByRole("button", { name: /Line 5: "api_key" .*secrets do not belong into this file/ }).waitFor();
  // A name that leads nowhere is found before anything is saved.
  await writeJson(page, '{ "strategy": { "mode": "fallback" },\n  "targets": [{ "config": "nobody" }] }');
  await page.getByRole("button", { name: /Line 2: "targets\.0\.config" names "nobody"/ }).waitFor();
  await page.getByRole("button", { name: "Undo the JSON’s change" }).click();
  await expectJson(page, { strategy: { mode: "cheapest" }, targets: [{ provider: "openai", model: "o3" }], retry: { attempts: 2 } });
  await saveAlias(page);
  expect((await window.admin("getAlias", { parameters: { name: "fast" } })).config).toEqual({
    strategy: { mode: "cheapest" },
    targets: [{ provider: "openai", model: "o3" }],
    retry: { attempts: 2 },
  });
});

test("keys and values of the schema are completed, with the names that there are", async () => {
  await using window = await openWindow({ postern: world.postern, at: "aliases?new=" });
  const { page } = window;
  await writeJson(page, "{}");
  await page.keyboard.press("ArrowLeft");
  const choices = page.getByRole("listbox", { name: "Completions" });
  const strategy = choices.getByRole("option", { name: /strategy/ });
  await page.keyboard.type('"s');
  await strategy.waitFor();
  // Taken in the moment after the last key.
  await page.keyboard.type("trat");
  await strategy.click({ force: true });
  await page.keyboard.type('{ "mode": "');
  await choices.getByRole("option", { name: "loadbalance" }).waitFor();
  expect(await choices.getByRole("option").allTextContents()).toEqual([
    "single",
    "fallback",
    "loadbalance",
    "conditional",
    "fastest",
    "cheapest",
  ]);
  await page.keyboard.press("Escape");
  await writeJson(page, '{ "config": "" }');
  for (let step = 0; step < 3; step++) await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Control+Space");
  await choices.getByRole("option", { name: "shared" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "All aliases" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Discard" }).click();
});

test("what the form makes stands in the JSON at once, and is undone there", async () => {
  await using window = await openWindow({ postern: world.postern, at: "aliases/shared" });
  const { page } = window;
  const before = (await window.admin("getAlias", { parameters: { name: "shared" } })).config;
  await expectJson(page, before);
  await page.getByRole("button", { name: "Add group" }).click();
  await page.getByRole("button", { name: /Line \d+: "targets\.2\.targets\.0" must name a "provider"/ }).waitFor();
  await page.getByRole("textbox", { name: "The config as JSON" }).click();
  await page.keyboard.press("ControlOrMeta+z");
  await expectJson(page, before);
  await expect.poll(() => page.getByText("Not saved").count()).toBe(0);
});
