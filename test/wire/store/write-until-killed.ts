import { writeSync } from "node:fs";
import { openStore } from "#core/store/open-store.ts";

/**
 * A process that writes until it kills itself: `write-until-killed.ts <file> <prefix> <count>`. It prints an id on a line of
 * its own once the transaction that wrote the id's two rows is committed, always has several transactions under way, and
 * dies the very moment that it learns of the last of `count` commits.
 */
const [file = "", prefix = "", count = ""] = process.argv.slice(2);
const store = await openStore(file);

const insert = "INSERT INTO calls (started_at_ms, ending, attempts, trace_id) VALUES (0, ?, '[]', ?)";

let acknowledged = 0;

async function writeOn(lane: number): Promise<never> {
  for (let index = 0; ; index++) {
    const id = `${prefix}-${lane}-${index}`;
    await store.transaction([
      { sql: insert, parameters: ["finished", id] },
      { sql: insert, parameters: ["failed", id] },
    ]);
    // In one go with what follows: a line in a stream's buffer would die with the process.
    writeSync(1, `${id}\n`);
    acknowledged += 1;
    if (acknowledged >= Number(count)) process.kill(process.pid, "SIGKILL");
  }
}

await Promise.all([1, 2, 3, 4].map(writeOn));
