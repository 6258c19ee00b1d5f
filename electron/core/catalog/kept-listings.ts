import { PosternError } from "#shared/errors.ts";
import type { RefreshOutcome } from "#shared/schema/model.ts";
import { debugLog } from "#core/debug.ts";
import type { Clock } from "#core/platform.ts";
import type { Connections } from "#core/upstream/connections.ts";
import type { Signer } from "#core/upstream/sign-outgoing.ts";
import { fetchListing } from "./fetch-listing.ts";
import type { ListingFiles } from "./listing-file.ts";
import { addressOf, type ListSource } from "./list-sources.ts";
import { countModels, type Listing } from "./listing.ts";

/** Why a source could not be read the last time; null where it could. */
export interface SourceFailure {
  readonly error: PosternError;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

/** The last good list of each source, in memory and on disk. */
export interface KeptListings {
  /** Reads what is on disk. Resolves when all of it is there; a second call waits for the first. */
  load(): Promise<void>;
  /** The last good list of a source from the address that it has now; null where there is none. */
  get(source: ListSource): Listing | null;
  failureOf(source: ListSource): SourceFailure | null;
  /** Whether a list is older than it may be, or not there. */
  isStale(source: ListSource): boolean;
  /**
   * Fetches a list, unless it is being fetched: then this waits for that. What is here stays where it fails.
   *
   * @throws {PosternError} `upstream_*` or what is wrong with the key
   */
  fetch(source: ListSource): Promise<RefreshOutcome>;
  /** The same for what nobody waits for: never throws, and waits a minute after a failure. */
  refreshQuietly(source: ListSource): void;
  /** Forgets a source's list. Resolves with whether there was one. */
  forget(id: string): Promise<boolean>;
}

/** What became of a source's list. */
export interface ListingChange {
  readonly source: string;
  readonly models: number;
  /** Whether it is another one now. */
  readonly isNew: boolean;
}

/** What the lists need from outside. */
export interface KeptListingsOptions {
  readonly connections: Pick<Connections, "to">;
  readonly clock: Clock;
  readonly files: ListingFiles;
  readonly sign: Signer;
  /** The key for a source, if it may go there. @throws {PosternError} where a key that is needed cannot be had */
  readonly findSecret: (source: ListSource) => Promise<string | null>;
  /** Told of a list that was refused or could not be had, once for each that fails. */
  readonly notify: (words: string) => void;
  /** Told when a list was fetched, replaced or not, or forgotten; then it has no models. */
  readonly onChange: (change: ListingChange) => void;
}

const timeoutMs = 10_000;
/** A source that failed is asked again after this, where nobody waits for it. */
const pauseAfterFailureMs = 60_000;

const log = debugLog("catalog");

/** Opens the lists; nothing is read or fetched yet. */
export function openKeptListings(options: KeptListingsOptions): KeptListings {
  const { clock, files } = options;
  const listings = new Map<string, Listing>();
  const failures = new Map<string, SourceFailure & { readonly address: string }>();
  const underWay = new Map<string, Promise<RefreshOutcome>>();
  let loading: Promise<void> | null = null;

  async function load(): Promise<void> {
    const read = async (name: string): Promise<void> => {
      const listing = await files.read(name);
      // What came in the meantime is newer.
      if (listing !== null && !listings.has(name)) listings.set(name, listing);
    };
    await Promise.all((await files.names()).map(read));
  }

  const get = (source: ListSource): Listing | null => {
    const listing = listings.get(source.id);
    return listing !== undefined && listing.address === addressOf(source) ? listing : null;
  };

  const failureOf = (source: ListSource): SourceFailure | null => {
    const failure = failures.get(source.id);
    return failure?.address === addressOf(source) ? failure : null;
  };

  const isStale = (source: ListSource): boolean => {
    const listing = get(source);
    const fetchedAtMs = listing?.fetchedAtMs ?? null;
    return fetchedAtMs === null || Math.abs(clock.nowMs() - fetchedAtMs) > source.ttlMs;
  };

  async function fetchNow(source: ListSource): Promise<RefreshOutcome> {
    const secret = source.key === "none" ? null : await options.findSecret(source);
    const before = get(source);
    const fetched = await fetchListing(
      {
        who: source.id,
        lister: source.lister,
        origin: source.origin,
        basePath: source.basePath,
        timeoutMs,
        headersFor: (path) => headersOf(source, path, secret),
      },
      options,
      before?.validators ?? null,
    );
    const fetchedAtMs = clock.nowMs();
    const listing: Listing =
      fetched.kind === "unchanged" && before !== null
        ? { ...before, fetchedAtMs }
        : { groups: [], validators: null, ...fetched, fetchedAtMs, address: addressOf(source) };
    const models = countModels(listing);
    if (models === 0 && before !== null && countModels(before) > 0 && source.row?.local !== true)
      throw new PosternError("upstream_invalid", `Cannot believe the model list of ${source.id}: it is empty, and was not before`);
    listings.set(source.id, listing);
    await files.write(source.id, listing).catch((error: Error) => log("cannot keep the list of %s: %s", source.id, error.message));
    options.onChange({ source: source.id, models, isNew: fetched.kind === "new" });
    return { gateway: source.id, outcome: fetched.kind === "new" ? "updated" : "unchanged", models, message: null };
  }

  async function headersOf(source: ListSource, path: string, secret: string | null): Promise<readonly string[]> {
    const headers = ["accept", "application/json", "accept-encoding", "identity", "user-agent", "postern"];
    if (source.row === null) return headers;
    for (const name in source.row.headers) headers.push(name, source.row.headers[name] as string);
    if (secret !== null)
      await options.sign({ method: "GET", origin: source.origin, path, headers, body: null }, source.row, secret, "person");
    return headers;
  }

  function fetch(source: ListSource): Promise<RefreshOutcome> {
    const key = `${source.id} ${addressOf(source)}`;
    let fetching = underWay.get(key);
    if (fetching === undefined) underWay.set(key, (fetching = attempt(source).finally(() => underWay.delete(key))));
    return fetching;
  }

  async function attempt(source: ListSource): Promise<RefreshOutcome> {
    try {
      const outcome = await fetchNow(source);
      failures.delete(source.id);
      return outcome;
    } catch (error) {
      const failure = asPosternError(source, error);
      log("no model list from %s: %s", source.id, failure.message);
      // A key that is missing is no news, nor a model server on this machine that is not running; anything else is told
      // once, until it has worked again.
      const isNews = failure.fault === "provider" && source.row?.local !== true;
      if (isNews && failureOf(source) === null) options.notify(`${failure.message}; what was known of it stays`);
      failures.set(source.id, { error: failure, atMs: clock.nowMs(), address: addressOf(source) });
      throw failure;
    }
  }

  return {
    load: () => (loading ??= load()),
    get,
    failureOf,
    isStale,
    fetch,
    refreshQuietly(source) {
      const failure = failureOf(source);
      if (failure !== null && Math.abs(clock.nowMs() - failure.atMs) < pauseAfterFailureMs) return;
      // It is in failureOf() then, for whoever wants to know.
      fetch(source).catch(() => {});
    },
    async forget(id) {
      const had = listings.delete(id);
      failures.delete(id);
      await files.remove(id);
      if (had) options.onChange({ source: id, models: 0, isNew: true });
      return had;
    },
  };
}

function asPosternError(source: ListSource, error: unknown): PosternError {
  if (error instanceof PosternError) return error;
  return new PosternError("internal", `Cannot read the model list of ${source.id}: Postern made a mistake`, { cause: error });
}
