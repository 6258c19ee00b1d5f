import { useVirtualizer } from "@tanstack/react-virtual";
import { Check, Star } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useMemo, useRef, useState } from "react";
import { mostModels } from "#shared/schema/chat.ts";
import { wordsOf } from "../../../data/admin.ts";
import { useAdmin } from "../../../data/queries.ts";
import { toggleName, useFavouriteNames } from "../../../data/favourites.ts";
import { Switch } from "../../../parts/choices.tsx";
import { classNames } from "../../../parts/class-names.ts";
import { SearchField } from "../../../parts/search-field.tsx";
import { ErrorState, SkeletonRows } from "../../../parts/states.tsx";
import { tellNews } from "../../../parts/toasts.tsx";
import { readKeys } from "../../../shell/read-keys.ts";
import { formatContext, formatPerMillion } from "../../../text/format.ts";
import { useText } from "../../../text/texts.ts";
import { findModels, type PickerRow } from "./find-models.ts";
import type { ModelPickerProps } from "./model-picker.tsx";
import { type CallableModel, useModels } from "../../../data/callable-models.ts";

const rowHeight = { group: 28, model: 36 };

interface PickerPanelProps extends ModelPickerProps {
  readonly onClose: () => void;
}

/** What opens under the picker: the search, and the models that it finds. The search has the focus. */
export function PickerPanel({ kind, chosen, onChoose, onClose }: PickerPanelProps): ReactNode {
  const say = useText("chat");
  const listId = useId();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const { models, isLoading, error, retry } = useModels();
  const [favourites, changeFavourites] = useFavouriteNames();
  const toggleFavourite = (id: string): void =>
    void changeFavourites(toggleName(id)).catch((failure: unknown) => tellNews(wordsOf(failure), { isBad: true }));
  const [search, setSearch] = useState("");
  const [isComparing, setComparing] = useState(chosen.length > 1);
  const [active, setActive] = useState<string | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const listed = useAdmin("listProviders", {}).data?.providers;
  const providers = useMemo(() => new Map(listed?.map(({ id, name }) => [id, name])), [listed]);
  const found = useMemo(() => findModels(models, { search, favourites, providers }), [models, search, favourites, providers]);
  const rows = useMemo(() => withTyped(found, search), [found, search]);
  const choices = rows.filter((row) => row.kind === "model");
  // Enter right after opening changes nothing; after a search it takes what fits best.
  const first = search === "" && !isComparing ? choices.find(({ model }) => model.id === chosen[0]) : undefined;
  const current = choices.find(({ id }) => id === active) ?? first ?? choices[0];
  const latest = useRef<() => number>(() => 0);
  latest.current = () => rows.findIndex(({ id }) => id === current?.id);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => rowHeight[rows[index]?.kind ?? "model"],
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 8,
  });

  const isThere = rows.length > 0;
  useEffect(() => {
    // Once, at the opening: whoever moves on is not called back.
    const at = latest.current();
    if (isThere && at > 0) virtual.scrollToIndex(at);
  }, [isThere, virtual]);

  function choose({ id }: CallableModel): void {
    if (!isComparing) {
      onChoose([id]);
      onClose();
    } else if (chosen.includes(id)) onChoose(chosen.filter((one) => one !== id));
    else if (chosen.length < mostModels) onChoose([...chosen, id]);
  }

  function move(step: number): void {
    const at = choices.findIndex(({ id }) => id === current?.id);
    const next = choices[Math.max(0, Math.min(choices.length - 1, at + step))];
    if (next === undefined) return;
    setActive(next.id);
    virtual.scrollToIndex(rows.indexOf(next));
  }

  function hear(event: KeyboardEvent): void {
    const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    const step = steps[event.key];
    if (step !== undefined) move(step);
    else if (event.key === "Enter" && current !== undefined) choose(current.model);
    else if (readKeys(event.nativeEvent) === "Mod+D" && current !== undefined) toggleFavourite(current.model.id);
    else return;
    event.preventDefault();
  }

  return (
    <>
      <div className="flex items-center gap-3 border-b border-line p-2">
        <SearchField
          ref={field}
          label={say("searchModels")}
          value={search}
          onChange={(next) => {
            setSearch(next);
            setActive(null);
          }}
          onKeyDown={hear}
          className="flex-1"
        />
        {kind === "chat" ? (
          <label className="flex items-center gap-2 text-small text-ink-soft">
            {say("compare")}
            <Switch
              label={say("compareLabel", { count: mostModels })}
              checked={isComparing}
              onChange={(next) => {
                setComparing(next);
                if (!next && chosen.length > 1) onChoose(chosen.slice(0, 1));
              }}
            />
          </label>
        ) : null}
      </div>
      <p className="sr-only">{say("starHelp")}</p>
      {error === null ? null : <ErrorState error={error} onRetry={retry} />}
      {isLoading ? <SkeletonRows rows={6} className="px-3" /> : null}
      <div ref={scroller} className="min-h-0 flex-1 overflow-y-auto p-1">
        <div
          id={listId}
          role="listbox"
          aria-label={say("modelsList")}
          aria-multiselectable={isComparing}
          tabIndex={0}
          aria-activedescendant={current === undefined ? undefined : `${listId}-${current.id}`}
          onKeyDown={hear}
          className="relative outline-offset-[-2px]"
          style={{ height: virtual.getTotalSize() }}
        >
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            const style = { transform: `translateY(${String(item.start)}px)`, height: item.size };
            if (row.kind === "group")
              return (
                <div
                  key={item.key}
                  role="presentation"
                  style={style}
                  className="absolute inset-x-0 flex items-end px-2 pb-1 text-caption font-medium text-ink-muted"
                >
                  {row.group === "provider" ? row.name : say(row.group)}
                </div>
              );
            return (
              <div key={item.key} style={style} className="absolute inset-x-0 flex items-center">
                <div
                  id={`${listId}-${row.id}`}
                  role="option"
                  aria-selected={chosen.includes(row.model.id)}
                  aria-disabled={isComparing && chosen.length >= mostModels && !chosen.includes(row.model.id)}
                  onClick={() => choose(row.model)}
                  onPointerMove={() => setActive(row.id)}
                  className={classNames(
                    "flex h-full min-w-0 flex-1 items-center gap-2 rounded-control pl-2 select-none aria-disabled:opacity-50",
                    row.id === current?.id && "bg-hover",
                  )}
                >
                  <span aria-hidden="true" className="grid size-4 shrink-0 place-items-center">
                    {chosen.includes(row.model.id) ? <Check className="size-4 text-accent-ink" /> : null}
                  </span>
                  <span className={classNames("min-w-0 flex-1 truncate", !row.model.isReady && "text-ink-muted")} title={row.model.id}>
                    {row.model.name}
                  </span>
                  <ModelFacts model={row.model} />
                  {/* For the pointer; the keyboard has mod+d, and screen readers hear that in the search field's help. */}
                  <span
                    aria-hidden="true"
                    title={say(favourites.includes(row.model.id) ? "unstar" : "star", { model: row.model.name })}
                    onClick={(event) => {
                      event.stopPropagation();
                      toggleFavourite(row.model.id);
                    }}
                    className="grid size-7 shrink-0 place-items-center rounded-control text-ink-muted hover:bg-pressed"
                  >
                    <Star className={classNames("size-3.5", favourites.includes(row.model.id) && "fill-current text-warn")} />
                  </span>
                </div>
              </div>
            );
          })}
        </div>
        {!isLoading && error === null && rows.length === 0 ? (
          <p className="px-3 py-6 text-center text-ink-muted">{say("noModels")}</p>
        ) : null}
      </div>
    </>
  );
}

