import { expect, test } from "vitest";
import { inspectLook, openWindow } from "../fakes/open-window.ts";
import { startModelsWorld } from "./models-world.ts";

test("the models page looks right and has no barriers", async () => {
  await using world = await startModelsWorld();
  await using window = await openWindow({ ...world.options, at: "models" });
  const { page } = window;
  await page.getByRole("gridcell", { name: "GPT-5", exact: false }).first().waitFor();
  expect(await inspectLook(page, "models-list")).toEqual([]);
});
