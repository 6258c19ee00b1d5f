import { setTimeout as wait } from "node:timers/promises";
import type { Page } from "playwright-core";

/** What the main thread of a page did while somebody watched, in milliseconds. */
export interface Tasks {
  /** Of more than 50 ms each, as the browser itself counts them. */
  readonly longCount: number;
  /** 0 where none was long. */
  readonly longestMs: number;
}

interface ProbedWindow {
  posternTasks?: { durations: number[]; observer: PerformanceObserver };
}

/** Watches the main thread while something is done. */
export async function watchTasks(page: Page, act: () => Promise<void>): Promise<Tasks> {
  await page.evaluate(() => {
    const probed = globalThis as ProbedWindow;
    const durations: number[] = [];
    const observer = new PerformanceObserver((list) => durations.push(...list.getEntries().map(({ duration }) => duration)));
    observer.observe({ type: "longtask" });
    probed.posternTasks = { durations, observer };
  });
  await act();
  const durations = await page.evaluate(() => {
    const { durations: seen = [], observer } = (globalThis as ProbedWindow).posternTasks ?? {};
    const late = observer?.takeRecords().map(({ duration }) => duration) ?? [];
    observer?.disconnect();
    return [...seen, ...late];
  });
  return { longCount: durations.length, longestMs: Math.max(0, ...durations) };
}

/**
 * Types letters, one after the other has been painted, and tells for each how long it took from the key to the frame in which the
 * rows that belong to it were painted.
 *
 * The table's `data-question` says what its rows answer. A space asks nothing new, and is typed without being timed.
 */
export async function timeKeys(page: Page, letters: string): Promise<number[]> {
  const times: number[] = [];
  for (const letter of letters) {
    if (letter === " ") {
      await page.keyboard.press("Space");
      continue;
    }
    const painted = page.evaluate(
      async () =>
        await new Promise<number>((resolve) => {
          const shown = (): string | undefined => {
            const question = document.querySelector("[data-question]")?.getAttribute("data-question");
            return question === undefined || question === null ? undefined : (JSON.parse(question) as { text?: string }).text;
          };
          const typed = (): string => (document.activeElement as HTMLInputElement | null)?.value.trim() ?? "";
          addEventListener(
            "keydown",
            (event) => {
              const before = typed();
              const look = (): void => {
                if (typed() === before || shown() !== typed()) return void requestAnimationFrame(look);
                // The frame in which they are there is painted right after its callbacks.
                const channel = new MessageChannel();
                channel.port1.addEventListener("message", () => resolve(performance.now() - event.timeStamp));
                channel.port1.start();
                channel.port2.postMessage(null);
              };
              requestAnimationFrame(look);
            },
            { once: true, capture: true },
          );
        }),
    );
    // The listener has to stand before the key comes.
    await page.evaluate(() => true);
    await page.keyboard.press(letter);
    times.push(await Promise.race([painted, tooLate(letter)]));
  }
  return times;
}

async function tooLate(letter: string): Promise<never> {
  await wait(10_000);
  throw new Error(`Cannot time the key "${letter}": its rows did not come in 10 s`);
}

/** Milliseconds from the navigation to the frame in which the page had its heading, and nothing that was still loading. */
export async function timeFirstPage(page: Page, url: string): Promise<number> {
  await page.addInitScript(() => {
    const look = (): void => {
      const isThere = document.querySelector("h1") !== null && document.querySelector('[role="status"][aria-label="Loading"]') === null;
      if (!isThere) return void requestAnimationFrame(look);
      const channel = new MessageChannel();
      channel.port1.addEventListener("message", () => performance.mark("postern-usable"));
      channel.port1.start();
      channel.port2.postMessage(null);
    };
    requestAnimationFrame(look);
  });
  await page.goto(url);
  const mark = await page.waitForFunction(() => performance.getEntriesByName("postern-usable")[0]?.startTime);
  return (await mark.jsonValue()) ?? Number.NaN;
}
