import type { DatabaseKind } from "./database-kinds.ts";
import type { PackedRows } from "./packed-rows.ts";
import type { SqlValue, Statement } from "./store.ts";

/** What the store's thread is started with. */
export interface StoreWorkerData {
  readonly file: string;
  readonly kind: DatabaseKind;
  /** To serve it until it is closed, or to look at it once: then the first reply's value is {@link inspectCopy}'s answer. */
  readonly purpose: "serve" | "inspect";
}

/** What the main thread asks of the store's thread. */
export type StoreRequest =
  | { readonly kind: "all" | "run"; readonly sql: string; readonly parameters: readonly SqlValue[] }
  | {
      readonly kind: "insert-many";
      readonly sql: string;
      readonly rows: readonly (readonly SqlValue[])[] | PackedRows;
      readonly also: readonly Statement[];
    }
  | { readonly kind: "transaction"; readonly statements: readonly Statement[] }
  | { readonly kind: "close" };

/** A request with the number under which its reply will come. */
export interface StoreCall {
  readonly id: number;
  readonly request: StoreRequest;
}

/** A failure as plain data: structured clone keeps an Error's message but not the fields beside it, and `errcode` is one. */
export interface StoreFailure {
  readonly message: string;
  readonly cause: { readonly message: string; readonly code: string | null; readonly errcode: number | null };
}

/** The answer to a {@link StoreCall}, or, under {@link openingId}, whether the file could be opened. */
export type StoreReply =
  | { readonly id: number; readonly failure: null; readonly value: unknown }
  | { readonly id: number; readonly failure: StoreFailure };

/** The id of the worker's first, unasked reply. */
export const openingId = 0;
