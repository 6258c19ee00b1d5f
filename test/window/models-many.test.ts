import { expect, test } from "vitest";
import { openWindow } from "../fakes/open-window.ts";
import { sketchModel, startModelsWorld } from "./models-world.ts";

const many = 10_000;
const patience = { timeout: 20_000 };

function manyModels(): readonly Record<string, unknown>[] {
  return Array.from({ length: many }, (_, at) =>
    sketchModel({
      id: `maker-${String(at % 97)}/model-${String(at)}-instruct`,
      name: `Maker ${String(at % 97)}: Model ${String(at)} Instruct`,
      created: new Date(Date.UTC(2020, 0, 1) + at * 3_600_000).toISOString(),
      context: 4_096 * (1 + (at % 64)),
      price: at % 10 === 0 ? null : [(at % 90) / 10, (at % 90) / 5],
      can: at % 2 === 0 ? ["tools"] : [],
      takes: at % 3 === 0 ? ["text", "image"] : ["text"],
      description: "A model.",
    }),
  );
}

test("ten thousand models are searched, filtered and walked through, with no more rows on the page than in sight", async () => {
  await using world = await startModelsWorld(manyModels());
  await using window = await openWindow({ ...world.options, at: "models" });
  const { page } = window;
  const grid = page.getByRole("grid");
  const rowCount = async (): Promise<number> => Number(await grid.getAttribute("aria-rowcount")) - 1;
  await grid.waitFor();
  const all = await rowCount();
  expect(all).toBeGreaterThanOrEqual(many);
  const rows = grid.locator("[data-model]");
  expect(await rows.count()).toBeLessThan(40);
  const field = page.getByRole("searchbox", { name: "Search models" });
  // 17, 117, 1700 to 1799, ...: every number with these digits, once.
  await field.fill("model 17 instruct");
  const with17 = Array.from({ length: many }, (_, at) => at).filter((at) => `maker ${String(at % 97)} ${String(at)}`.includes("17")).length;
  await expect.poll(rowCount, patience).toBe(with17);
  expect(await rows.first().getAttribute("data-model")).toBe("maker-17/model-17-instruct");
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
    .poll(() => page.evaluate(() => document.activeElement?.closest("[role=row]")?.textContent), patience)
    .toContain("Price unknown");
  expect(await rows.count()).toBeLessThan(40);
});
