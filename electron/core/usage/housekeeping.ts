import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "#core/platform.ts";
import type { Store } from "#core/store/store.ts";
import type { UsageSettings } from "#shared/schema/usage.ts";
import { forgetBodies } from "./call-bodies.ts";
import { deleteCalls, sumUp } from "./call-sums.ts";

/** What is done once in a while beside the calls. */
export interface Housekeeping {
  /** Does it now. Resolves when it is done; tells of a failure and goes on. */
  run(): Promise<void>;
  close(): Promise<void>;
}

const dayMs = 86_400_000;
const firstWaitMs = 60_000;
const waitMs = 3_600_000;

/**
 * Keeps the log as the settings want it, an hour after the other: sums up what is new, forgets what is too old, copies the
 * database once a day.
 *
 * @param options.copyDaily makes today's copy, unless there is one, and lets go of the oldest
 * @param options.keepChats does the same for the chats, and removes what is too old of them
 */
export function openHousekeeping(
  store: Store,
  options: {
    readonly clock: Clock;
    readonly settings: () => UsageSettings;
    readonly copyDaily: (kept: number) => Promise<void>;
    readonly keepChats: (kept: number) => Promise<void>;
    readonly onError: (error: Error) => void;
  },
): Housekeeping {
  const { clock } = options;
  const closing = new AbortController();
  const { signal } = closing;

  async function run(): Promise<void> {
    const settings = options.settings();
    const tasks: readonly (() => Promise<unknown>)[] = [
      () => options.copyDaily(settings.dailyBackups),
      () => options.keepChats(settings.dailyBackups),
      () => sumUp(store),
      () => forgetOld(store, { nowMs: clock.nowMs(), retentionMs: settings.retentionDays * dayMs }),
      () => forgetBodies(store, clock.nowMs() - settings.bodyRetentionDays * dayMs),
    ];
    for (const task of tasks) {
      if (signal.aborted) return;
      await task().catch((error: unknown) => {
        if (!signal.aborted) options.onError(error instanceof Error ? error : new Error(String(error)));
      });
      await nextTurn();
    }
  }

  async function runOnAndOn(): Promise<void> {
    let pauseMs = firstWaitMs;
    while (!signal.aborted) {
      // Its rejection only says that there is nothing more to do.
      await clock.wait(pauseMs, signal).catch(() => undefined);
      pauseMs = waitMs;
      await run();
    }
  }

  const running = runOnAndOn();
  return {
    run,
    async close() {
      closing.abort();
      await running;
    },
  };
}

/**
 * Forgets what is too old. Its age is taken from the last day but one on which something was called, where that is
 * earlier: a clock that is a year ahead for an evening makes nothing old.
 *
 * @returns how many calls
 */
export async function forgetOld(
  store: Pick<Store, "all" | "transaction">,
  { nowMs, retentionMs }: { readonly nowMs: number; readonly retentionMs: number },
): Promise<number> {
  const days = await store.all<{ day: number }>("SELECT DISTINCT day FROM call_days ORDER BY day DESC LIMIT 2");
  const [, before] = days;
  // With one day in all there is nothing to compare with, and next to nothing to forget.
  if (before === undefined) return 0;
  const untilMs = Math.min(nowMs, (before.day + 1) * dayMs) - retentionMs;
  return deleteCalls(store, { fromMs: 0, untilMs });
}
