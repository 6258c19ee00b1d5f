import { useMutation } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { wordsOf } from "../../../data/admin.ts";
import { type Answer, queries, queryKeyOf, refresh } from "../../../data/queries.ts";
import { readSetting, saveSetting, useSettingValue } from "../../../data/settings.ts";
import { tellNews } from "../../../parts/toasts.tsx";
import { callNameOf, chooseOffer, type Model } from "./model-catalog.ts";

const section = "favourites";
const setting = "models";
const none: readonly string[] = [];

/** What the person wants to find first. */
export interface Favourites {
  readonly isFavourite: (model: Model) => boolean;
  /** Makes it one, or makes it none; at once on the page, and kept in config.json. */
  readonly toggle: (model: Model) => void;
}

/** Favourites are kept as calls name them, `@openai/gpt-5`; any name of a model counts. */
export function useFavourites(): Favourites {
  const names = useSettingValue<readonly string[]>(section, setting, none);
  const { mutate } = useMutation({
    // One after the other: each says the whole list.
    scope: { id: section },
    mutationFn: (value: readonly string[]) => saveSetting(section, setting, value),
    onMutate: (value) => showNames(value),
    onError: (error) => {
      tellNews(wordsOf(error), { isBad: true });
      void refresh("listSettings");
    },
  });
  const isFavourite = useMemo(() => {
    const known = new Set(names);
    return (model: Model): boolean => known.size > 0 && namesOf(model).some((name) => known.has(name));
  }, [names]);
  const toggle = useCallback(
    (model: Model) => {
      // What was pressed a moment ago may not be on the page yet.
      const now = (readSetting(section, setting)?.value ?? none) as readonly string[];
      const own = new Set(namesOf(model));
      const others = now.filter((name) => !own.has(name));
      const offer = chooseOffer(model);
      mutate(others.length < now.length ? others : [...now, offer === null ? model.id : callNameOf(offer)]);
    },
    [mutate],
  );
  return { isFavourite, toggle };
}

function namesOf(model: Model): readonly string[] {
  return [model.id, model.slug, ...model.offers.map(callNameOf)];
}

function showNames(value: readonly string[]): void {
  queries.setQueryData<Answer<"listSettings">>(queryKeyOf("listSettings", {}), (former) =>
    former === undefined
      ? former
      : { ...former, settings: former.settings.map((one) => (one.section === section && one.name === setting ? { ...one, value } : one)) },
  );
}
