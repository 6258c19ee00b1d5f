import { setTimeout as wait } from "node:timers/promises";
import type { Clock } from "#core/platform.ts";

/** The real clock. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  wait: async (ms, signal) => await wait(ms, undefined, signal === undefined ? {} : { signal }),
};
