import { once } from "node:events";
import { getCompileCacheDir } from "node:module";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { PosternError } from "#shared/errors.ts";
import type { DatabaseKind } from "./database-kinds.ts";
import { ensurePrivateFile } from "./ensure-private-file.ts";
import type { PackedRows } from "./packed-rows.ts";
import { storeError, unpackFailure } from "./store-error.ts";
import { openingId, type StoreCall, type StoreReply, type StoreRequest, type StoreWorkerData } from "./store-message.ts";
import type { SqlValue, Statement, Store } from "./store.ts";

/**
 * Opens the database in a worker thread: makes it where it is missing, brings it to the newest version where it is older.
 * The file and SQLite's `-wal` and `-shm` beside it get mode 0600. The thread keeps the process alive only while a call waits
 * for its answer.
 *
 * @param file its folder must exist
 * @param kind whose tables it holds
 * @throws {PosternError} where the file is no database, is damaged, or comes from a newer Postern; it is untouched then.
 *   The `cause` of this and of every later rejection carries SQLite's `errcode`, where SQLite spoke
 */
export async function openStore(file: string, kind: DatabaseKind = "postern"): Promise<Store> {
  const database = path.resolve(file);
  try {
    ensurePrivateFile(database);
  } catch (error) {
    throw storeError(`open the database ${database}`, error);
  }
  const store = new WorkerStore(database, kind);
  await store.opened;
  return store;
}

/**
 * Looks at a copy of a database as {@link inspectCopy} does, in a thread of its own: calls go on being logged meanwhile.
 *
 * @returns why it may not take the database's place; null where it may
 * @throws {PosternError} where it is damaged, or no database
 */
export async function inspectCopyInThread(file: string, kind: DatabaseKind): Promise<string | null> {
  const worker = startThread({ file: path.resolve(file), kind, purpose: "inspect" });
  const ended = once(worker, "exit").then(() => {
    throw new PosternError("internal", `Cannot read ${file}: its thread has ended; try again`);
  });
  const [reply] = (await Promise.race([once(worker, "message"), ended])) as [StoreReply];
  if (reply.failure !== null) throw unpackFailure(reply.failure);
  return reply.value as string | null;
}

/** In source the worker is a `.ts` file; a build puts `store-worker.js` beside the chunk that holds this. A variable, so that no bundler rewrites it. */
const workerFile = import.meta.url.endsWith(".ts") ? "./store-worker.ts" : "./store-worker.js";

function startThread(data: StoreWorkerData): Worker {
  // The folder of this Node in the folder that the process keeps what it compiled in; a thread does not inherit it.
  const compileCache = getCompileCacheDir();
  return new Worker(new URL(workerFile, import.meta.url), {
    name: data.purpose === "serve" ? `${data.kind}-store` : `${data.kind}-copy`,
    workerData: data,
    // No environment: it holds provider keys, and this thread needs none of it but where compiled code is kept. No flags
    // of the process either: a worker refuses some of them, such as --input-type.
    env: compileCache === undefined ? {} : { NODE_COMPILE_CACHE: path.dirname(compileCache) },
    execArgv: [],
  });
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

class WorkerStore implements Store {
  readonly #file: string;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = openingId;
  /** Why no further call is taken; null while calls are. */
  #ended: PosternError | null = null;
  #closing: Promise<void> | null = null;
  readonly opened: Promise<unknown>;

  constructor(file: string, kind: DatabaseKind) {
    this.#file = file;
    this.#worker = startThread({ file, kind, purpose: "serve" });
    this.opened = new Promise((resolve, reject) => this.#waiting.set(openingId, { resolve, reject }));
    this.#worker.on("message", (reply: StoreReply) => this.#settle(reply));
    this.#worker.on("error", (error) => this.#end(storeError(`use the database ${file}`, error, { remedy: "restart Postern" })));
    this.#worker.on("exit", () => {
      this.#end(new PosternError("internal", `Cannot use the database ${file}: its thread has ended; restart Postern`));
    });
  }

  all<Row>(sql: string, parameters: readonly SqlValue[] = []): Promise<Row[]> {
    return this.#ask<Row[]>({ kind: "all", sql, parameters });
  }

  run(sql: string, parameters: readonly SqlValue[] = []): Promise<number> {
    return this.#ask<number>({ kind: "run", sql, parameters });
  }

  insertMany(sql: string, rows: readonly (readonly SqlValue[])[] | PackedRows, also: readonly Statement[] = []): Promise<number> {
    if (!("cells" in rows)) return this.#ask<number>({ kind: "insert-many", sql, rows, also });
    // A copy of just these cells: sent as they are, the whole memory behind them would be cloned.
    const cells = rows.cells.slice();
    return this.#ask<number>({ kind: "insert-many", sql, rows: { ...rows, cells }, also }, [cells.buffer]);
  }

  async transaction(statements: readonly Statement[]): Promise<void> {
    await this.#ask({ kind: "transaction", statements });
  }

  close(): Promise<void> {
    // The thread answers in order, so this comes after everything that was asked for before.
    this.#closing ??= this.#ask({ kind: "close" }).then(() => undefined);
    this.#ended ??= new PosternError("internal", `Cannot use the database ${this.#file}: it is closed; open it again`);
    return this.#closing;
  }

  #ask<Result>(request: StoreRequest, handedOver: readonly ArrayBuffer[] = []): Promise<Result> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      // First, for it throws where a parameter cannot be cloned; the answer cannot come before this function is done.
      this.#worker.postMessage({ id, request } satisfies StoreCall, handedOver);
      if (this.#waiting.size === 0) this.#worker.ref();
      this.#waiting.set(id, { resolve: (value) => resolve(value as Result), reject });
    });
  }

  #settle(reply: StoreReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if (reply.failure === null) waiting?.resolve(reply.value);
    else waiting?.reject(unpackFailure(reply.failure));
  }

  #end(error: PosternError): void {
    this.#ended ??= error;
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }
}
