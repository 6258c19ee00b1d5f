import { type KeyboardEvent, useCallback, useEffect, useRef, useState } from "react";

/** A cell: row -1 is the header. */
export interface Place {
  readonly row: number;
  readonly column: number;
}

interface GridKeysOptions {
  readonly rows: number;
  readonly columns: number;
  /** How many rows a page has. */
  readonly pageRows: number;
  readonly container: { readonly current: HTMLElement | null };
  readonly scrollTo: (row: number) => void;
}

/** Where Tab comes into the grid, and how the arrow keys walk in it. */
export interface GridKeys {
  readonly place: Place;
  /** @returns whether the key was one that walks */
  readonly walk: (event: KeyboardEvent) => boolean;
  /** Puts the focus into a cell, scrolling there. */
  readonly focusCell: (place: Place) => void;
  /** The cell that has the focus now was reached by other means. */
  readonly setPlace: (place: Place) => void;
}

/** A roving tabindex over rows and columns of which only some are on the page. */
export function useGridKeys({ rows, columns, pageRows, container, scrollTo }: GridKeysOptions): GridKeys {
  const [asked, setAsked] = useState<Place>({ row: 0, column: firstColumn });
  // The same place is no reason to draw anything.
  const setPlace = useCallback(
    (next: Place) => setAsked((former) => (former.row === next.row && former.column === next.column ? former : next)),
    [],
  );
  const wanted = useRef<Place | null>(null);
  // Rows go while somebody searches, and columns with the window's width.
  const place = { row: Math.min(asked.row, rows - 1), column: Math.min(asked.column, columns - 1) };

  const focusCell = useCallback(
    (next: Place) => {
      wanted.current = next;
      setPlace(next);
      if (next.row >= 0) scrollTo(next.row);
    },
    [scrollTo, setPlace],
  );
  // After each drawing: a cell that is scrolled to comes with one of the next.
  useEffect(() => {
    if (wanted.current === null) return;
    const { row, column } = wanted.current;
    const cell = container.current?.querySelector<HTMLElement>(`[data-cell="${String(row)}:${String(column)}"]`);
    if (cell === null || cell === undefined) return;
    wanted.current = null;
    cell.focus({ preventScroll: true });
  });

  function walk(event: KeyboardEvent): boolean {
    if (event.altKey || event.shiftKey) return false;
    const { row, column } = place;
    const isFar = event.ctrlKey || event.metaKey;
    const steps: Readonly<Record<string, Place>> = {
      ArrowDown: { row: isFar ? rows - 1 : row + 1, column },
      ArrowUp: { row: isFar ? 0 : row - 1, column },
      ArrowRight: { row, column: isFar ? columns - 1 : column + 1 },
      ArrowLeft: { row, column: isFar ? 0 : column - 1 },
      PageDown: { row: Math.max(0, row) + pageRows, column },
      PageUp: { row: Math.max(0, row - pageRows), column },
      Home: isFar ? { row: 0, column: 0 } : { row, column: 0 },
      End: isFar ? { row: rows - 1, column: columns - 1 } : { row, column: columns - 1 },
    };
    const next = steps[event.key];
    if (next === undefined) return false;
    focusCell({ row: Math.min(Math.max(next.row, -1), rows - 1), column: Math.min(Math.max(next.column, 0), columns - 1) });
    return true;
  }

  return { place, walk, focusCell, setPlace };
}

/** The name of the model: what one wants to hear first. */
const firstColumn = 2;
