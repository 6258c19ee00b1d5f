import { cpus } from "node:os";
import { setTimeout as wait } from "node:timers/promises";

const sampleMs = 400;
const calmShare = 0.1;

/**
 * Waits until the machine does little else, for a while at most.
 *
 * @returns how much of all processors other work took at the end, from 0 to 1
 */
export async function untilCalm(limitMs: number): Promise<number> {
  const giveUpAtMs = performance.now() + limitMs;
  let busy = await busyShare();
  while (busy > calmShare && performance.now() < giveUpAtMs) busy = await busyShare();
  return busy;
}

async function busyShare(): Promise<number> {
  const before = processorTimes();
  await wait(sampleMs);
  const after = processorTimes();
  return 1 - (after.idle - before.idle) / (after.all - before.all);
}

function processorTimes(): { readonly idle: number; readonly all: number } {
  let idle = 0;
  let all = 0;
  for (const { times } of cpus()) {
    idle += times.idle;
    all += times.user + times.nice + times.sys + times.idle + times.irq;
  }
  return { idle, all };
}
