import { writeSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { openStore } from "#core/store/open-store.ts";
import { openCallLog } from "#core/usage/call-log.ts";
import { newCall } from "#core/usage/call-record.ts";

/**
 * A process that logs calls until it kills itself: `write-until-killed.ts <file> <prefix> <count>`. It prints `begun <id>`
 * once the log has said that what it knows of a call that goes on is committed, `done <id>` once it has said so of the
 * call's own row, always has several under way, and dies the very moment that it learns of the last of `count` commits.
 */
const [file = "", prefix = "", count = ""] = process.argv.slice(2);
const store = await openStore(file);
const log = openCallLog(store, {
  clock: {
    nowMs: Date.now,
    monotonicMs: () => performance.now(),
    wait: (ms, signal) => wait(ms, undefined, signal === undefined ? {} : { signal }),
  },
  onError: (error) => {
    throw error;
  },
});

let acknowledged = 0;

async function callOn(lane: number): Promise<never> {
  for (let index = 0; ; index++) {
    const traceId = `${prefix}-${lane}-${index}`;
    const call = { ...newCall(Date.now()), endpoint: "chat", traceId };
    log.begin(call);
    if (index % 2 === 0) {
      await log.flush();
      say("begun", traceId);
    }
    log.record(Object.assign(call, { ending: "finished" }));
    await log.flush();
    say("done", traceId);
  }
}

function say(what: "begun" | "done", traceId: string): void {
  // In one go with what follows: a line in a buffer would die with the process.
  writeSync(1, `${what} ${traceId}\n`);
  acknowledged += 1;
  if (acknowledged >= Number(count)) process.kill(process.pid, "SIGKILL");
}

await Promise.all([1, 2, 3, 4].map(callOn));
