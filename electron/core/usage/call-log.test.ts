import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Clock } from "#core/platform.ts";
import { type PackedRows, unpackRows } from "#core/store/packed-rows.ts";
import type { SqlValue, Statement } from "#core/store/store.ts";
import { openCallLog } from "./call-log.ts";
import { deleteIntentsSql, insertIntentSql, newCall, type OpenCall } from "./call-record.ts";
import type { CallPrice } from "./cost.ts";
import { storedPrice } from "./stored-price.ts";

const traceIdColumn = 14;

describe("openCallLog()", () => {
  test("writes what is not a full batch after 100 ms, in one transaction", async () => {
    const { log, clock, store } = setUp();
    for (const id of ["a", "b", "c"]) log.record(call(id));
    await clock.advance(99);
    expect(store.batches).toEqual([]);
    await clock.advance(1);
    expect(store.batches).toEqual([["a", "b", "c"]]);
  });

  test("writes 1,024 records at once, without waiting", async () => {
    const { log, store } = setUp();
    for (let id = 1; id <= 1_024; id++) log.record(call(`${id}`));
    await settle();
    expect(store.batches.map((batch) => batch.length)).toEqual([1_024]);
  });

  test("flush() waits for the batch that is under way and for those behind it", async () => {
    const { log, store } = setUp();
    for (let id = 1; id <= 300; id++) log.record(call(`${id}`));
    await log.flush();
    expect(store.batches.flat()).toHaveLength(300);
    expect(log.dropped()).toBe(0);
  });

  test("drops the oldest beyond 10,000 and counts them while the store fails, then writes the rest in order", async () => {
    const { log, clock, store } = setUp();
    store.failure = new Error("disk I/O error");
    for (let id = 1; id <= 10_300; id++) log.record(call(`${id}`));
    await settle();
    store.failure = null;
    await clock.advance(1000);
    await log.flush();
    expect(log.dropped()).toBe(300);
    expect(store.batches.flat()).toEqual(Array.from({ length: 10_000 }, (_, index) => `${index + 301}`));
  });

  test("tells of a failing store once a minute, however often it tries", async () => {
    const { log, clock, store, errors } = setUp();
    store.failure = new Error("disk I/O error");
    log.record(call("a"));
    await clock.advance(100);
    for (let second = 0; second < 59; second++) await clock.advance(1000);
    expect(errors.map((error) => error.message)).toEqual([
      "Cannot write the call log: disk I/O error; 1 records wait for another try, 0 were dropped",
    ]);
    expect(store.tries).toBe(60);
    await clock.advance(1000);
    expect(errors).toHaveLength(2);
  });

  test("flush() rejects with the store's failure, and the records are written by a later try", async () => {
    const { log, store } = setUp();
    store.failure = new Error("disk I/O error");
    log.record(call("a"));
    await expect(log.flush()).rejects.toThrow("disk I/O error");
    store.failure = null;
    await log.flush();
    expect(store.batches).toEqual([["a"]]);
  });

  test("close() tries once more, drops what cannot be written, says so once, and tries no more", async () => {
    const { log, clock, store, errors } = setUp();
    store.failure = new Error("no such table: calls");
    for (const id of ["a", "b", "c"]) log.record(call(id));
    await clock.advance(100);
    const tries = store.tries;
    await log.close();
    log.record(call("late"));
    for (let second = 0; second < 120; second++) await clock.advance(1000);
    expect({ tries: store.tries - tries, dropped: log.dropped(), waits: clock.waits }).toEqual({ tries: 1, dropped: 4, waits: 0 });
    expect(errors.slice(1).map((error) => error.message)).toEqual([
      "Cannot write the call log: no such table: calls; 0 records wait for another try, 3 were dropped",
    ]);
  });

  test("close() writes what waits", async () => {
    const { log, store } = setUp();
    for (const id of ["a", "b"]) log.record(call(id));
    await log.close();
    expect([store.batches, log.dropped()]).toEqual([[["a", "b"]], 0]);
  });

  test("loses only the record that the database refuses, and writes no other twice", async () => {
    const { log, store, errors } = setUp();
    store.refused = "3";
    for (let id = 1; id <= 9; id++) log.record(call(`${id}`));
    await log.flush();
    expect(store.batches.flat()).toEqual(["1", "2", "4", "5", "6", "7", "8", "9"]);
    expect(log.dropped()).toBe(1);
    expect(errors).toHaveLength(1);
  });

  test("writes nothing twice when the store fails while a refused record is looked for", async () => {
    const { log, store } = setUp();
    store.refused = "3";
    store.failAtTry = 4;
    for (let id = 1; id <= 9; id++) log.record(call(`${id}`));
    await expect(log.flush()).rejects.toThrow("disk I/O error");
    await log.flush();
    expect(store.batches.flat().toSorted()).toEqual(["1", "2", "4", "5", "6", "7", "8", "9"]);
  });
});

