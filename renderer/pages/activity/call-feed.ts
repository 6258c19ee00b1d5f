import type { CallFilter, CallUnderWay, LoggedCall } from "#shared/contract/calls.ts";
import { admin } from "../../data/admin.ts";
import { onLiveEvent } from "../../data/live.ts";

/** The log as the page has it. */
export interface FeedState {
  readonly phase: "loading" | "ready" | "failed";
  readonly error: unknown;
  /** The newest first. */
  readonly calls: readonly LoggedCall[];
  /** Newer ones that came while nobody wanted the rows to move. */
  readonly waiting: readonly LoggedCall[];
  /** Whether there may be older ones. */
  readonly hasOlder: boolean;
  readonly isLoadingOlder: boolean;
  readonly underWay: readonly CallUnderWay[];
}

/** Follows the log, within bounds: however many calls come, the page holds {@link mostRows} and changes four times a second. */
export interface CallFeed {
  readonly state: FeedState;
  readonly subscribe: (hear: () => void) => () => void;
  /** Reads the first page and follows from there. @returns ends it */
  start(): () => void;
  /** Whether new rows come into the list at once, or wait. */
  setFollowing(isFollowing: boolean): void;
  loadOlder(): void;
  /** Reads everything anew. */
  reload(): void;
}

/** The most rows in the page's memory; older ones are read again when somebody scrolls to them. */
export const mostRows = 2_000;
const pageSize = 100;
/** Of a flood nobody can read more than what is in sight; what lies below is read when somebody scrolls there. */
const newSizeFollowing = 60;
const newSizeWaiting = 500;
/** A first page is filled as long as the search finds less than a screen of rows. */
const screenRows = 40;
const readApartMs = 250;
/** While more comes than is shown, or nobody wants to see it move. */
const readApartBusyMs = 500;
const lookAgainMs = 1_000;

/** Makes a feed of the calls that a filter lets through. */
export function createCallFeed(filter: CallFilter): CallFeed {
  let state: FeedState = { phase: "loading", error: null, calls: [], waiting: [], hasOlder: false, isLoadingOlder: false, underWay: [] };
  const listeners = new Set<() => void>();
  let aborting = new AbortController();
  let isFollowing = true;
  let next: number | null = null;
  /** The newest call that was looked at, whether the filter let it through or not. */
  let seen = 0;
  /** Where the calls end that wait, if they do not reach down to those that show. */
  let gap: number | null = null;
  let isReading = false;
  let isOld = false;
  let isBusy = false;
  let readAtMs = -Infinity;
  let readTimer: ReturnType<typeof setTimeout> | undefined;
  let lookTimer: ReturnType<typeof setTimeout> | undefined;

  function set(change: Partial<FeedState>): void {
    state = { ...state, ...change };
    for (const hear of listeners) hear();
  }

  async function readFirst(): Promise<void> {
    const { signal } = aborting;
    try {
      const page = await admin("listCalls", { query: { ...filter, limit: pageSize } }, { signal });
      seen = page.newest ?? 0;
      next = page.next;
      set({ phase: "ready", error: null, calls: page.calls, waiting: [], hasOlder: next !== null });
      if (page.calls.length < screenRows && next !== null) void readOlder();
      void lookUnderWay(signal).catch(() => undefined);
    } catch (error) {
      if (!signal.aborted) set({ phase: "failed", error });
    }
  }

  async function readOlder(): Promise<void> {
    if (state.isLoadingOlder || next === null) return;
    const { signal } = aborting;
    set({ isLoadingOlder: true });
    try {
      let found = 0;
      // A search looks at a part of the log at a time, and may find nothing in it.
      while (next !== null && found < screenRows) {
        const page: { readonly calls: readonly LoggedCall[]; readonly next: number | null } = await admin(
          "listCalls",
          { query: { ...filter, before: next, limit: pageSize } },
          { signal },
        );
        found += page.calls.length;
        next = page.next;
        set({ calls: [...state.calls, ...page.calls], hasOlder: next !== null });
      }
      set({ isLoadingOlder: false });
    } catch (error) {
      if (!signal.aborted) set({ isLoadingOlder: false, error });
    }
  }

  /** Reads what came since, at most four times a second, however many events tell of it. */
  function readSoon(): void {
    isOld = true;
    if (isReading || readTimer !== undefined || state.phase !== "ready") return;
    const apartMs = isBusy || !isFollowing ? readApartBusyMs : readApartMs;
    const waitMs = Math.max(0, readAtMs + apartMs - performance.now());
    readTimer = setTimeout(() => {
      readTimer = undefined;
      void readNew();
    }, waitMs);
  }

  async function readNew(): Promise<void> {
    const { signal } = aborting;
    isReading = true;
    isOld = false;
    readAtMs = performance.now();
    try {
      const [page] = await Promise.all([
        admin("listCalls", { query: { ...filter, after: seen, limit: isFollowing ? newSizeFollowing : newSizeWaiting } }, { signal }),
        lookUnderWay(signal),
      ]);
      seen = page.newest ?? seen;
      isBusy = page.next !== null;
      take(page.calls, page.next);
    } catch {
      // The next event tries again; the banner over the page says when Postern is away.
    }
    isReading = false;
    if (isOld && !signal.aborted) readSoon();
  }

  function take(calls: readonly LoggedCall[], page: number | null): void {
    if (calls.length === 0) return;
    // More came than a page or the memory holds: what lies between is read when somebody scrolls there.
    const isGap = page !== null || state.waiting.length + calls.length > mostRows;
    if (isGap) gap = page ?? calls.at(-1)?.id ?? null;
    const waiting = isGap ? calls : [...calls, ...state.waiting];
    if (isFollowing) show(waiting);
    else set({ waiting });
  }

  /** Puts newer calls on top, and lets go of the oldest rows. */
  function show(newer: readonly LoggedCall[]): void {
    const all = gap === null ? [...newer, ...state.calls] : newer;
    const calls = all.slice(0, mostRows);
    if (gap !== null) next = gap;
    else if (all.length > mostRows) next = calls.at(-1)?.id ?? next;
    gap = null;
    set({ calls, waiting: [], hasOlder: next !== null });
  }

  async function lookUnderWay(signal: AbortSignal): Promise<void> {
    clearTimeout(lookTimer);
    const { calls } = await admin("listCallsUnderWay", {}, { signal });
    if (signal.aborted) return;
    if (calls.length > 0 || state.underWay.length > 0) set({ underWay: calls });
    // A call that waits for its answer tells nothing, and its clock must go on.
    if (calls.length > 0) lookTimer = setTimeout(() => void lookUnderWay(signal).catch(() => undefined), lookAgainMs);
  }

  function reload(): void {
    aborting.abort();
    aborting = new AbortController();
    isReading = false;
    gap = null;
    set({ isLoadingOlder: false });
    void readFirst();
  }

  return {
    get state() {
      return state;
    },
    subscribe: (hear) => {
      listeners.add(hear);
      return () => listeners.delete(hear);
    },
    start() {
      aborting = new AbortController();
      void readFirst();
      const end = onLiveEvent((event) => {
        if (event.type === "calls-changed") readSoon();
        else if (event.type === "hello") reload();
      });
      return () => {
        end();
        aborting.abort();
        clearTimeout(readTimer);
        clearTimeout(lookTimer);
        readTimer = undefined;
        isReading = false;
      };
    },
    setFollowing(wanted) {
      isFollowing = wanted;
      if (isFollowing && state.waiting.length > 0) show(state.waiting);
    },
    loadOlder: () => void readOlder(),
    reload,
  };
}
