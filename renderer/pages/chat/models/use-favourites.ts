import { useCallback } from "react";
import { wordsOf } from "../../../data/admin.ts";
import { saveSetting, useSettingValue } from "../../../data/settings.ts";
import { tellNews } from "../../../parts/toasts.tsx";

const none: readonly string[] = [];

/** The models that stand first wherever one is chosen, and how to make one of them, or no longer. */
export function useFavourites(): readonly [readonly string[], (model: string) => void] {
  const favourites = useSettingValue("favourites", "models", none);
  const toggle = useCallback(
    (model: string) => {
      const value = favourites.includes(model) ? favourites.filter((one) => one !== model) : [...favourites, model];
      saveSetting("favourites", "models", value).catch((error: unknown) => tellNews(wordsOf(error), { isBad: true }));
    },
    [favourites],
  );
  return [favourites, toggle];
}
