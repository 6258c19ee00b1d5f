import { PosternError } from "#shared/errors.ts";
import type { StoreFailure } from "./store-message.ts";

/** SQLite's primary result codes that get an answer of their own here. @see https://www.sqlite.org/rescode.html */
export const sqliteCodes = {
  busy: 5,
  readonly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  constraint: 19,
  mismatch: 20,
  notADatabase: 26,
};

const remedies: Readonly<Record<number, string>> = {
  [sqliteCodes.busy]: "another program holds it; close that program",
  [sqliteCodes.readonly]: "make the file and its folder writable",
  [sqliteCodes.ioError]: "check the disk",
  [sqliteCodes.corrupt]: "nothing was changed; move the file away to start anew, or put a copy of it in its place",
  [sqliteCodes.full]: "free space on its disk",
  [sqliteCodes.cannotOpen]: "make the file and its folder readable and writable",
  [sqliteCodes.notADatabase]: "nothing was changed; move the file away to start anew, or put a copy of it in its place",
};

/**
 * SQLite's primary result code of a failure, whether it is SQLite's own error or one whose `cause` is.
 *
 * @returns 1 to 28; null where SQLite did not speak
 */
export function sqliteCodeOf(error: unknown): number | null {
  for (let at = error; at instanceof Error; at = at.cause) {
    // The upper bytes are the extended code: 264 is SQLITE_READONLY_RECOVERY.
    if ("errcode" in at && typeof at.errcode === "number") return at.errcode & 0xff;
  }
  return null;
}

/**
 * Whether the database is well and only refuses these values: a constraint, a wrong type, something that SQLite cannot
 * hold. Trying the same again cannot help.
 */
export function isRefusedValue(error: unknown): boolean {
  const code = sqliteCodeOf(error);
  if (code !== null) return code === sqliteCodes.constraint || code === sqliteCodes.mismatch;
  return error instanceof Error && error.cause instanceof Error && "code" in error.cause && error.cause.code === "ERR_INVALID_ARG_TYPE";
}

/**
 * Puts words around a failure of the database. SQLite's messages name tables and columns, never a value.
 *
 * @param action what was tried: `Cannot <action>: ...`
 * @param options.remedy what would work, where SQLite's code does not say it
 */
export function storeError(action: string, cause: unknown, options: { readonly remedy?: string } = {}): PosternError {
  if (cause instanceof PosternError) return cause;
  const state = cause instanceof Error ? cause.message : String(cause);
  const remedy = options.remedy ?? remedies[sqliteCodeOf(cause) ?? 0];
  return new PosternError("internal", `Cannot ${action}: ${state}${remedy === undefined ? "" : `; ${remedy}`}`, { cause });
}

/** Turns an error into data that can cross threads. */
export function packFailure(error: Error): StoreFailure {
  const cause: unknown = error.cause ?? error;
  return {
    message: error.message,
    cause: {
      message: cause instanceof Error ? cause.message : String(cause),
      code: cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : null,
      errcode: cause instanceof Error && "errcode" in cause && typeof cause.errcode === "number" ? cause.errcode : null,
    },
  };
}

/** The other side of {@link packFailure}: the same words, and a `cause` that carries `code` and `errcode`. */
export function unpackFailure(failure: StoreFailure): PosternError {
  const { message, code, errcode } = failure.cause;
  return new PosternError("internal", failure.message, { cause: Object.assign(new Error(message), { code, errcode }) });
}
