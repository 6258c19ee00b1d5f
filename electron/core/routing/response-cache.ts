/** A whole answer as the client got it. */
export interface CachedReply {
  readonly status: number;
  /** A flat list of names and values, without what belongs to one call. */
  readonly headers: readonly string[];
  readonly body: Uint8Array;
  /** What it cost the first time; left out where nobody keeps count. */
  readonly paid?: PaidOnce;
}

/** What an answer cost when a provider made it. Of a stream that is known a moment after it was kept. */
export interface PaidOnce {
  /** Millionths of a US dollar; null is unknown. */
  microUsd: number | null;
}

/** How much a {@link ResponseCache} may hold. */
export interface CacheLimits {
  readonly entries: number;
  /** Of bodies and headers together. */
  readonly bytes: number;
  /** Of one body; a longer one is not kept. */
  readonly bodyBytes: number;
}

interface Entry {
  readonly reply: CachedReply;
  readonly bytes: number;
  readonly storedAtMs: number;
}

const overheadBytes = 512;

/** Answers in memory, by key, the least recently used forgotten first. Nothing of it is written to a disk. */
export class ResponseCache {
  /** In the order of their last use. */
  readonly #entries = new Map<string, Entry>();
  readonly #limits: CacheLimits;
  #bytes = 0;

  constructor(limits: CacheLimits) {
    this.#limits = limits;
  }

  /** What is held now, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#entries.size;
  }

  /**
   * Finds an answer.
   *
   * @param maxAgeMs the asker's own limit: one who wants fresher answers gets none that are older
   */
  get(key: string, { maxAgeMs, nowMs }: { readonly maxAgeMs: number; readonly nowMs: number }): CachedReply | null {
    const entry = this.#entries.get(key);
    if (entry === undefined) return null;
    const ageMs = nowMs - entry.storedAtMs;
    // An age below nothing means that the clock was set back: how old it is cannot be known.
    if (ageMs < 0 || ageMs >= maxAgeMs) return null;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.reply;
  }

  /** Keeps an answer, in place of one of the same key. */
  set(key: string, reply: CachedReply, nowMs: number): void {
    this.#remove(key);
    const bytes = reply.body.byteLength + reply.headers.reduce((sum, text) => sum + text.length, 0) + key.length + overheadBytes;
    if (reply.body.byteLength > this.#limits.bodyBytes || bytes > this.#limits.bytes) return;
    this.#entries.set(key, { reply, bytes, storedAtMs: nowMs });
    this.#bytes += bytes;
    while (this.#bytes > this.#limits.bytes || this.#entries.size > this.#limits.entries) {
      this.#remove(this.#entries.keys().next().value as string);
    }
  }

  /** Forgets everything, as after a change of configuration. */
  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }

  #remove(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
  }
}
