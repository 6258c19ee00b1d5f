import type { SourceModel } from "../source-model.ts";

/** How one kind of model list is asked for and read. It knows nothing of addresses and keys. */
export interface Lister {
  /** The first page's path with its query. @param basePath the path of the base URL, without a slash at its end */
  readonly path: (basePath: string) => string;
  /** A path that older servers have, asked for where the first is not there. */
  readonly instead?: (basePath: string) => string;
  /** The entries of a page; null where it is no such list. */
  readonly entries: (page: unknown) => readonly unknown[] | null;
  /**
   * Reads one entry; null for one that is not meant for calls.
   *
   * @throws {NonsenseError} for one that says something impossible
   */
  readonly read: (entry: unknown) => SourceModel | null;
  /** The next page's path; null behind the last. */
  readonly next?: (page: unknown, basePath: string) => string | null;
  /** Which provider an entry is about, in a list of many providers' models. */
  readonly providerOf?: (entry: unknown) => string;
  /** The prices are those of the providers behind it, so what others say of the same model holds here too. */
  readonly borrowsPrices?: boolean;
}
