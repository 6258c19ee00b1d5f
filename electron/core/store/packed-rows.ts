/** What a packed row can hold. */
export type PackedValue = null | number | string;

/**
 * Rows of SQL values in two flat pieces. While a batch fills, arrays of values would outlive several collections of the
 * young generation and so end in the old one, and each value would be cloned on its own on its way to the store's
 * thread. Here a number is eight bytes outside of the heap, and a text is held once for as long as it stays the same
 * from row to row.
 */
export interface PackedRows {
  readonly columns: number;
  readonly count: number;
  /** Row after row: NaN is null, {@link textUnit} times 1 + n is the text at n, and any other number is itself. */
  readonly cells: Float64Array<ArrayBuffer>;
  readonly texts: readonly string[];
}

/** Takes rows one after the other, up to a capacity. */
export interface RowPacker {
  isFull(): boolean;
  /** Takes a row's values. A number that is no finite one, or not above -2^53, is taken as null. */
  add(row: readonly PackedValue[]): void;
  /** What it has taken so far, without a copy. */
  rows(): PackedRows;
}

/** Below every number that is taken as one; its multiples are exact. */
const textUnit = -(2 ** 53);

/** Makes a packer. Its memory is reserved at once, but the system gives it page by page, as it fills. */
export function createRowPacker(options: { readonly columns: number; readonly capacity: number }): RowPacker {
  const { columns, capacity } = options;
  const cells = new Float64Array(columns * capacity);
  const texts: string[] = [];
  /** By column, where its last text stands. */
  const lastTexts = new Int32Array(columns).fill(-1);
  let count = 0;
  return {
    // No getter: V8 puts those of an object literal into the old generation, and what they close over stays with them.
    isFull: () => count === capacity,
    add(row) {
      const at = count * columns;
      for (let column = 0; column < columns; column++) {
        const value = row[column] ?? null;
        if (typeof value === "string") {
          let index = lastTexts[column] as number;
          if (index === -1 || texts[index] !== value) lastTexts[column] = index = texts.push(value) - 1;
          cells[at + column] = textUnit * (index + 1);
        } else {
          cells[at + column] = value !== null && value > textUnit && value < Infinity ? value : Number.NaN;
        }
      }
      count += 1;
    },
    rows: () => ({ columns, count, cells: cells.subarray(0, count * columns), texts }),
  };
}

/** Some of the rows, without a copy. */
export function sliceRows(rows: PackedRows, from: number, to: number): PackedRows {
  return { ...rows, count: to - from, cells: rows.cells.subarray(from * rows.columns, to * rows.columns) };
}

/**
 * Gives back each row's values in turn.
 *
 * @param take gets one array for all rows: it keeps nothing of it
 */
export function unpackRows({ columns, count, cells, texts }: PackedRows, take: (row: readonly PackedValue[]) => void): void {
  const row: PackedValue[] = Array.from({ length: columns }, () => null);
  for (let index = 0, at = 0; index < count; index++) {
    for (let column = 0; column < columns; column++, at++) {
      const cell = cells[at] as number;
      row[column] = cell <= textUnit ? (texts[cell / textUnit - 1] as string) : Number.isNaN(cell) ? null : cell;
    }
    take(row);
  }
}
