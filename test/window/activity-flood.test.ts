import type { CDPSession } from "playwright-core";
import { expect, test } from "vitest";
import { openWindow } from "../fakes/open-window.ts";
import { pourCalls } from "../fakes/pour-calls.ts";

/** How long the page's main thread has worked so far, in seconds of its own: a busy machine does not make it longer. */
async function workedSeconds(session: CDPSession): Promise<number> {
  const { metrics } = await session.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "TaskDuration")?.value ?? NaN;
}

test("500 calls a second do not freeze the page, grow it without end, or get lost", { timeout: 90_000 }, async () => {
  await using window = await openWindow({ at: "activity" });
  const { page, postern } = window;
  const rows = page.getByRole("grid").locator("[data-call]");
  const session = await window.context.newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const pouring = pourCalls(postern, { perSecond: 500 });
  await rows.nth(20).waitFor();
  const workedBefore = await workedSeconds(session);
  const startedAtMs = performance.now();
  // Somebody uses the page meanwhile: each of these has to be answered while calls go on coming.
  for (let round = 0; round < 4; round++) {
    await page.getByRole("button", { name: "Pause" }).click();
    const top = await rows.first().getAttribute("data-call");
    await page.getByRole("button", { name: /new call/ }).waitFor();
    await expect.poll(() => rows.first().getAttribute("data-call")).toBe(top);
    await page.getByRole("button", { name: /new call/ }).click();
    await expect.poll(() => rows.first().getAttribute("data-call")).not.toBe(top);
  }
  const worked = (await workedSeconds(session)) - workedBefore;
  const share = worked / ((performance.now() - startedAtMs) / 1_000);
  const poured = await pouring.stop();
  expect(share).toBeLessThan(0.6);
  expect(poured).toBeGreaterThan(200);
  await expect.poll(() => rows.count()).toBeLessThan(60);
  const { calls } = await window.admin("listCalls", { query: { limit: 1 } });
  await expect.poll(() => rows.first().getAttribute("data-call"), { timeout: 10_000 }).toBe(String(calls[0]?.id));
});
