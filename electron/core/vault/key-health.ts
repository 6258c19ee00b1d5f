import { PairMap } from "#shared/pair-map.ts";
import type { Clock } from "#core/platform.ts";
import type { Store } from "#core/store/store.ts";
import type { CredentialInfo } from "./credential.ts";

/** What came of a test of a key. */
export interface KeyTest {
  readonly atMs: number;
  /**
   * `works` where only a key is let in; `open` where the provider answered, and answers anybody; `refused` by the provider;
   * `unclear` where no answer tells; `untestable` where there is nothing that costs nothing to ask for.
   */
  readonly verdict: "works" | "open" | "refused" | "unclear" | "untestable";
  readonly words: string;
}

/** How a key has done lately. */
export interface KeyStanding {
  /** Null where nothing has shown it yet. */
  readonly works: boolean | null;
  /** Since when it has been so, without a break: milliseconds since 1970. */
  readonly sinceMs: number | null;
  readonly test: KeyTest | null;
}

interface Health {
  /** Another secret is another key. */
  readonly lastFour: string;
  works: boolean | null;
  sinceMs: number | null;
  test: KeyTest | null;
}

interface Row {
  readonly provider: string;
  readonly name: string;
  readonly last_four: string;
  readonly works: number | null;
  readonly since_ms: number | null;
  readonly tested_at_ms: number | null;
  readonly verdict: KeyTest["verdict"] | null;
  readonly words: string | null;
}

const upsert = `INSERT INTO key_health (provider, name, last_four, works, since_ms, tested_at_ms, verdict, words) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (provider, name) DO UPDATE SET last_four = excluded.last_four, works = excluded.works, since_ms = excluded.since_ms,
  tested_at_ms = excluded.tested_at_ms, verdict = excluded.verdict, words = excluded.words`;

const unknown: KeyStanding = { works: null, sinceMs: null, test: null };

/**
 * Whether keys work: what their last tests said, and what providers said to calls with them. It is written down where it
 * changes, not with every call. Losing it costs a test.
 */
export class KeyHealth {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #find: (provider: string, name: string) => CredentialInfo | undefined;
  readonly #onChange: (provider: string) => void;
  readonly #known = new PairMap<Health>();

  private constructor(store: Store, options: KeyHealthOptions) {
    this.#store = store;
    this.#clock = options.clock;
    this.#find = options.find;
    this.#onChange = options.onChange;
  }

  /** Reads what was known when Postern last ended. */
  static async open(store: Store, options: KeyHealthOptions): Promise<KeyHealth> {
    const health = new KeyHealth(store, options);
    const rows = await store.all<Row>("SELECT provider, name, last_four, works, since_ms, tested_at_ms, verdict, words FROM key_health");
    for (const row of rows) health.#known.set(row.provider, row.name, readRow(row));
    return health;
  }

  /** How a key stands; of another secret under its name nothing is taken over. */
  of({ provider, name, lastFour }: CredentialInfo): KeyStanding {
    const known = this.#known.get(provider, name);
    return known === undefined || known.lastFour !== lastFour ? unknown : known;
  }

  /** Takes down a test. One that tells nothing leaves what was known. */
  async noteTest(info: CredentialInfo, test: Omit<KeyTest, "atMs">): Promise<void> {
    const health = this.#healthOf(info);
    health.test = { ...test, atMs: this.#clock.nowMs() };
    if (test.verdict === "works") this.#turn(health, true);
    if (test.verdict === "refused") this.#turn(health, false);
    await this.#write(info.provider, info.name, health);
  }

  /**
   * Takes down what a provider said to a call: that it let the key in, or did not. On every call's way, so it only looks
   * where nothing has changed.
   */
  noteCall(provider: string, name: string, works: boolean): void {
    if (this.#known.get(provider, name)?.works === works) return;
    const info = this.#find(provider, name);
    if (info === undefined) return;
    const health = this.#healthOf(info);
    this.#turn(health, works);
    // A store that fails is told of by the log of calls; this is known anew by the next start's first call.
    this.#write(provider, name, health).catch(() => undefined);
    this.#onChange(provider);
  }

  /** Forgets a key that is gone, or whose secret is another one now. */
  async forget(provider: string, name: string): Promise<void> {
    this.#known.delete(provider, name);
    await this.#store.run("DELETE FROM key_health WHERE provider = ? AND name = ?", [provider, name]);
  }

  /** Keeps what is known of a key under its new name. */
  async rename(provider: string, from: string, to: string): Promise<void> {
    const known = this.#known.get(provider, from);
    await this.forget(provider, from);
    if (known === undefined) return;
    this.#known.set(provider, to, known);
    await this.#write(provider, to, known);
  }

  #healthOf({ provider, name, lastFour }: CredentialInfo): Health {
    const known = this.#known.get(provider, name);
    if (known !== undefined && known.lastFour === lastFour) return known;
    const fresh: Health = { lastFour, works: null, sinceMs: null, test: null };
    this.#known.set(provider, name, fresh);
    return fresh;
  }

  #turn(health: Health, works: boolean): void {
    if (health.works === works) return;
    health.works = works;
    health.sinceMs = this.#clock.nowMs();
  }

  async #write(provider: string, name: string, { lastFour, works, sinceMs, test }: Health): Promise<void> {
    const worksValue = works === null ? null : works ? 1 : 0;
    const tested = [test?.atMs ?? null, test?.verdict ?? null, test?.words ?? null];
    await this.#store.run(upsert, [provider, name, lastFour, worksValue, sinceMs, ...tested]);
  }
}

/** What {@link KeyHealth} works with. */
export interface KeyHealthOptions {
  readonly clock: Clock;
  /** The key of that name, as the vault lists it. */
  readonly find: (provider: string, name: string) => CredentialInfo | undefined;
  /** Told where a call has shown that a key works, or works no longer. */
  readonly onChange: (provider: string) => void;
}

function readRow(row: Row): Health {
  const { tested_at_ms: atMs, verdict, words } = row;
  return {
    lastFour: row.last_four,
    works: row.works === null ? null : row.works === 1,
    sinceMs: row.since_ms,
    test: atMs === null || verdict === null ? null : { atMs, verdict, words: words ?? "" },
  };
}
