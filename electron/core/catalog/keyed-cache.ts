import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import type { Clock } from "#core/platform.ts";
import { replaceFile } from "#core/store/replace-file.ts";
import { makeFolder } from "./listing-file.ts";

/** What was found out about single models, each for a while, over restarts. */
export interface KeyedCache<Value> {
  /**
   * What is known of a key. Old knowledge is given at once and fetched anew behind it; without any, `fetch` is waited for,
   * `patienceMs` at most.
   *
   * @returns null where nothing is known or to be had. Never rejects
   */
  get(key: string, ttlMs: number, fetch: () => Promise<Value | null>): Promise<Value | null>;
  /** Forgets everything. */
  clear(): Promise<void>;
  /** Writes what is not on disk yet. */
  close(): Promise<void>;
}

interface Entry<Value> {
  readonly value: Value | null;
  readonly fetchedAtMs: number;
}

const version = 1;
const mostEntries = 2_000;
const maxFileBytes = 16_777_216;
/** What could not be had is asked for again after this. */
const pauseAfterFailureMs = 60_000;
const writeDelayMs = 1_000;

/** Opens a cache in one file, which is read when it is first needed. */
export function openKeyedCache<Value>(
  file: string,
  options: { readonly clock: Clock; readonly patienceMs: number; readonly check: (value: unknown) => Value | null },
): KeyedCache<Value> {
  const { clock } = options;
  const entries = new Map<string, Entry<Value>>();
  const failedAtMs = new Map<string, number>();
  const underWay = new Map<string, Promise<Value | null>>();
  let loading: Promise<void> | null = null;
  let pause: AbortController | null = null;
  let writing: Promise<void> = Promise.resolve();

  async function load(): Promise<void> {
    try {
      if ((await stat(file)).size > maxFileBytes) return;
      const packed = JSON.parse(await readFile(file, "utf8")) as { version: unknown; entries: [string, Entry<unknown>][] };
      if (packed.version !== version) return;
      for (const [key, { value, fetchedAtMs }] of packed.entries) {
        const checked = value === null ? null : options.check(value);
        if (typeof fetchedAtMs === "number" && (checked !== null || value === null)) entries.set(key, { value: checked, fetchedAtMs });
      }
    } catch {
      // Missing, or damaged: it is found out anew.
    }
  }

  /** A moment later, so that many entries make one write. */
  function writeSoon(): void {
    if (pause !== null) return;
    pause = new AbortController();
    const { signal } = pause;
    // Its rejection only says that the pause was cut short.
    const paused = clock.wait(writeDelayMs, signal).catch(() => {});
    writing = Promise.all([writing, paused]).then(async () => {
      pause = null;
      // A disk that takes nothing costs a question more after the next start.
      await write().catch(() => {});
    });
  }

  async function write(): Promise<void> {
    await makeFolder(path.dirname(file));
    await replaceFile(file, JSON.stringify({ version, entries: [...entries] }));
  }

  function keep(key: string, value: Value | null): void {
    entries.delete(key);
    entries.set(key, { value, fetchedAtMs: clock.nowMs() });
    for (const oldest of entries.keys()) {
      if (entries.size <= mostEntries) break;
      entries.delete(oldest);
    }
    writeSoon();
  }

  function ask(key: string, fetch: () => Promise<Value | null>): Promise<Value | null> {
    let asking = underWay.get(key);
    if (asking !== undefined) return asking;
    const lately = failedAtMs.get(key);
    if (lately !== undefined && clock.monotonicMs() - lately < pauseAfterFailureMs) return Promise.resolve(entries.get(key)?.value ?? null);
    asking = fetch()
      .then((value) => {
        failedAtMs.delete(key);
        keep(key, value);
        return value;
      })
      .catch(() => {
        if (failedAtMs.size >= mostEntries) failedAtMs.clear();
        failedAtMs.set(key, clock.monotonicMs());
        return entries.get(key)?.value ?? null;
      })
      .finally(() => underWay.delete(key));
    underWay.set(key, asking);
    return asking;
  }

  return {
    async get(key, ttlMs, fetch) {
      await (loading ??= load());
      const known = entries.get(key);
      if (known !== undefined && Math.abs(clock.nowMs() - known.fetchedAtMs) <= ttlMs) return known.value;
      const asking = ask(key, fetch);
      if (known !== undefined) return known.value;
      const enough = new AbortController();
      const value = await Promise.race([
        asking,
        clock.wait(options.patienceMs, enough.signal).then(
          () => null,
          () => null,
        ),
      ]);
      enough.abort();
      return value;
    },
    async clear() {
      await (loading ??= load());
      entries.clear();
      failedAtMs.clear();
      writeSoon();
      pause?.abort();
      await writing;
    },
    async close() {
      pause?.abort();
      await writing;
    },
  };
}
