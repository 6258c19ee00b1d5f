import { useCallback, useMemo, useRef, useState } from "react";
import { tellNews } from "../../parts/toasts.tsx";
import type { Go } from "../../shell/navigation.ts";
import { textOf } from "../../text/texts.ts";
import { beginsDescending, usualSort } from "./catalog/find-models.ts";
import { callNameOf, chooseOffer, type Model, type ModelCatalog, type Offer } from "./catalog/model-catalog.ts";
import type { Favourites } from "./catalog/use-favourites.ts";
import { mostCompared } from "./compare/compare-tray.tsx";
import type { GridDeeds } from "./grid/model-grid.tsx";
import { type ChangeSearch, type ModelSort, type ModelsSearch, readWords, toggled, writeWords } from "./search.ts";
import { copyAndTell } from "./sheet/offers.tsx";
import type { SheetDeeds } from "./sheet/model-sheet.tsx";
import type { SnippetSubject } from "./snippets/snippet-dialog.tsx";

interface DeedsOptions {
  readonly search: ModelsSearch;
  readonly catalog: ModelCatalog | undefined;
  readonly favourites: Favourites;
  readonly setSearch: ChangeSearch;
  readonly go: Go;
}

/** Everything that can be done with a model on this page. */
export interface ModelDeeds {
  readonly deeds: GridDeeds & SheetDeeds & { readonly close: () => void; readonly sort: (sort: ModelSort) => void };
  /** The model whose snippets are shown. */
  readonly snippet: SnippetSubject | null;
  readonly closeSnippet: () => void;
  readonly compared: readonly Model[];
}

const none: readonly Model[] = [];

/** Deeds that stay the same from drawing to drawing, so that rows need not be drawn again for their sake. */
export function useModelDeeds(options: DeedsOptions): ModelDeeds {
  const latest = useRef(options);
  latest.current = options;
  const [snippet, setSnippet] = useState<SnippetSubject | null>(null);
  const deeds = useMemo<ModelDeeds["deeds"]>(() => {
    const makeAlias = ({ provider, id }: Offer): void => latest.current.go("aliases", { search: { new: `${provider.id}/${id}` } });
    return {
      open: ({ slug }) => latest.current.go("models", { item: slug, search: latest.current.search }),
      close: () => latest.current.go("models", { search: latest.current.search }),
      sort(sort) {
        const { search, setSearch } = latest.current;
        const now = search.sort ?? (search.text === undefined ? usualSort : null);
        const descending = now === sort ? !(search.descending ?? beginsDescending(sort)) : beginsDescending(sort);
        setSearch({ sort, descending });
      },
      toggleFavourite: (model) => latest.current.favourites.toggle(model),
      toggleCompare({ slug }) {
        const { search, setSearch } = latest.current;
        const slugs = readWords(search.compare);
        if (!slugs.includes(slug) && slugs.length >= mostCompared)
          return tellNews(textOf("models")("compareFull", { count: mostCompared }), { isBad: true });
        return setSearch({ compare: writeWords(toggled(slugs, slug)) }, { isReplacing: true });
      },
      makeAlias(subject: Model | Offer) {
        const offer = "provider" in subject ? subject : chooseOffer(subject);
        if (offer !== null) makeAlias(offer);
      },
      chat: (offer) => latest.current.go("chat", { search: { model: callNameOf(offer) } }),
      showSnippet: (model, offer) => setSnippet(offer === undefined ? { model } : { model, callName: callNameOf(offer) }),
      copyId: ({ id }) => void copyAndTell(id),
    };
  }, []);
  const { catalog, search } = options;
  const compared = useMemo(
    () =>
      catalog === undefined
        ? none
        : readWords(search.compare)
            .flatMap((slug) => catalog.bySlug.get(slug) ?? [])
            .slice(0, mostCompared),
    [catalog, search.compare],
  );
  return { deeds, snippet, closeSnippet: useCallback(() => setSnippet(null), []), compared };
}
