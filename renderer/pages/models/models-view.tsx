import { Boxes, SearchX } from "lucide-react";
import { type ReactNode, useEffect, useMemo, useRef } from "react";
import type { AppearanceSettings } from "#shared/schema/window-settings.ts";
import { useSettingValue } from "../../data/settings.ts";
import { Button } from "../../parts/button.tsx";
import { SearchField } from "../../parts/search-field.tsx";
import { PageFrame } from "../../parts/page-frame.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../parts/states.tsx";
import { useGo, useItem, usePageSearch } from "../../shell/navigation.ts";
import { formatCount } from "../../text/format.ts";
import { useText } from "../../text/texts.ts";
import { useFavourites } from "./catalog/use-favourites.ts";
import { useFoundModels } from "./catalog/use-found-models.ts";
import { useModelCatalog } from "./catalog/use-model-catalog.ts";
import { CompareDialog } from "./compare/compare-dialog.tsx";
import { CompareTray } from "./compare/compare-tray.tsx";
import { FilterBar } from "./filters/filter-bar.tsx";
import { type GridHandle, ModelGrid } from "./grid/model-grid.tsx";
import { isFiltered, modelsSearchSchema, type ModelsSearch, noFilters } from "./search.ts";
import { ModelSheet } from "./sheet/model-sheet.tsx";
import { SnippetDialog } from "./snippets/snippet-dialog.tsx";
import { SourcesButton } from "./sources-button.tsx";
import { useModelDeeds } from "./use-model-deeds.ts";
import { useSearchText } from "./use-search-text.ts";

const rowHeights: Readonly<Record<AppearanceSettings["density"], number>> = { comfortable: 36, compact: 28 };

/** The page of models: the whole catalog, searched at each key. */
export function PageView(): ReactNode {
  const say = useText("models");
  const [read, setSearch] = usePageSearch(modelsSearchSchema);
  // The same object while nothing in it changes: a key is to draw the rows, and nothing else again.
  const inUrl = JSON.stringify(read);
  const search = useMemo(() => JSON.parse(inUrl) as ModelsSearch, [inUrl]);
  const [text, setText] = useSearchText(search.text, (next) => setSearch({ text: next }, { isReplacing: true }));
  const go = useGo();
  const item = useItem();
  const list = useModelCatalog();
  const catalog = list.data?.catalog;
  const favourites = useFavourites();
  const found = useFoundModels({ catalog, search, text, isFavourite: favourites.isFavourite });
  const { deeds, snippet, closeSnippet, compared } = useModelDeeds({ search, catalog, favourites, setSearch, go });
  const density = useSettingValue<AppearanceSettings["density"]>("appearance", "density", "comfortable");
  const rowHeight = rowHeights[density];
  const field = useRef<HTMLInputElement>(null);
  const grid = useRef<GridHandle>(null);
  useSlash(field);
  const opened =
    item === null ? null : catalog === undefined ? null : (catalog.bySlug.get(item) ?? catalog.models.find(({ id }) => id === item));
  const slugs = useMemo(() => compared.map(({ slug }) => slug), [compared]);
  const isNarrowed = text !== "" || isFiltered(search);
  const clear = (): void => {
    setText("");
    setSearch({ ...noFilters });
    field.current?.focus();
  };

  return (
    <PageFrame
      title={say("title")}
      layout="fill"
      actions={<SourcesButton />}
      toolbar={
        <div className="flex flex-col gap-2.5">
          <div className="flex items-center gap-3">
            <SearchField
              ref={field}
              label={say("search")}
              placeholder={say("searchHint")}
              value={text}
              onChange={setText}
              onKeyDown={(event) => {
                if (event.key === "ArrowDown") grid.current?.focusFirst();
                else if (event.key === "Enter" && found.models[0] !== undefined) deeds.open(found.models[0]);
                else return;
                event.preventDefault();
              }}
              className="flex-1"
            />
            <p role="status" className="min-w-28 shrink-0 text-right text-small text-ink-muted">
              {catalog === undefined
                ? ""
                : isNarrowed
                  ? say("countOf", {
                      count: catalog.models.length,
                      shown: formatCount(found.models.length),
                      all: formatCount(catalog.models.length),
                    })
                  : say("modelsShown", { count: catalog.models.length, shown: formatCount(catalog.models.length) })}
            </p>
          </div>
          <FilterBar search={search} catalog={catalog} onChange={setSearch} />
        </div>
      }
    >
      <div className="-mx-6 flex min-h-0 flex-1 flex-col border-t border-line">
        {catalog === undefined ? (
          <div className="px-6 pt-2">
            {list.isError ? (
              <ErrorState error={list.error} onRetry={() => void list.refetch()} />
            ) : (
              <SkeletonRows rows={14} height={rowHeight} />
            )}
          </div>
        ) : catalog.models.length === 0 ? (
          <EmptyState
            icon={<Boxes className="size-6" />}
            title={say("emptyTitle")}
            actions={
              <>
                <Button kind="primary" onClick={() => go("keys")}>
                  {say("addKey")}
                </Button>
                <Button onClick={() => void list.refetch()}>{say("lookAgain")}</Button>
              </>
            }
          >
            {say("emptyHelp")}
          </EmptyState>
        ) : found.models.length === 0 ? (
          <EmptyState
            icon={<SearchX className="size-6" />}
            title={say("nothingTitle")}
            actions={<Button onClick={clear}>{say("clearAll")}</Button>}
          >
            {say("nothingHelp")}
          </EmptyState>
        ) : (
          <ModelGrid
            ref={grid}
            models={found.models}
            question={found.question}
            order={found.order}
            rowHeight={rowHeight}
            isFavourite={favourites.isFavourite}
            compared={slugs}
            deeds={deeds}
            onSort={deeds.sort}
          />
        )}
      </div>
      {compared.length === 0 ? null : (
        <div className="-mx-6">
          <CompareTray
            models={compared}
            onRemove={deeds.toggleCompare}
            onClear={() => setSearch({ compare: undefined, beside: undefined }, { isReplacing: true })}
            onCompare={() => setSearch({ beside: true })}
          />
        </div>
      )}
      <CompareDialog models={compared} isOpen={search.beside === true} onClose={() => setSearch({ beside: undefined })} />
      <ModelSheet
        model={opened}
        isFavourite={opened === null || opened === undefined ? false : favourites.isFavourite(opened)}
        isCompared={opened === null || opened === undefined ? false : slugs.includes(opened.slug)}
        deeds={deeds}
        onClose={deeds.close}
      />
      <SnippetDialog subject={snippet} modalities={catalog?.modalities ?? []} onClose={closeSnippet} />
    </PageFrame>
  );
}

/** `/` goes into the search, unless somebody types elsewhere or a dialog is open. */
function useSlash(field: { readonly current: HTMLInputElement | null }): void {
  useEffect(() => {
    function hear(event: KeyboardEvent): void {
      const isTyping =
        event.target instanceof HTMLElement && event.target.closest("input, textarea, [contenteditable], [role=dialog]") !== null;
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping) return;
      event.preventDefault();
      field.current?.focus();
      field.current?.select();
    }
    addEventListener("keydown", hear);
    return () => removeEventListener("keydown", hear);
  }, [field]);
}