describe("openCallLog().begin()", () => {
  test("writes nothing of a call that ends before the next batch", async () => {
    const { log, clock, store } = setUp();
    const fast = call("fast");
    log.begin(fast);
    log.record(fast);
    await clock.advance(100);
    await log.flush();
    expect([store.intents, store.batches, store.endedIntents]).toEqual([[], [["fast"]], 0]);
  });

  test("writes that a call was begun with the batch after it, and takes that back with the call's own row", async () => {
    const { log, clock, store } = setUp();
    const calls = ["a", "b", "c"].map(call);
    for (const one of calls) log.begin(one);
    log.record(calls[0] as OpenCall);
    await clock.advance(100);
    expect([store.intents, store.batches, store.endedIntents]).toEqual([[["c", "b"]], [["a"]], 0]);
    log.record(calls[2] as OpenCall);
    log.record(calls[1] as OpenCall);
    await log.flush();
    expect([store.batches, store.endedIntents]).toEqual([[["a"], ["c", "b"]], 2]);
    expect(clock.waits).toBe(0);
  });

  test("takes it back only when the call's row is written, however often that is tried", async () => {
    const { log, clock, store } = setUp();
    const slow = call("slow");
    log.begin(slow);
    await clock.advance(100);
    store.failure = new Error("disk I/O error");
    log.record(slow);
    await clock.advance(100);
    expect(store.endedIntents).toBe(0);
    store.failure = null;
    await clock.advance(1000);
    expect([store.batches, store.endedIntents]).toEqual([[["slow"]], 1]);
  });

  test("a store that cannot take it does not keep the log from its records", async () => {
    const { log, clock, store, errors } = setUp();
    store.failure = new Error("disk I/O error");
    log.begin(call("lost"));
    await clock.advance(100);
    store.failure = null;
    log.record(call("kept"));
    await log.flush();
    expect([store.batches, errors.length]).toEqual([[["kept"]], 1]);
  });
});

describe("openCallLog() and prices", () => {
  test("writes each price once, with the first call that has it", async () => {
    const { log, store } = setUp();
    log.record({ ...call("a"), price: price(1) });
    log.record({ ...call("b"), price: price(1) });
    log.record(call("c"));
    await log.flush();
    expect(store.prices).toEqual([idOf(1)]);
    log.record({ ...call("d"), price: price(1) });
    log.record({ ...call("e"), price: price(2) });
    await log.flush();
    expect(store.prices).toEqual([idOf(1), idOf(2)]);
    expect(store.batches).toEqual([
      ["a", "b", "c"],
      ["d", "e"],
    ]);
  });

  test("writes a price with the try that goes well, where others failed before", async () => {
    const { log, clock, store } = setUp();
    store.failure = new Error("disk I/O error");
    log.record({ ...call("a"), price: price(1) });
    await clock.advance(100);
    log.record({ ...call("b"), price: price(2) });
    await clock.advance(1000);
    expect([store.tries, store.prices]).toEqual([2, []]);
    store.failure = null;
    await log.flush();
    expect(store.prices).toEqual([idOf(1), idOf(2)]);
  });

  test("writes a price whose first record is refused, or dropped: a later one may count on it", async () => {
    const { log, store } = setUp();
    store.refused = "1";
    for (let id = 1; id <= 4; id++) log.record({ ...call(`${id}`), price: price(id === 1 ? 1 : 2) });
    await log.flush();
    log.record({ ...call("5"), price: price(1) });
    await log.flush();
    expect(store.batches.flat()).toEqual(["2", "3", "4", "5"]);
    expect(store.prices).toEqual([idOf(1), idOf(2)]);
  });

  test("writes a price that comes while another batch is under way", async () => {
    const { log, store } = setUp();
    log.record({ ...call("a"), price: price(1) });
    const first = log.flush();
    await nextTurn();
    log.record({ ...call("b"), price: price(2) });
    await first;
    await log.flush();
    expect(store.prices).toEqual([idOf(1), idOf(2)]);
  });
});

