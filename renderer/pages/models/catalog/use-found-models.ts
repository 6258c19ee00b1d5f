import { useMemo, useRef } from "react";
import type { Order } from "../grid/grid-header.tsx";
import type { ModelsSearch } from "../search.ts";
import { beginsDescending, findModels, usualSort } from "./find-models.ts";
import type { Model, ModelCatalog } from "./model-catalog.ts";

/** What the table shows. */
export interface FoundModels {
  readonly models: readonly Model[];
  /** What was asked for, as a text: the same one means the same question. */
  readonly question: string;
  /** Null while the closest to the search stand first. */
  readonly order: Order | null;
}

const none: readonly Model[] = [];

/** Finds the models of a question, and again when the question or the catalog changes; not when a star does, or rows would jump away. */
export function useFoundModels({
  catalog,
  search,
  text,
  isFavourite,
}: {
  readonly catalog: ModelCatalog | undefined;
  readonly search: ModelsSearch;
  readonly text: string;
  readonly isFavourite: (model: Model) => boolean;
}): FoundModels {
  // What is compared is no part of the question.
  const question = JSON.stringify({ ...search, text: text.trim(), compare: undefined, beside: undefined });
  const latest = useRef(isFavourite);
  latest.current = isFavourite;
  const models = useMemo(() => {
    if (catalog === undefined) return none;
    const asked = JSON.parse(question) as ModelsSearch & { readonly text: string };
    return findModels(catalog, asked, { text: asked.text, isFavourite: (model) => latest.current(model) });
  }, [catalog, question]);
  const sort = search.sort ?? usualSort;
  const isByCloseness = search.sort === undefined && text.trim() !== "";
  return { models, question, order: isByCloseness ? null : { sort, descending: search.descending ?? beginsDescending(sort) } };
}
