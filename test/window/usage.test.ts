import { readFileSync } from "node:fs";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { adminOf } from "../fakes/call-admin.ts";
import { inspectLook, openWindow } from "../fakes/open-window.ts";
import { status } from "../fakes/replies.ts";
import { type CallWorld, startCallWorld } from "./call-world.ts";

let world: CallWorld;

beforeAll(async () => {
  world = await startCallWorld();
  await adminOf(world.postern)("addGrant", {
    body: { name: "codex", permissions: { budgets: [{ unit: "usd", amount: 5, per: "day" }] } },
  });
  await adminOf(world.postern)("addGrant", {
    body: { name: "aider", permissions: { budgets: [{ unit: "tokens", amount: 2_000_000, per: "month" }] } },
  });
  // Each costs 3,000 millionths: four of aider's (one from the cache, free), two of codex', one that failed.
  for (let round = 0; round < 2; round++) await world.ask({ model: "kept" });
  for (let round = 0; round < 2; round++) await world.ask({});
  for (let round = 0; round < 2; round++) await world.ask({ model: "@groq/llama" }, { tool: "codex_cli_rs" });
  world.openai.next(status(400));
  await world.ask({}, { tool: "unlucky" });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

function card(page: Page, name: string): Locator {
  return page.getByRole("group", { name, exact: true });
}

function section(page: Page, name: string): Locator {
  return page.getByRole("region", { name, exact: true });
}

test("the sums on top are what the calls cost, and say how much more than before", async () => {
  await using window = await openWindow({ postern: world.postern, at: "usage" });
  const { page } = window;
  await card(page, "Cost").getByText("$0.015", { exact: true }).waitFor();
  await expect.poll(() => card(page, "Calls").innerText()).toMatch(/^Calls\s+7\s+nothing to compare\s+1 from the cache/);
  await expect.poll(() => card(page, "Tokens").innerText()).toContain("5.5K");
  // Five times 500 by the provider's cache, 3,000 by Postern's own.
  await expect.poll(() => card(page, "Spared by caches").innerText()).toContain("$0.0055");
  await expect.poll(() => card(page, "Went wrong").innerText()).toMatch(/14\.3%[\s\S]*1 call/);
  const { calls } = await window.admin("listCalls", {});
  expect(calls.reduce((sum, { costMicroUsd }) => sum + (costMicroUsd ?? 0), 0)).toBe(15_000);
  await world.ask({});
  await card(page, "Cost").getByText("$0.018", { exact: true }).waitFor();
});

test("calls without a known price are said to be such, and not to cost nothing", async () => {
  await using unpriced = await startCallWorld();
  await unpriced.ask({ model: "@groq/nobody-knows-its-price" });
  await using window = await openWindow({ postern: unpriced.postern, at: "usage" });
  const { page } = window;
  await page
    .getByRole("region", { name: "Cost over time", exact: true })
    .getByText("No price is known for one call of this time")
    .waitFor();
  await expect.poll(() => card(page, "Cost").innerText()).toMatch(/^Cost\s+–/);
});

test("splits by tool, model, provider, alias and key, in drawings and in tables that say the same", async () => {
  await using window = await openWindow({ postern: world.postern, at: "usage" });
  const { page } = window;
  const numbers = section(page, "In numbers").getByRole("table");
  await numbers.getByRole("rowheader", { name: "codex" }).waitFor();
  await expect
    .poll(() => numbers.getByRole("row").filter({ hasText: "codex" }).innerText())
    .toMatch(/codex\s+2\s+0\s+2K\s+40%\s+200\s+\$0\.006/);
  const chart = page.getByRole("region", { name: "Cost over time", exact: true });
  await chart.locator(".recharts-bar-rectangle path").first().waitFor();
  await chart.getByText("As a table").click();
  const today = chart.getByRole("row").last();
  const cells = await today.getByRole("cell").allInnerTexts();
  const shown = cells.map((cell) => Number(cell.replace("$", ""))).reduce((sum, value) => sum + value, 0);
  const { total } = await window.admin("getUsage", {});
  expect(Math.round(shown * 1e6)).toBe(total.costMicroUsd);
  for (const [by, name] of [
    ["Model", "gpt-4o"],
    ["Provider", "groq"],
    ["Alias", "kept"],
    ["Key", "environment"],
  ] as const) {
    await page.getByRole("combobox", { name: "Split by" }).click();
    await page.getByRole("option", { name: by, exact: true }).click();
    await numbers.getByRole("rowheader", { name }).waitFor();
  }
  await page.getByRole("radio", { name: "Calls" }).click();
  await page.getByRole("region", { name: "Calls over time", exact: true }).waitFor();
  expect(page.url()).toContain("measure=calls");
});

test("can be held to one tool, and leads to its calls", async () => {
  await using window = await openWindow({ postern: world.postern, at: "usage" });
  const { page } = window;
  await page.getByRole("button", { name: "Only codex" }).click();
  await card(page, "Cost").getByText("$0.006", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Show all again" }).click();
  await page.getByRole("radio", { name: "24 hours" }).click();
  await page.getByRole("link", { name: "codex" }).click();
  await page.getByRole("heading", { name: "Activity" }).waitFor();
  await expect.poll(() => page.getByRole("grid").locator("[data-call]").count()).toBe(2);
});

test("knows other times, down to the hour and up to the year, and days of one's own", async () => {
  await using window = await openWindow({ postern: world.postern, at: "usage" });
  const { page } = window;
  for (const name of ["Today", "24 hours", "30 days", "90 days", "12 months"]) {
    await page.getByRole("radio", { name }).click();
    await card(page, "Calls").waitFor();
    await expect.poll(() => card(page, "Calls").innerText()).toMatch(/^Calls\s+[78]/);
  }
  await page.getByRole("radio", { name: "Other" }).click();
  await page.getByRole("textbox", { name: "From", exact: true }).fill("2020-01-01");
  await page.getByRole("textbox", { name: "To", exact: true }).fill("2020-01-02");
  await page.getByRole("heading", { name: "Nothing was called in this time" }).waitFor();
});

test("shows budgets as bars, and exports what it shows", async () => {
  await using window = await openWindow({ postern: world.postern, at: "usage" });
  const { page } = window;
  const meter = page.getByRole("meter", { name: "codex, a day" });
  await meter.waitFor();
  await expect.poll(() => meter.getAttribute("aria-valuetext")).toBe("$0.00 of $5.00");
  await page.getByRole("button", { name: "Export CSV" }).waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Export CSV" }).click()]);
  const lines = readFileSync(await download.path(), "utf8")
    .trimEnd()
    .split("\r\n");
  const names = lines[0]?.split(",") ?? [];
  const costAt = names.indexOf("costUsd");
  const costs = lines.slice(1).map((line) => Number(line.split(",")[costAt]));
  const { total } = await window.admin("getUsage", {});
  expect(Math.round(costs.reduce((sum, cost) => sum + cost, 0) * 1e6)).toBe(total.costMicroUsd);
});

test("is used by keyboard alone: time, sorting, tables", async () => {
  await using window = await openWindow({ postern: world.postern, at: "usage" });
  const { page } = window;
  await page.getByRole("radio", { name: "7 days" }).focus();
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => page.url()).toContain("period=30d");
  const sort = section(page, "In numbers").getByRole("button", { name: "Calls", exact: true });
  await sort.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("columnheader", { name: "Calls", exact: true }).and(page.locator("[aria-sort=descending]")).waitFor();
  await page.getByText("As a table").first().focus();
  await page.keyboard.press("Enter");
  await page.getByRole("region", { name: "Cost over time, as a table" }).waitFor();
});

test("looks right in both themes and sizes, above", { timeout: 120_000 }, async () => {
  await using window = await openWindow({ postern: world.postern, at: "usage?period=24h" });
  await window.page.locator(".recharts-bar-rectangle path").first().waitFor();
  expect(await inspectLook(window.page, "usage")).toEqual([]);
});

test("looks right in both themes and sizes, below", { timeout: 120_000 }, async () => {
  await using window = await openWindow({ postern: world.postern, at: "usage?period=24h" });
  const { page } = window;
  await page.locator(".recharts-bar-rectangle path").first().waitFor();
  await page.getByText("As a table").first().click();
  await section(page, "In numbers").scrollIntoViewIfNeeded();
  expect(await inspectLook(page, "usage-below")).toEqual([]);
});

test("looks right in both themes and sizes, empty", { timeout: 120_000 }, async () => {
  await using window = await openWindow({ postern: world.postern, at: "usage?period=custom&from=2020-01-01&to=2020-01-03" });
  await window.page.getByRole("heading", { name: "Nothing was called in this time" }).waitFor();
  expect(await inspectLook(window.page, "usage-empty")).toEqual([]);
});
