import { useMutation } from "@tanstack/react-query";
import { useCallback } from "react";
import { type Answer, queries, queryKeyOf, refresh } from "./queries.ts";
import { readSetting, saveSetting, useSettingValue } from "./settings.ts";

const section = "favourites";
const setting = "models";
const none: readonly string[] = [];

/** Makes another list of the one that holds now. @returns settles when it is kept. @throws {AdminError} where it cannot be; the old list is back then */
export type ChangeFavourites = (change: (now: readonly string[]) => readonly string[]) => Promise<void>;

/**
 * The models and aliases that stand first wherever one is chosen, as calls name them (`@openai/gpt-5`), and how to change them: at
 * once on the page, and in config.json.
 */
export function useFavouriteNames(): readonly [readonly string[], ChangeFavourites] {
  const names = useSettingValue<readonly string[]>(section, setting, none);
  const { mutateAsync } = useMutation({
    // One after the other: each says the whole list.
    scope: { id: section },
    mutationFn: (value: readonly string[]) => saveSetting(section, setting, value),
    onMutate: (value) => showNames(value),
    onError: () => void refresh("listSettings"),
  });
  const change = useCallback<ChangeFavourites>(
    async (changed) => {
      // What was pressed a moment ago may not be on the page yet.
      await mutateAsync(changed((readSetting(section, setting)?.value ?? none) as readonly string[]));
    },
    [mutateAsync],
  );
  return [names, change];
}

/** A list with a name, or without it where it was in it: for {@link ChangeFavourites}. */
export function toggleName(name: string): (now: readonly string[]) => readonly string[] {
  return (now) => (now.includes(name) ? now.filter((one) => one !== name) : [...now, name]);
}

function showNames(value: readonly string[]): void {
  queries.setQueryData<Answer<"listSettings">>(queryKeyOf("listSettings", {}), (former) =>
    former === undefined
      ? former
      : { ...former, settings: former.settings.map((one) => (one.section === section && one.name === setting ? { ...one, value } : one)) },
  );
}
