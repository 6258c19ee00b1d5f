import type { TextKey, Texts } from "../../../text/texts.ts";
import type { ModelSort } from "../search.ts";

/** A column of the table. */
export interface Column {
  readonly id: "compare" | "star" | "model" | "offers" | "abilities" | "context" | "input" | "output" | "created";
  readonly words: TextKey<Texts["models"]>;
  /** Of a track in the grid's template. */
  readonly width: string;
  /** By what a press on its name sorts; null where it does not. */
  readonly sort: ModelSort | null;
  readonly isNumber: boolean;
  /** The name stands only for screen readers. */
  readonly isSilent?: boolean;
  /** How wide the table must be for it, in pixels. */
  readonly from: number;
}

const columns: readonly Column[] = [
  { id: "compare", words: "columnCompare", width: "24px", sort: null, isNumber: false, isSilent: true, from: 0 },
  { id: "star", words: "columnStar", width: "24px", sort: null, isNumber: false, isSilent: true, from: 0 },
  { id: "model", words: "columnModel", width: "minmax(0,1fr)", sort: "name", isNumber: false, from: 0 },
  { id: "offers", words: "columnOffers", width: "104px", sort: "offers", isNumber: false, from: 860 },
  { id: "abilities", words: "columnAbilities", width: "126px", sort: null, isNumber: false, from: 0 },
  { id: "context", words: "columnContext", width: "64px", sort: "context", isNumber: true, from: 0 },
  { id: "input", words: "columnInput", width: "72px", sort: "price", isNumber: true, from: 0 },
  { id: "output", words: "columnOutput", width: "72px", sort: "output-price", isNumber: true, from: 0 },
  { id: "created", words: "columnCreated", width: "84px", sort: "created", isNumber: true, from: 760 },
];

/** The columns that a table of this width has room for. */
export function columnsFor(width: number): readonly Column[] {
  return columns.filter(({ from }) => width >= from);
}

/** The grid's template for some columns. */
export function templateOf(shown: readonly Column[]): string {
  return shown.map(({ width }) => width).join(" ");
}
