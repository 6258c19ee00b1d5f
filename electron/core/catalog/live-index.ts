import { setImmediate as nextTurn } from "node:timers/promises";
import { buildModelIndex, type ModelIndex, type ModelRow, type NamedListing } from "./model-index.ts";
import type { ModelNames } from "./model-names.ts";
import { computeRowFacts, type RowFacts } from "./row-facts.ts";

/** The index, built anew behind whoever uses it when a list changes. */
export interface LiveIndex {
  /** As it is; an empty one before the first was built. */
  readonly current: ModelIndex;
  /** Says that lists changed. */
  touch(): void;
  /** Resolves when what was touched is in {@link LiveIndex.current}. */
  settled(): Promise<void>;
  readonly factsOf: (row: ModelRow) => RowFacts;
}

/** About 3 ms of work. */
const rowsPerTurn = 1_000;

/** @param listings the lists as they are when the index is built, the one that is heard first before the others */
export function openLiveIndex(listings: () => readonly NamedListing[], names: ModelNames): LiveIndex {
  let current: ModelIndex = emptyIndex;
  let facts = new WeakMap<ModelRow, RowFacts>();
  let isDirty = false;
  let building: Promise<void> | null = null;

  async function build(): Promise<void> {
    try {
      while (isDirty) {
        isDirty = false;
        current = await buildModelIndex(listings(), names);
        facts = new WeakMap();
      }
    } finally {
      building = null;
    }
    void warm(current);
  }

  /** Computes beforehand what the first list would wait for, a little at a time. */
  async function warm(built: ModelIndex): Promise<void> {
    for (const [at, row] of built.rows.entries()) {
      if (at % rowsPerTurn === 0) await nextTurn();
      if (current !== built) return;
      factsOf(row);
    }
  }

  function factsOf(row: ModelRow): RowFacts {
    let known = facts.get(row);
    if (known === undefined) facts.set(row, (known = computeRowFacts(row)));
    return known;
  }

  return {
    get current() {
      return current;
    },
    touch() {
      isDirty = true;
    },
    async settled() {
      if (isDirty) building ??= build();
      // Touched in the meantime, it goes on building.
      while (building !== null) await building;
    },
    factsOf,
  };
}

const emptyIndex: ModelIndex = {
  rows: [],
  providers: [],
  endpoints: 0,
  endpoint: () => undefined,
  endpointsOf: () => [],
  rowOf: () => {
    throw new Error("Cannot find the row of an endpoint: there is none yet");
  },
  find: () => undefined,
};
