import type { PackedRows } from "./packed-rows.ts";

/** What SQLite can hold in a column. */
export type SqlValue = null | number | bigint | string | Uint8Array;

/** One statement with its parameters. */
export interface Statement {
  readonly sql: string;
  readonly parameters?: readonly SqlValue[];
}

/**
 * The database, as the rest of core sees it. It runs in a worker thread, so nothing here blocks a request.
 * A promise that resolved after a write means: committed (WAL, synchronous FULL).
 * Calls are answered in the order in which they were made. A rejection's `cause` carries SQLite's `errcode`.
 */
export interface Store {
  all<Row>(sql: string, parameters?: readonly SqlValue[]): Promise<Row[]>;
  /** Runs one statement. Resolves with the number of rows that it changed. */
  run(sql: string, parameters?: readonly SqlValue[]): Promise<number>;
  /**
   * Runs one statement once for each row of parameters, in one transaction. Resolves with the number of rows that it changed.
   *
   * @param also run behind the rows, in the same transaction
   */
  insertMany(sql: string, rows: readonly (readonly SqlValue[])[] | PackedRows, also?: readonly Statement[]): Promise<number>;
  /** Runs all statements in one transaction: all of them or none. */
  transaction(statements: readonly Statement[]): Promise<void>;
  /** Finishes what was asked for, then closes the file. */
  close(): Promise<void>;
}
