import { ArrowDown, ArrowUp } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "../../../parts/class-names.ts";
import { useText } from "../../../text/texts.ts";
import type { ModelSort } from "../search.ts";
import type { Column } from "./columns.ts";
import { rowClasses } from "./model-row.tsx";

/** In which order the table stands. */
export interface Order {
  readonly sort: ModelSort;
  readonly descending: boolean;
}

/** The names of the columns; those that can be sorted by are buttons. */
export function GridHeader({
  columns,
  template,
  order,
  activeColumn,
  onSort,
}: {
  readonly columns: readonly Column[];
  readonly template: string;
  /** Null while the closest to the search stand first. */
  readonly order: Order | null;
  readonly activeColumn: number | null;
  readonly onSort: (sort: ModelSort) => void;
}): ReactNode {
  const say = useText("models");
  return (
    <div role="rowgroup" className="shrink-0 overflow-y-auto border-b border-line bg-canvas [scrollbar-gutter:stable]">
      <div
        role="row"
        aria-rowindex={1}
        className={classNames(rowClasses, "h-8 text-small text-ink-muted")}
        style={{ gridTemplateColumns: template }}
      >
        {columns.map(({ id, words, sort, isNumber, isSilent }, at) => {
          const isSorted = sort !== null && order?.sort === sort;
          const tabIndex = activeColumn === at ? 0 : -1;
          const Arrow = order?.descending === true ? ArrowDown : ArrowUp;
          return (
            <div
              key={id}
              role="columnheader"
              aria-colindex={at + 1}
              {...(sort === null ? { "data-cell": `-1:${String(at)}`, tabIndex } : {})}
              aria-sort={sort === null ? undefined : isSorted ? (order?.descending === true ? "descending" : "ascending") : "none"}
              className={classNames("flex h-6 min-w-0 items-center rounded-control", isNumber && "justify-end")}
            >
              {sort === null ? (
                <span className={isSilent === true ? "sr-only" : "truncate"}>{say(words)}</span>
              ) : (
                <button
                  type="button"
                  data-cell={`-1:${String(at)}`}
                  tabIndex={tabIndex}
                  onClick={() => onSort(sort)}
                  className={classNames(
                    "-mx-1 flex h-6 min-w-0 items-center gap-0.5 rounded-control px-1 hover:bg-hover hover:text-ink",
                    isNumber && "flex-row-reverse",
                    isSorted && "font-medium text-ink",
                  )}
                >
                  <span className="truncate">{say(words)}</span>
                  {isSorted ? <Arrow aria-hidden="true" className="size-3.5 shrink-0" /> : null}
                </button>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}
