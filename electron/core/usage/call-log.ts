import type { Clock } from "#core/platform.ts";
import { createRowPacker, type PackedRows, type RowPacker, sliceRows } from "#core/store/packed-rows.ts";
import { isRefusedValue } from "#core/store/store-error.ts";
import type { Statement, Store } from "#core/store/store.ts";
import { PosternError } from "#shared/errors.ts";
import {
  callColumns,
  type CallRecord,
  callRow,
  closeInterruptedCalls,
  deleteIntentsSql,
  insertCallSql,
  insertIntentSql,
  intentColumns,
  intentRow,
  type OpenCall,
} from "./call-record.ts";
import { priceStatement, type StoredPrice, storedPrice } from "./stored-price.ts";

/** Where the gateway puts what happened, without waiting for it. */
export interface CallLog {
  /**
   * Says that a call is about to go out. Where it still goes on when the next batch is written, at most about 100 ms
   * later, that it was begun is written with it: a run that ends before the call does leaves a row all the same.
   */
  begin(call: OpenCall): void;
  /** Takes a record: copies its values into a batch. It is on disk at most about 100 ms later, or after {@link flush}. */
  record(record: CallRecord | OpenCall): void;
  /**
   * Resolves when every record taken so far is committed, or dropped, and with them what is known of the calls under way.
   *
   * @throws {PosternError} the store's failure, at the first write that fails; the records go on waiting
   */
  flush(): Promise<void>;
  /**
   * Ends the log: one last {@link flush}, and no more tries. What that could not write is counted as dropped, and told
   * once. Records that come later are dropped. Never rejects.
   */
  close(): Promise<void>;
  /** How many records were lost since the start: the oldest where too many waited, and those that the database refused. */
  dropped(): number;
}

/** Records that go into one transaction. */
const batchSize = 1_024;
/** A batch that is not full is written this long after its first record. */
const flushDelayMs = 100;
/** About 5 MB of records: a store that fails must not fill the memory. */
const maxWaiting = 10_000;
const retryDelayMs = 1_000;
const reportIntervalMs = 60_000;

