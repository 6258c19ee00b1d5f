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
 * @param options.rows finds the element whose `data-query` says which search its rows answer
 */
export async function timeKeys(page: Page, letters: string, options: { readonly rows: string }): Promise<number[]> {
  const times: number[] = [];
  for (const letter of letters) {
    const painted = page.evaluate(
      async ({ rows }) =>
        await new Promise<number>((resolve) => {
          addEventListener(
            "keydown",
            (event) => {
              const look = (): void => {
                const input = document.activeElement as HTMLInputElement | null;
                const shown = document.querySelector(rows)?.getAttribute("data-query");
                // The frame in which they are there is painted right after its callbacks.
                if (input !== null && shown === input.value && input.value !== before) {
                  const channel = new MessageChannel();
                  channel.port1.addEventListener("message", () => resolve(performance.now() - event.timeStamp));
                  channel.port1.start();
                  channel.port2.postMessage(null);
                } else requestAnimationFrame(look);
              };
              const before = (document.activeElement as HTMLInputElement | null)?.value;
              requestAnimationFrame(look);
            },
            { once: true, capture: true },
          );
        }),
      { rows: options.rows },
    );
    // The listener has to stand before the key comes.
    await page.evaluate(() => true);
    await page.keyboard.press(letter === " " ? "Space" : letter);
    times.push(await painted);
  }
  return times;
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
