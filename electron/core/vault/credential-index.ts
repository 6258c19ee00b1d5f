import type { Store } from "#core/store/store.ts";
import { credentialKey, type CredentialInfo } from "./credential.ts";

interface Row {
  readonly provider: string;
  readonly name: string;
  readonly last_four: string | null;
  readonly origins: string;
  readonly source: string;
  readonly created_at_ms: number;
}

const upsert = `INSERT INTO credentials (provider, name, last_four, origins, source, created_at_ms) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (provider, name) DO UPDATE SET last_four = excluded.last_four, origins = excluded.origins, source = excluded.source`;

/**
 * What is known of the stored keys without opening any: the `credentials` table, held in memory as well, so that
 * whether a provider has a key costs a look-up. It follows the table because nobody else writes there.
 */
export class CredentialIndex {
  readonly #store: Store;
  readonly #infos = new Map<string, CredentialInfo>();
  /** Per provider the key that serves where none is named. */
  readonly #preferred = new Map<string, CredentialInfo>();

  private constructor(store: Store) {
    this.#store = store;
  }

  /** Reads the table. */
  static async open(store: Store): Promise<CredentialIndex> {
    const index = new CredentialIndex(store);
    const rows = await store.all<Row>(
      "SELECT provider, name, last_four, origins, source, created_at_ms FROM credentials ORDER BY created_at_ms",
    );
    for (const row of rows) index.#hold(readRow(row));
    return index;
  }

  /** All of them, in the order of their first saving. */
  list(): CredentialInfo[] {
    return [...this.#infos.values()];
  }

  get(provider: string, name: string): CredentialInfo | undefined {
    return this.#infos.get(credentialKey(provider, name));
  }

  /** The one named `default`, else the first added. */
  preferred(provider: string): CredentialInfo | undefined {
    return this.#preferred.get(provider);
  }

  /** A time for the next entry: later than every other's, so that the order holds when the clock stands or goes back. */
  nextCreatedAtMs(nowMs: number): number {
    return this.list().reduce((latestMs, info) => Math.max(latestMs, info.createdAtMs + 1), nowMs);
  }

  async put(info: CredentialInfo): Promise<void> {
    const { provider, name, lastFour, origins, source, createdAtMs } = info;
    await this.#store.run(upsert, [provider, name, lastFour, JSON.stringify(origins), source, createdAtMs]);
    this.#hold(info);
  }

  /** Puts an entry in the place of one of another name. */
  async rename(old: CredentialInfo, info: CredentialInfo): Promise<void> {
    await this.#store.run("UPDATE credentials SET name = ? WHERE provider = ? AND name = ?", [info.name, old.provider, old.name]);
    this.#infos.delete(credentialKey(old.provider, old.name));
    this.#hold(info);
    // They stand in the order of their saving.
    const sorted = [...this.#infos].toSorted(([, one], [, other]) => one.createdAtMs - other.createdAtMs);
    this.#infos.clear();
    for (const [key, held] of sorted) this.#infos.set(key, held);
    this.#prefer(info.provider);
  }

  async delete(provider: string, name: string): Promise<void> {
    await this.#store.run("DELETE FROM credentials WHERE provider = ? AND name = ?", [provider, name]);
    this.#infos.delete(credentialKey(provider, name));
    this.#prefer(provider);
  }

  #hold(info: CredentialInfo): void {
    this.#infos.set(credentialKey(info.provider, info.name), Object.freeze(info));
    Object.freeze(info.origins);
    this.#prefer(info.provider);
  }

  #prefer(provider: string): void {
    const first = this.get(provider, "default") ?? this.list().find((info) => info.provider === provider);
    if (first === undefined) this.#preferred.delete(provider);
    else this.#preferred.set(provider, first);
  }
}

function readRow(row: Row): CredentialInfo {
  return {
    provider: row.provider,
    name: row.name,
    lastFour: row.last_four ?? "",
    origins: readOrigins(row.origins),
    source: row.source === "file" ? "file" : "keychain",
    createdAtMs: row.created_at_ms,
  };
}

/** What cannot be read binds the key to nothing: it waits until the person binds it anew. */
function readOrigins(text: string): string[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((origin) => typeof origin === "string") ? value : [];
  } catch {
    return [];
  }
}