interface FlushWaiter {
  /** How many records must be committed or dropped before it resolves. */
  readonly target: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Records that are written together, and the rows that said that their calls were begun. */
interface Batch {
  readonly rows: PackedRows;
  readonly intents: readonly number[];
}

/**
 * Opens the log of calls. It writes to the table `calls` in batches, tries again each second when the store fails, and
 * then keeps the newest 10,000 records. Calls that an earlier run did not end become `interrupted` ones.
 *
 * @param options.onError told of a failing store, at most once a minute
 */
export function openCallLog(
  store: Pick<Store, "insertMany" | "transaction">,
  options: { readonly clock: Clock; readonly onError: (error: PosternError) => void },
): CallLog {
  const { clock } = options;
  /** Batches that take no more records, the oldest first. */
  const closed: Batch[] = [];
  let open = newBatch();
  let openIntents: number[] = [];
  /** By their ids, prices of which nothing says yet that the database has them: they go with each batch until one is committed. */
  const newPrices = new Map<number, StoredPrice>();
  const writtenPrices = new Set<number>();
  /** Calls that have neither a row nor one that says that they were begun. Not a Set: see `calls-under-way.ts`. */
  const begun: OpenCall[] = [];
  // Above those of every run before, so that a row which could not be closed at start is not taken for one of this run.
  let lastIntentId = Math.round(clock.nowMs()) * 1_000;
  /** Records in all of them. */
  let waiting = 0;
  let taken = 0;
  let committed = 0;
  let dropped = 0;
  let flushWaiters: FlushWaiter[] = [];
  let isWriting = false;
  let pause: AbortController | null = null;
  let isRetrying = false;
  let isClosed = false;
  let reportedAtMs = -Infinity;

  async function writeAll(): Promise<void> {
    isWriting = true;
    while (waiting > 0 || begun.length > 0) {
      if (isRetrying) await wait(retryDelayMs);
      else if (waiting < batchSize) await wait(flushDelayMs);
      try {
        const intents = writeIntents();
        if (waiting > 0) await write(takeBatch());
        await intents;
        isRetrying = false;
        settleFlushes();
      } catch (error) {
        if (isClosed) giveUp(error);
        else report(error);
        for (const waiter of flushWaiters.splice(0)) waiter.reject(error);
        isRetrying = true;
      }
    }
    isWriting = false;
  }

  /** Writes that calls were begun. It is not tried again: what it was for may be over by then. */
  function writeIntents(): Promise<unknown> | null {
    if (begun.length === 0) return null;
    const rows = createRowPacker({ columns: intentColumns, capacity: begun.length });
    for (const call of begun.splice(0)) {
      call.slot = -1;
      call.intentId = ++lastIntentId;
      rows.add(intentRow(call.intentId, call));
    }
    const written = store.insertMany(insertIntentSql, rows.rows());
    // Heard where it is awaited, which may be after another failure.
    written.catch(() => undefined);
    return written;
  }

  /** Writes a batch. Where the database refuses a value in it, the halves are written on their own, down to that one record. */
  async function write(batch: Batch): Promise<void> {
    const parts = [batch];
    for (let part = parts[0]; part !== undefined; part = parts[0]) {
      const { rows, intents } = part;
      const prices = [...newPrices.values()];
      try {
        await store.insertMany(insertCallSql, rows, [...prices.map(priceStatement), ...endIntents(intents)]);
        for (const { id } of prices) {
          newPrices.delete(id);
          writtenPrices.add(id);
        }
        committed += rows.count;
        parts.shift();
      } catch (error) {
        if (!isRefusedValue(error)) {
          putBack(parts);
          throw error;
        }
        parts.shift();
        if (rows.count === 1) {
          dropped += 1;
          report(error);
        } else {
          const middle = rows.count >> 1;
          // With the later half, so that no call is without a row in between.
          parts.unshift({ rows: sliceRows(rows, 0, middle), intents: [] }, { rows: sliceRows(rows, middle, rows.count), intents });
        }
      }
    }
  }

  function takeBatch(): Batch {
    if (closed.length === 0) closeBatch();
    const batch = closed.shift() as Batch;
    waiting -= batch.rows.count;
    return batch;
  }

  function closeBatch(): void {
    closed.push({ rows: open.rows(), intents: openIntents });
    open = newBatch();
    openIntents = [];
  }

  function putBack(batches: readonly Batch[]): void {
    closed.unshift(...batches);
    for (const { rows } of batches) waiting += rows.count;
    while (waiting > maxWaiting) dropOldest(waiting - maxWaiting);
  }

  /** Drops up to so many records of the oldest batch. */
  function dropOldest(count: number): void {
    const { rows, intents } = takeBatch();
    const rest = Math.max(0, rows.count - count);
    dropped += rows.count - rest;
    if (rest === 0) return;
    closed.unshift({ rows: sliceRows(rows, rows.count - rest, rows.count), intents });
    waiting += rest;
  }

  function giveUp(error: unknown): void {
    dropped += waiting;
    closed.length = 0;
    open = newBatch();
    openIntents = [];
    waiting = 0;
    reportedAtMs = -Infinity;
    report(error);
  }

  /** Waits, unless a flush is asked for: that ends it. */
  async function wait(ms: number): Promise<void> {
    if (flushWaiters.length > 0) return;
    pause = new AbortController();
    // Its rejection only says that the pause was cut short.
    await clock.wait(ms, pause.signal).catch(() => undefined);
    pause = null;
  }

  function settleFlushes(): void {
    const settled = committed + dropped;
    for (const waiter of flushWaiters) if (waiter.target <= settled) waiter.resolve();
    flushWaiters = flushWaiters.filter((waiter) => waiter.target > settled);
  }

  function report(cause: unknown): void {
    const nowMs = clock.monotonicMs();
    if (nowMs - reportedAtMs < reportIntervalMs) return;
    reportedAtMs = nowMs;
    const state = cause instanceof Error ? cause.message : String(cause);
    const counts = `${waiting} records wait for another try, ${dropped} were dropped`;
    options.onError(new PosternError("internal", `Cannot write the call log: ${state}; ${counts}`, { cause }));
  }

  function notePrice(price: StoredPrice): void {
    if (!writtenPrices.has(price.id)) newPrices.set(price.id, price);
  }

  /** Takes a call that has ended out of those that were begun. */
  function end(call: OpenCall): void {
    if (call.intentId !== 0) openIntents.push(call.intentId);
    const { slot } = call;
    if (slot === -1) return;
    const last = begun.pop();
    if (last !== undefined && last !== call) {
      begun[slot] = last;
      last.slot = slot;
    }
    call.slot = -1;
  }

  async function flush(): Promise<void> {
    const intents = writeIntents();
    await flushRecords();
    await intents;
  }

  function flushRecords(): Promise<void> {
    if (taken === committed + dropped) return Promise.resolve();
    return new Promise((resolve, reject) => {
      flushWaiters.push({ target: taken, resolve, reject });
      pause?.abort();
    });
  }

  store.transaction(closeInterruptedCalls).catch(report);

  return {
    begin(call) {
      if (isClosed) return;
      call.slot = begun.push(call) - 1;
      if (!isWriting) void writeAll();
    },
    record(record) {
      if ("slot" in record) end(record);
      if (isClosed) {
        taken += 1;
        dropped += 1;
        return;
      }
      if (waiting >= maxWaiting) dropOldest(1);
      if (open.isFull()) closeBatch();
      open.add(callRow(record));
      if (record.price !== null) notePrice(storedPrice(record.price));
      waiting += 1;
      taken += 1;
      if (!isWriting) void writeAll();
      else if (waiting === batchSize && !isRetrying) pause?.abort();
    },
    flush,
    async close() {
      isClosed = true;
      // Its failure has been told by then.
      await flush().catch(() => undefined);
    },
    dropped: () => dropped,
  };
}

function endIntents(ids: readonly number[]): readonly Statement[] {
  return ids.length === 0 ? none : [{ sql: deleteIntentsSql, parameters: [JSON.stringify(ids)] }];
}

const none: readonly never[] = [];

function newBatch(): RowPacker {
  return createRowPacker({ columns: callColumns, capacity: batchSize });
}
