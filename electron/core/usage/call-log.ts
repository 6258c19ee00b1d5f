import type { Clock } from "#core/platform.ts";
import { isRefusedValue } from "#core/store/store-error.ts";
import type { Store } from "#core/store/store.ts";
import { PosternError } from "#shared/errors.ts";
import { type CallRecord, callRow, insertCallSql } from "./call-record.ts";

/** Where the gateway puts what happened, without waiting for it. */
export interface CallLog {
  /** Takes a record: an append to an array. It is on disk at most about 100 ms later, or after {@link flush}. */
  record(record: CallRecord): void;
  /**
   * Resolves when every record taken so far is committed, or dropped.
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
/** About 10 MB of records: a store that fails must not fill the memory. */
const maxWaiting = 10_000;
const retryDelayMs = 1_000;
const reportIntervalMs = 60_000;

interface FlushWaiter {
  /** How many records must be committed or dropped before it resolves. */
  readonly target: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Opens the log of calls. It writes to the table `calls` in batches, tries again each second when the store fails, and
 * then keeps the newest 10,000 records.
 *
 * @param options.onError told of a failing store, at most once a minute
 */
export function openCallLog(
  store: Pick<Store, "insertMany">,
  options: { readonly clock: Clock; readonly onError: (error: PosternError) => void },
): CallLog {
  const { clock } = options;
  const waiting: CallRecord[] = [];
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
    while (waiting.length > 0) {
      if (isRetrying) await wait(retryDelayMs);
      else if (waiting.length < batchSize) await wait(flushDelayMs);
      try {
        await write(waiting.splice(0, batchSize));
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

  /** Writes a batch. Where the database refuses a value in it, the halves are written on their own, down to that one record. */
  async function write(batch: CallRecord[]): Promise<void> {
    const parts = [batch];
    for (let part = parts[0]; part !== undefined; part = parts[0]) {
      try {
        await store.insertMany(insertCallSql, part.map(callRow));
        committed += part.length;
        parts.shift();
      } catch (error) {
        if (!isRefusedValue(error)) {
          putBack(parts.flat());
          throw error;
        }
        parts.shift();
        if (part.length === 1) {
          dropped += 1;
          report(error);
        } else {
          const middle = part.length >> 1;
          parts.unshift(part.slice(0, middle), part.slice(middle));
        }
      }
    }
  }

  function putBack(records: readonly CallRecord[]): void {
    waiting.unshift(...records);
    const excess = waiting.length - maxWaiting;
    if (excess <= 0) return;
    waiting.splice(0, excess);
    dropped += excess;
  }

  function giveUp(error: unknown): void {
    dropped += waiting.splice(0).length;
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
    const counts = `${waiting.length} records wait for another try, ${dropped} were dropped`;
    options.onError(new PosternError("internal", `Cannot write the call log: ${state}; ${counts}`, { cause }));
  }

  function flush(): Promise<void> {
    if (taken === committed + dropped) return Promise.resolve();
    return new Promise((resolve, reject) => {
      flushWaiters.push({ target: taken, resolve, reject });
      pause?.abort();
    });
  }

  return {
    record(record) {
      if (isClosed) {
        taken += 1;
        dropped += 1;
        return;
      }
      if (waiting.length >= maxWaiting) {
        waiting.shift();
        dropped += 1;
      }
      waiting.push(record);
      taken += 1;
      if (!isWriting) void writeAll();
      else if (waiting.length === batchSize && !isRetrying) pause?.abort();
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
