import { readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import autocannon from "autocannon";
import { sharedBrowser } from "../../fakes/browser.ts";
import { adminOf } from "../../fakes/call-admin.ts";
import { openWindow } from "../../fakes/open-window.ts";
import { openAiAt, startPostern } from "../../fakes/start-postern.ts";
import { startScriptedProvider } from "../../fakes/scripted-provider.ts";
import { openAiModels } from "../../fakes/openai-replies.ts";
import { manyModels, startModelsWorld } from "../../window/models-world.ts";
import { longAnswer, paced } from "./long-answer.ts";
import { timeFirstPage, timeKeys, watchTasks } from "./probes.ts";

/** One figure, and what was promised of it. */
export interface WindowFigure {
  readonly title: string;
  readonly unit: "ms" | "KB";
  readonly found: number;
  readonly atMost: number;
}

const kilobyte = 1_000;
const longTaskMs = 50;
const builtFolder = path.resolve(import.meta.dirname, "../../../dist/window");

/** The first page: its scripts, and how soon it is usable where the core runs already. */
export async function measureFirstPage(times: number): Promise<WindowFigure[]> {
  await using postern = await startPostern({ window: true });
  const browser = await sharedBrowser();
  const found: number[] = [];
  let scripts: string[] = [];
  for (let time = 0; time < times; time += 1) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    const { url } = await adminOf(postern)("createLogin", {});
    found.push(await timeFirstPage(page, url));
    scripts = await page.evaluate(() =>
      performance
        .getEntriesByType("resource")
        .map(({ name }) => new URL(name).pathname)
        .filter((name) => name.endsWith(".js")),
    );
    await context.close();
  }
  const bytes = scripts.reduce((sum, name) => sum + gzipSync(readFileSync(path.join(builtFolder, name)), { level: 9 }).length, 0);
  return [
    { title: "first page usable, the slowest of several", unit: "ms", found: Math.max(...found), atMost: 1_000 },
    { title: "JavaScript of the first page, gzipped", unit: "KB", found: bytes / kilobyte, atMost: 300 },
  ];
}

/** The catalog at 10,000 models: searching it, and scrolling through it. */
export async function measureModels(): Promise<WindowFigure[]> {
  await using world = await startModelsWorld(manyModels(10_000));
  await using window = await openWindow({ ...world.options, at: "models" });
  const { page } = window;
  const grid = page.getByRole("grid");
  await grid.waitFor();
  if (Number(await grid.getAttribute("aria-rowcount")) < 10_000) throw new Error("Cannot measure the models: their list did not come");
  const search = page.getByRole("searchbox").first();
  const times: number[] = [];
  for (const words of ["maker 7 model", "instruct 42", "model 1700", "9 instruct"]) {
    await search.fill("");
    await page.locator('[data-question*=\'"text":""\']').waitFor();
    times.push(...(await timeKeys(page, words)));
  }
  await search.fill("");
  await page.locator('[data-question*=\'"text":""\']').waitFor();
  const box = await grid.boundingBox();
  if (box === null) throw new Error("Cannot measure the models: their rows are not on the page");
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const scrolling = await watchTasks(page, async () => {
    for (let step = 0; step < 200; step += 1) await page.mouse.wheel(0, 400 + step * 10);
  });
  return [
    {
      title: `search of 10,000 models, key to painted rows, 95 % of ${String(times.length)} keys`,
      unit: "ms",
      found: percentile(times, 0.95),
      atMost: 32,
    },
    { title: "scrolling 10,000 models, longest task above 50 ms", unit: "ms", found: scrolling.longestMs, atMost: longTaskMs },
  ];
}

/** An answer of 32,000 letters at 250 tokens a second. */
export async function measureStream(): Promise<WindowFigure[]> {
  await using provider = await startScriptedProvider();
  provider.route("GET", "/v1/models", openAiModels(["gpt-5"]));
  provider.route("POST", "/v1/chat/completions", paced(longAnswer(32_000), 250));
  await using window = await openWindow({ ...openAiAt(provider), at: "chat?model=%40openai%2Fgpt-5" });
  const { page } = window;
  const composer = page.getByRole("textbox", { name: /message/i });
  // As fast as a quick typist.
  await composer.pressSequentially("Tell me everything about gates.", { delay: 60 });
  const streaming = await watchTasks(page, async () => {
    await composer.press("Enter");
    await page.getByRole("button", { name: /^stop/i }).waitFor();
    await page.getByRole("button", { name: /^stop/i }).waitFor({ state: "detached", timeout: 120_000 });
  });
  return [
    {
      title: "an answer of 32,000 letters at 250 tokens/s, longest task above 50 ms",
      unit: "ms",
      found: streaming.longestMs,
      atMost: longTaskMs,
    },
  ];
}

/** The live log while 500 calls a second end. */
export async function measureLog(): Promise<WindowFigure[]> {
  await using window = await openWindow({ at: "activity" });
  const { page, postern } = window;
  const body = JSON.stringify({ model: "@postern/hello", messages: [{ role: "user", content: "Hi" }] });
  let rate = 0;
  let answerMs = 0;
  const flooding = await watchTasks(page, async () => {
    const run = autocannon({
      url: `${postern.url}/v1/chat/completions`,
      method: "POST",
      headers: { authorization: `Bearer ${postern.key}`, "content-type": "application/json" },
      body,
      connections: 20,
      overallRate: 500,
      duration: 10,
    });
    // A person who does something in the middle of it.
    await page.waitForTimeout(4_000);
    const startedMs = performance.now();
    await page.getByRole("link", { name: "Usage" }).hover();
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    answerMs = performance.now() - startedMs;
    rate = (await run).requests.average;
  });
  return [
    {
      title: `${rate.toFixed(0)} calls/s in the live log, longest task above 50 ms`,
      unit: "ms",
      found: flooding.longestMs,
      atMost: longTaskMs,
    },
    { title: "pointer to painted in the middle of them", unit: "ms", found: answerMs, atMost: 200 },
  ];
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
