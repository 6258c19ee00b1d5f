/** Something that is good until a time, in milliseconds since 1970. */
export interface Expiring<Value> {
  readonly value: Value;
  readonly expiresAtMs: number;
}

/** Short-lived credentials, by what they were made from. */
export interface ExpiringCache<Value> {
  /** The value that needs no renewal yet. */
  held(key: string): Value | undefined;
  /**
   * The held value, else a new one. However many ask at once, `load` runs once; what it throws, everybody gets who
   * waits for it, and the next call tries again. Shortly before its end the old value is handed out while a new one is made.
   */
  get(key: string, load: () => Promise<Expiring<Value>>): Promise<Value>;
}

const renewBeforeMs = 300_000;
/** A call under way still has to arrive with it. */
const leastLeftMs = 30_000;
/** Callers bring credentials of their own: what they leave behind must not grow without end. */
const mostEntries = 64;

/** An empty cache. Whoever holds it decides what a key is; secrets are better hashed first. */
export function createExpiringCache<Value>(nowMs: () => number): ExpiringCache<Value> {
  const entries = new Map<string, Expiring<Value>>();
  const loading = new Map<string, Promise<Value>>();

  function held(key: string): Value | undefined {
    const entry = entries.get(key);
    return entry !== undefined && entry.expiresAtMs - nowMs() > renewBeforeMs ? entry.value : undefined;
  }

  async function renew(key: string, load: () => Promise<Expiring<Value>>): Promise<Value> {
    try {
      const entry = await load();
      entries.delete(key);
      entries.set(key, entry);
      for (const oldest of entries.keys()) {
        if (entries.size <= mostEntries) break;
        entries.delete(oldest);
      }
      return entry.value;
    } finally {
      loading.delete(key);
    }
  }

  return {
    held,
    get(key, load) {
      const fresh = held(key);
      if (fresh !== undefined) return Promise.resolve(fresh);
      let renewal = loading.get(key);
      if (renewal === undefined) loading.set(key, (renewal = renew(key, load)));
      const old = entries.get(key);
      if (old === undefined || old.expiresAtMs - nowMs() < leastLeftMs) return renewal;
      // Nobody waits for this one: if it fails, the old value goes on until its end.
      renewal.catch(() => {});
      return Promise.resolve(old.value);
    },
  };
}
