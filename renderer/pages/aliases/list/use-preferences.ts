import { toggleName, useFavouriteNames } from "../../../data/favourites.ts";
import { saveSetting, useSettingValue } from "../../../data/settings.ts";

/** Which alias the model name "default" stands for, and which names are favourites. */
export interface Preferences {
  readonly defaultAlias: string | null;
  readonly favourites: readonly string[];
  /** @throws {AdminError} where the setting is pinned */
  readonly setDefault: (name: string | null) => Promise<void>;
  readonly toggleFavourite: (name: string) => Promise<void>;
}

/** Reads and writes the two settings that concern aliases. */
export function usePreferences(): Preferences {
  const [favourites, change] = useFavouriteNames();
  return {
    defaultAlias: useSettingValue<string | null>("gateway", "defaultAlias", null),
    favourites,
    setDefault: async (name) => void (await saveSetting("gateway", "defaultAlias", name)),
    toggleFavourite: (name) => change(toggleName(name)),
  };
}
