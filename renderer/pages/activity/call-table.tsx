import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowUp } from "lucide-react";
import {
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { classNames } from "../../parts/class-names.ts";
import { formatCount } from "../../text/format.ts";
import { useText } from "../../text/texts.ts";
import { mostRows, type FeedState } from "./call-feed.ts";
import { CallRow, columnClasses, gridClasses, rowHeight } from "./call-row.tsx";
import type { ActivitySearch } from "./search.ts";
import { UnderWayRows } from "./under-way-rows.tsx";

const topPixels = 8;
const headerHeight = 33;
const olderRows = 20;
const pageRows = 12;

/** The calls as rows: only those in sight are on the page, whatever the log holds. Arrow keys walk, Enter opens. */
export function CallTable({
  state,
  search,
  isPaused,
  isPressed,
  onOpen,
  onOlder,
  onAtTop,
  onPress,
  onShowNew,
  scrollToTop,
}: {
  readonly state: FeedState;
  readonly search: ActivitySearch;
  readonly isPaused: boolean;
  readonly isPressed: boolean;
  readonly onOpen: (id: number) => void;
  readonly onOlder: () => void;
  /** Whether the list stands at its top, where new rows come in. */
  readonly onAtTop: (isAtTop: boolean) => void;
  /** Whether a pointer is down on the rows: one that moves away between press and release is never clicked. */
  readonly onPress: (isPressed: boolean) => void;
  readonly onShowNew: () => void;
  readonly scrollToTop: RefObject<() => void>;
}): ReactNode {
  const say = useText("activity");
  const scroller = useRef<HTMLDivElement>(null);
  const [currentId, setCurrentId] = useState<number | null>(null);
  const wantsFocus = useRef(false);
  const list = useRef<HTMLDivElement>(null);
  const [listTop, setListTop] = useState(headerHeight);
  useLayoutEffect(() => {
    setListTop(list.current?.offsetTop ?? headerHeight);
  });
  const { calls } = state;
  const getItemKey = useCallback((index: number) => calls[index]?.id ?? index, [calls]);
  const virtualizer = useVirtualizer({
    count: calls.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey,
    overscan: 6,
    // The names of the columns stay on top, and calls under way come before the first row.
    scrollMargin: listTop,
    scrollPaddingStart: headerHeight,
  });
  const rows = virtualizer.getVirtualItems();
  const lastRow = rows.at(-1)?.index ?? 0;
  const { hasOlder, isLoadingOlder } = state;
  useEffect(() => {
    if (hasOlder && !isLoadingOlder && lastRow >= calls.length - olderRows) onOlder();
  }, [lastRow, calls.length, hasOlder, isLoadingOlder, onOlder]);
  useEffect(() => {
    scrollToTop.current = () => scroller.current?.scrollTo({ top: 0 });
  }, [scrollToTop]);

  function press({ button, isPrimary, target, currentTarget }: PointerEvent): void {
    // The scrollbar belongs to the box itself, and a menu that opens on the press swallows the release.
    if (button !== 0 || !isPrimary || target === currentTarget) return;
    const released = new AbortController();
    const release = (): void => {
      released.abort();
      // The click comes after the pointer's own event.
      setTimeout(() => onPress(false));
    };
    for (const type of ["pointerup", "pointercancel", "contextmenu", "blur"])
      window.addEventListener(type, release, { signal: released.signal });
    onPress(true);
  }

  const currentIndex = Math.max(0, currentId === null ? 0 : calls.findIndex(({ id }) => id === currentId));
  function moveTo(index: number): void {
    const at = Math.min(Math.max(index, 0), calls.length - 1);
    wantsFocus.current = true;
    setCurrentId(calls[at]?.id ?? null);
    virtualizer.scrollToIndex(at);
  }
  useEffect(() => {
    if (!wantsFocus.current) return;
    const row = scroller.current?.querySelector<HTMLElement>(`[data-call="${String(currentId)}"]`);
    if (row === null || row === undefined) return;
    wantsFocus.current = false;
    row.focus({ preventScroll: true });
  });

  function hear(event: KeyboardEvent): void {
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: currentIndex + 1,
      ArrowUp: currentIndex - 1,
      PageDown: currentIndex + pageRows,
      PageUp: currentIndex - pageRows,
      Home: 0,
      End: calls.length - 1,
    };
    const to = steps[event.key];
    const call = calls[currentIndex];
    if (to !== undefined) moveTo(to);
    // What a button in a row does is its own.
    else if (event.target instanceof HTMLButtonElement) return;
    else if ((event.key === "Enter" || event.key === " ") && call !== undefined) onOpen(call.id);
    else return;
    event.preventDefault();
  }

  // While a pointer is down they neither come nor go: all rows stand below them.
  const underWay = useRef({ calls: state.underWay, nowMs: Date.now() });
  if (!isPressed) underWay.current = { calls: state.underWay, nowMs: Date.now() };
  // What comes up under a pressed pointer would take its click.
  const count = isPressed ? 0 : state.waiting.length;
  const end = isLoadingOlder ? say("searchingOlder") : hasOlder ? "" : say("endOfLog");
  return (
    <div className="@container relative -mx-6 flex min-h-0 flex-1 flex-col border-t border-line">
      <div role="grid" aria-label={say("table")} aria-rowcount={hasOlder ? -1 : calls.length + 1} className="flex min-h-0 flex-1 flex-col">
        <div
          ref={scroller}
          onKeyDown={hear}
          onPointerDown={press}
          onScroll={(event) => onAtTop(event.currentTarget.scrollTop <= topPixels)}
          // Rows are put in above what somebody reads only when they ask: nothing is to be held in place.
          className="relative min-h-0 flex-1 overflow-y-auto [overflow-anchor:none]"
        >
          <Header />
          <div role="rowgroup">
            <UnderWayRows {...underWay.current} search={search} />
          </div>
          <div ref={list} role="rowgroup" className="relative" style={{ height: virtualizer.getTotalSize() }}>
            {rows.map(({ index, key, start }) => {
              const call = calls[index];
              return call === undefined ? null : (
                <CallRow
                  key={key}
                  call={call}
                  top={start - listTop}
                  rowIndex={index + 2}
                  isCurrent={index === currentIndex}
                  onOpen={onOpen}
                  onFocus={setCurrentId}
                />
              );
            })}
          </div>
          {/* A grid may own nothing but rows. */}
          <p aria-hidden="true" className="flex h-10 items-center justify-center text-small text-ink-muted">
            {end}
          </p>
        </div>
      </div>
      <p role="status" className="sr-only">
        {isLoadingOlder ? end : ""}
      </p>
      <div role="status" className="pointer-events-none absolute inset-x-0 top-11 flex justify-center">
        {count === 0 ? null : (
          <button
            type="button"
            onClick={onShowNew}
            className="animate-appear pointer-events-auto flex h-8 items-center gap-1.5 rounded-full bg-accent px-3.5 font-medium text-on-accent shadow-raised hover:bg-accent-hover"
          >
            <ArrowUp aria-hidden="true" className="size-4" />
            {count >= mostRows ? say("manyNewCalls", { count: formatCount(mostRows) }) : say("newCalls", { count })}
          </button>
        )}
        {count === 0 && isPaused ? (
          <span className="animate-appear flex h-7 items-center rounded-full border border-line bg-raised px-3 text-small text-ink-soft shadow-raised">
            {say("paused")}
          </span>
        ) : null}
      </div>
    </div>
  );
}

function Header(): ReactNode {
  const say = useText("activity");
  return (
    <div role="rowgroup" className="sticky top-0 z-10 border-b border-line bg-canvas">
      <div role="row" aria-rowindex={1} className={classNames(gridClasses, "h-8 text-small text-ink-muted")}>
        <Name words={say("columnTime")} className={columnClasses.time} />
        <Name words={say("columnTool")} className={columnClasses.tool} />
        <Name words={say("columnModel")} className={columnClasses.model} />
        <Name words={say("columnProvider")} className={columnClasses.provider} />
        <Name words={say("columnStatus")} className={columnClasses.status} />
        <Name words={say("columnTokens")} className={columnClasses.tokens} />
        <Name words={say("columnCost")} className={columnClasses.cost} />
        <Name words={say("columnFirstByte")} className={columnClasses.firstByte} />
        <Name words={say("columnTotal")} className={columnClasses.total} />
      </div>
    </div>
  );
}

function Name({ words, className }: { readonly words: string; readonly className: string }): ReactNode {
  return (
    <div role="columnheader" className={classNames("truncate", className)}>
      {words}
    </div>
  );
}
