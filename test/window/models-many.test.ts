import { expect, test } from "vitest";
import { openWindow } from "../fakes/open-window.ts";
import { manyModels, startModelsWorld } from "./models-world.ts";

const many = 10_000;
const patience = { timeout: 20_000 };

test("ten thousand models are searched, filtered and walked through, with no more rows on the page than in sight", async () => {
  await using world = await startModelsWorld(manyModels(many));
  await using window = await openWindow({ ...world.options, at: "models" });
  const { page } = window;
  const grid = page.getByRole("grid");
  const rowCount = async (): Promise<number> => Number(await grid.getAttribute("aria-rowcount")) - 1;
  await grid.waitFor();
  const all = await rowCount();
  expect(all).toBeGreaterThanOrEqual(many);
  const rows = grid.locator("[data-model]");
  await expect.poll(() => rows.count()).toBeLessThan(40);
  const field = page.getByRole("searchbox", { name: "Search models" });
  // 17, 117, 1700 to 1799, ...: every number with these digits, once.
  await field.fill("model 17 instruct");
  const with17 = Array.from({ length: many }, (_, at) => at).filter((at) => `maker ${String(at % 97)} ${String(at)}`.includes("17")).length;
  await expect.poll(rowCount, patience).toBe(with17);
  await expect.poll(() => rows.first().getAttribute("data-model")).toBe("maker-17/model-17-instruct");
  await field.fill("");
  await expect.poll(rowCount, patience).toBe(all);
  await window.goTo("models?capabilities=tools,vision&provider=maker-5");
  const expected = Array.from({ length: many }, (_, at) => at).filter((at) => at % 97 === 5 && at % 6 === 0).length;
  await expect.poll(rowCount, patience).toBe(expected);
  await window.goTo("models?sort=price&provider=maker-1,maker-2,maker-3");
  await rows.first().waitFor();
  await rows.first().getByRole("gridcell").nth(2).focus();
  await page.keyboard.press("Control+ArrowDown");
  // The last one is of unknown price.
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.closest("[role=row]")?.querySelector("[aria-label='Price unknown']")), patience)
    .not.toBeNull();
  await expect.poll(() => rows.count()).toBeLessThan(40);
});
