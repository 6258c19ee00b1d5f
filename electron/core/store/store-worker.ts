import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { inspectCopy } from "./inspect-copy.ts";
import { openDatabase } from "./open-database.ts";
import { unpackRows } from "./packed-rows.ts";
import { StatementCache } from "./statement-cache.ts";
import { packFailure, storeError } from "./store-error.ts";
import { openingId, type StoreCall, type StoreReply, type StoreRequest, type StoreWorkerData } from "./store-message.ts";
import type { SqlValue, Statement } from "./store.ts";

function inspectDatabaseCopy(port: MessagePort, { file, kind }: StoreWorkerData): void {
  try {
    reply(port, { id: openingId, failure: null, value: inspectCopy(file, kind) });
  } catch (error) {
    reply(port, { id: openingId, failure: packFailure(storeError(`read ${file}`, error)) });
  }
}

/**
 * The store's thread: opens the database that `workerData` names, then answers calls one after the other.
 * A reply to a write is sent after its commit has returned.
 */
function serveDatabase(port: MessagePort, { file, kind }: StoreWorkerData): void {
  let database: DatabaseSync;
  try {
    database = openDatabase(file, kind);
  } catch (error) {
    reply(port, { id: openingId, failure: packFailure(storeError(`open the database ${file}`, error)) });
    return;
  }
  const statements = new StatementCache(database);
  port.on("message", ({ id, request }: StoreCall) => {
    try {
      reply(port, { id, failure: null, value: answer({ database, statements }, request) });
    } catch (error) {
      reply(port, { id, failure: packFailure(storeError(`use the database ${file}`, error)) });
    }
    if (request.kind === "close") port.close();
  });
  reply(port, { id: openingId, failure: null, value: null });
}

interface OpenDatabase {
  readonly database: DatabaseSync;
  readonly statements: StatementCache;
}

function answer({ database, statements }: OpenDatabase, request: StoreRequest): unknown {
  switch (request.kind) {
    case "all":
      return statements.prepare(request.sql).all(...request.parameters);
    case "run":
      return Number(statements.prepare(request.sql).run(...request.parameters).changes);
    case "insert-many":
      return inTransaction(database, () => {
        const changed = insertAll(statements.prepare(request.sql), request.rows);
        runAll(statements, request.also);
        return changed;
      });
    case "transaction":
      return inTransaction(database, () => runAll(statements, request.statements));
    case "close":
      database.close();
      return null;
  }
}

function insertAll(statement: StatementSync, rows: Extract<StoreRequest, { kind: "insert-many" }>["rows"]): number {
  let changed = 0;
  const insert = (row: readonly SqlValue[]): void => {
    changed += Number(statement.run(...row).changes);
  };
  if ("cells" in rows) unpackRows(rows, insert);
  else rows.forEach(insert);
  return changed;
}

function runAll(statements: StatementCache, list: readonly Statement[]): void {
  for (const { sql, parameters } of list) statements.prepare(sql).run(...(parameters ?? []));
}

function inTransaction<Result>(database: DatabaseSync, action: () => Result): Result {
  // IMMEDIATE: the lock is waited for here, at the start, where the busy timeout works. A read lock that must be
  // upgraded later fails at once instead.
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = action();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    // A full disk or an I/O error may have rolled back already.
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

function reply(port: MessagePort, message: StoreReply): void {
  port.postMessage(message);
}

const data = workerData as StoreWorkerData;
if (parentPort !== null) (data.purpose === "inspect" ? inspectDatabaseCopy : serveDatabase)(parentPort, data);
