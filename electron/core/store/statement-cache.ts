import type { DatabaseSync, StatementSync } from "node:sqlite";

const maxStatements = 128;

/** Prepared statements by their SQL, the least recently used of more than 128 forgotten. */
export class StatementCache {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** @throws SQLite's error where the SQL is wrong */
  prepare(sql: string): StatementSync {
    const statement = this.#statements.get(sql) ?? this.#database.prepare(sql);
    // A map remembers the order of insertion: the first is the one that was not used for longest.
    this.#statements.delete(sql);
    this.#statements.set(sql, statement);
    if (this.#statements.size > maxStatements) {
      for (const oldest of this.#statements.keys()) {
        this.#statements.delete(oldest);
        break;
      }
    }
    return statement;
  }
}
