import { defaultRangeExtractor, type Range, useVirtualizer } from "@tanstack/react-virtual";
import {
  type KeyboardEvent,
  type ReactNode,
  type Ref,
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { useText } from "../../../text/texts.ts";
import type { Model } from "../catalog/model-catalog.ts";
import type { ModelSort } from "../search.ts";
import { columnsFor, templateOf } from "./columns.ts";
import { GridHeader, type Order } from "./grid-header.tsx";
import { HoverTip } from "./hover-tip.tsx";
import { ModelRow, type RowDeeds } from "./model-row.tsx";
import { useGridKeys } from "./use-grid-keys.ts";

/** What the keys do that are no arrows. */
export interface GridDeeds extends RowDeeds {
  readonly makeAlias: (model: Model) => void;
  readonly copyId: (model: Model) => void;
}

/** The grid as the search field above it knows it. */
export interface GridHandle {
  /** Puts the focus on the first model. */
  focusFirst(): void;
}

interface ModelGridProps {
  readonly models: readonly Model[];
  /** What was asked for: another question begins at the top, and new facts about the same do not. */
  readonly question: string;
  readonly order: Order | null;
  readonly rowHeight: number;
  readonly isFavourite: (model: Model) => boolean;
  /** Slugs of what is compared. */
  readonly compared: readonly string[];
  readonly deeds: GridDeeds;
  readonly onSort: (sort: ModelSort) => void;
  readonly ref: Ref<GridHandle>;
}

const firstColumn = 2;

/**
 * The models as rows, of which only those in sight are on the page. Arrow keys walk through cells, Enter opens a model, Space takes it
 * into the comparison, `s` stars it, `a` makes an alias and `c` copies its id.
 */
export function ModelGrid({ models, question, order, rowHeight, isFavourite, compared, deeds, onSort, ref }: ModelGridProps): ReactNode {
  const say = useText("models");
  const root = useRef<HTMLDivElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const width = useWidth(root);
  const columns = columnsFor(width);
  const template = templateOf(columns);
  const kept = useRef(0);
  const virtualizer = useVirtualizer({
    count: models.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    // A row beyond the edge costs as much as one in sight: with two at each end, a key took a third longer to its rows.
    overscan: 0,
    // The row with the focus stays on the page, however far somebody scrolls away from it.
    rangeExtractor: (range: Range) => {
      const seen = defaultRangeExtractor(range);
      return kept.current < 0 || kept.current >= range.count || seen.includes(kept.current) ? seen : [kept.current, ...seen];
    },
    useFlushSync: false,
  });
  useEffect(() => virtualizer.measure(), [virtualizer, rowHeight]);
  // Whether more than a screen of rows goes by between two pictures: nobody sees their signs, which take most of the time to draw.
  const isFlying = useRef(false);
  const offset = useRef(0);
  const passed = Math.abs((virtualizer.scrollOffset ?? 0) - offset.current);
  offset.current = virtualizer.scrollOffset ?? 0;
  isFlying.current = virtualizer.isScrolling && (isFlying.current || passed > (scroller.current?.clientHeight ?? 0) / 2);
  const scrollTo = useCallback((row: number) => virtualizer.scrollToIndex(row), [virtualizer]);
  const pageRows = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1);
  const keys = useGridKeys({ rows: models.length, columns: columns.length, pageRows, container: root, scrollTo });
  const { focusCell, place } = keys;
  useImperativeHandle(ref, () => ({ focusFirst: () => focusCell({ row: 0, column: firstColumn }) }), [focusCell]);
  kept.current = place.row;
  const { setPlace } = keys;
  useLayoutEffect(() => {
    // Scrolling waits for a layout, even where there is nowhere to go.
    if (virtualizer.scrollOffset !== 0) scroller.current?.scrollTo({ top: 0 });
    setPlace({ row: 0, column: firstColumn });
  }, [question, setPlace, virtualizer]);

  function hear(event: KeyboardEvent): void {
    if (keys.walk(event)) return event.preventDefault();
    const model = models[place.row];
    if (model === undefined || place.row < 0 || event.ctrlKey || event.metaKey || event.altKey) return undefined;
    const isButton = columns[place.column]?.id === "star" || columns[place.column]?.id === "compare";
    if (event.key === "Enter" && !isButton) deeds.open(model);
    else if (event.key === " ") deeds.toggleCompare(model);
    else if (event.key === "s") deeds.toggleFavourite(model);
    else if (event.key === "a") deeds.makeAlias(model);
    else if (event.key === "c") deeds.copyId(model);
    else return undefined;
    return event.preventDefault();
  }

  function noteFocus(target: EventTarget): void {
    const [row, column] = (target instanceof HTMLElement ? (target.dataset["cell"] ?? "") : "").split(":").map(Number);
    if (row !== undefined && column !== undefined && (row !== place.row || column !== place.column)) keys.setPlace({ row, column });
  }

  return (
    <div ref={root} className="@container flex min-h-0 flex-1 flex-col">
      <div
        role="grid"
        data-question={question}
        aria-label={say("table")}
        aria-rowcount={models.length + 1}
        aria-colcount={columns.length}
        onKeyDown={hear}
        onFocus={(event) => noteFocus(event.target)}
        className="flex min-h-0 flex-1 flex-col"
      >
        <GridHeader
          columns={columns}
          template={template}
          order={order}
          activeColumn={place.row === -1 ? place.column : null}
          onSort={onSort}
        />
        <div
          ref={scroller}
          role="rowgroup"
          tabIndex={-1}
          className="min-h-0 flex-1 overflow-y-auto [overflow-anchor:none] [scrollbar-gutter:stable]"
        >
          <div role="presentation" className="relative" style={{ height: virtualizer.getTotalSize() }}>
            {virtualizer.getVirtualItems().map(({ index, start }) => {
              const model = models[index];
              return model === undefined ? null : (
                <ModelRow
                  // By its place: at each key other models come into the same rows, and changing a row costs less than making one.
                  key={index}
                  model={model}
                  columns={columns}
                  template={template}
                  top={start}
                  height={rowHeight}
                  index={index}
                  activeColumn={index === place.row ? place.column : null}
                  isFavourite={isFavourite(model)}
                  isCompared={compared.includes(model.slug)}
                  isBrief={isFlying.current}
                  deeds={deeds}
                />
              );
            })}
          </div>
        </div>
      </div>
      <HoverTip container={root} />
    </div>
  );
}

/** The width of an element, in pixels, as it changes. */
function useWidth(element: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const watched = element.current;
    if (watched === null) return undefined;
    setWidth(watched.clientWidth);
    const observer = new ResizeObserver(() => setWidth(watched.clientWidth));
    observer.observe(watched);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