function ModelFacts({ model }: { readonly model: CallableModel }): ReactNode {
  const say = useText("chat");
  const { inputPrice, outputPrice, contextLength } = model;
  const facts = [
    ...(model.isReady ? [] : [say("notReady")]),
    ...(contextLength === null ? [] : [formatContext(contextLength)]),
    ...(inputPrice === null || outputPrice === null
      ? []
      : [inputPrice === 0 && outputPrice === 0 ? say("free") : `${formatPerMillion(inputPrice)} / ${formatPerMillion(outputPrice)}`]),
  ];
  return facts.length === 0 ? null : <span className="shrink-0 text-caption text-ink-muted">{facts.join(" · ")}</span>;
}

/** What was typed, as a model of its own where no list has it: providers have models that their lists leave out. */
function withTyped(rows: readonly PickerRow[], search: string): readonly PickerRow[] {
  const id = search.trim();
  if (!/^@[\w-]+\/\S+$/.test(id) || rows.some((row) => row.kind === "model" && row.model.id === id)) return rows;
  const typed = {
    id,
    name: id,
    kind: "model",
    provider: null,
    isReady: true,
    contextLength: null,
    inputPrice: null,
    outputPrice: null,
  } as const;
  return [...rows, { kind: "group", id: "group:typed", group: "typed", name: "" }, { kind: "model", id: `typed:${id}`, model: typed }];
}
