import type { Credential } from "./credential.ts";

/** Limits of a {@link SecretCache}; the defaults are the product's. */
export interface SecretCacheLimits {
  /** Milliseconds without use after which a secret is dropped. */
  readonly maxIdleMs?: number;
  readonly maxEntries?: number;
}

interface Entry {
  readonly credential: Credential;
  lastUsedAtMs: number;
}

/**
 * The secrets that are in memory because they are in use. One that rests for ten minutes is dropped, also when nobody
 * asks; of more than 64 the one that rested longest goes first. Dropped means unreachable: when V8 overwrites the bytes
 * is not in our hand.
 */
export class SecretCache {
  readonly #entries = new Map<string, Entry>();
  readonly #monotonicMs: () => number;
  readonly #maxIdleMs: number;
  readonly #maxEntries: number;
  #sweeper: NodeJS.Timeout | undefined;

  constructor(monotonicMs: () => number, { maxIdleMs = 10 * 60_000, maxEntries = 64 }: SecretCacheLimits = {}) {
    this.#monotonicMs = monotonicMs;
    this.#maxIdleMs = maxIdleMs;
    this.#maxEntries = maxEntries;
  }

  /** The hot path: one look-up and one clock reading. */
  get(key: string): Credential | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    const nowMs = this.#monotonicMs();
    if (nowMs - entry.lastUsedAtMs >= this.#maxIdleMs) {
      this.delete(key);
      return undefined;
    }
    entry.lastUsedAtMs = nowMs;
    return entry.credential;
  }

  set(key: string, credential: Credential): void {
    if (!this.#entries.has(key) && this.#entries.size >= this.#maxEntries) this.#dropOldest();
    this.#entries.set(key, { credential, lastUsedAtMs: this.#monotonicMs() });
    this.#sweeper ??= setInterval(() => this.sweep(), Math.min(60_000, this.#maxIdleMs)).unref();
  }

  delete(key: string): void {
    this.#entries.delete(key);
    if (this.#entries.size === 0) this.#stopSweeping();
  }

  /** Drops what rested too long. Runs by itself once a minute. */
  sweep(): void {
    const oldestMs = this.#monotonicMs() - this.#maxIdleMs;
    for (const [key, entry] of this.#entries) if (entry.lastUsedAtMs <= oldestMs) this.delete(key);
  }

  clear(): void {
    this.#entries.clear();
    this.#stopSweeping();
  }

  get size(): number {
    return this.#entries.size;
  }

  #dropOldest(): void {
    let oldest: [string, Entry] | undefined;
    for (const pair of this.#entries) if (oldest === undefined || pair[1].lastUsedAtMs < oldest[1].lastUsedAtMs) oldest = pair;
    if (oldest !== undefined) this.#entries.delete(oldest[0]);
  }

  #stopSweeping(): void {
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
  }
}