function setUp() {
  const clock = new ManualClock();
  const store = new ScriptedStore();
  const errors: Error[] = [];
  return { clock, store, errors, log: openCallLog(store, { clock, onError: (error) => errors.push(error) }) };
}

function call(traceId: string): OpenCall {
  return { ...newCall(1_790_000_000_000), endpoint: "chat", status: 200, ending: "finished", streamed: false, totalMs: 1, traceId };
}

/** Another object each time. */
function price(inputUsdPerMillion: number): CallPrice {
  const unknown = { outputUsdPerMillion: null, cacheReadUsdPerMillion: null, cacheWriteUsdPerMillion: null, requestUsd: null };
  return { inputUsdPerMillion, ...unknown, source: "catalog" };
}

function idOf(inputUsdPerMillion: number): number {
  return storedPrice(price(inputUsdPerMillion)).id;
}

/** Keeps the trace ids of each committed batch; fails as it is told. */
class ScriptedStore {
  readonly batches: string[][] = [];
  /** The trace ids of the calls that were said to be begun, and how many were said to have ended. */
  readonly intents: string[][] = [];
  endedIntents = 0;
  /** The ids of prices that were committed. */
  readonly prices: unknown[] = [];
  failure: Error | null = null;
  failAtTry = 0;
  refused = "";
  tries = 0;

  async transaction(): Promise<void> {}

  async insertMany(sql: string, rows: readonly (readonly SqlValue[])[] | PackedRows, also: readonly Statement[] = []): Promise<number> {
    await nextTurn();
    this.tries += 1;
    if (this.failure !== null) throw this.failure;
    if (this.tries === this.failAtTry) throw new Error("disk I/O error");
    const ids: string[] = [];
    const isIntents = sql === insertIntentSql;
    if ("cells" in rows) unpackRows(rows, (row) => ids.push(String(row[isIntents ? traceIdColumn + 1 : traceIdColumn])));
    if (isIntents) {
      this.intents.push(ids);
      return ids.length;
    }
    if (ids.includes(this.refused))
      throw new Error("refused", { cause: Object.assign(new Error("NOT NULL constraint failed"), { errcode: 1299 }) });
    for (const { sql: about, parameters: [first] = [] } of also) {
      if (about === deleteIntentsSql) this.endedIntents += (JSON.parse(String(first)) as unknown[]).length;
      else this.prices.push(first);
    }
    this.batches.push(ids);
    return ids.length;
  }
}

class ManualClock implements Clock {
  #nowMs = 0;
  #timers: { atMs: number; fire: () => void }[] = [];

  /** How many wait for it. */
  get waits(): number {
    return this.#timers.length;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  wait(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = { atMs: this.#nowMs + ms, fire: resolve };
      this.#timers.push(timer);
      signal?.addEventListener("abort", () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
        reject(signal.reason as Error);
      });
    });
  }

  async advance(ms: number): Promise<void> {
    await settle();
    this.#nowMs += ms;
    const due = this.#timers.filter((timer) => timer.atMs <= this.#nowMs);
    this.#timers = this.#timers.filter((timer) => timer.atMs > this.#nowMs);
    for (const timer of due) timer.fire();
    await settle();
  }
}

/** Lets everything run that waits for nothing but the event loop. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await nextTurn();
}
