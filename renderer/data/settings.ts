import { useCallback } from "react";
import type { SettingInfo } from "#shared/contract/settings.ts";
import { offerUndo, tellNews } from "../parts/toasts.tsx";
import { admin, wordsOf } from "./admin.ts";
import { type Answer, queries, queryKeyOf, refresh, useAdmin } from "./queries.ts";

const key = queryKeyOf("listSettings", {});

/** What a setting is now; the fallback until it is known. The caller names the type that the setting's schema has. */
export function useSettingValue<Value>(section: string, name: string, fallback: Value): Value {
  const { data } = useAdmin("listSettings", {});
  const found = data?.settings.find((setting) => setting.section === section && setting.name === name);
  return found === undefined ? fallback : (found.value as Value);
}

/** A setting as it was read last; undefined before that. For what is done outside of components. */
export function readSetting(section: string, name: string): SettingInfo | undefined {
  const data = queries.getQueryData<Answer<"listSettings">>(key);
  return data?.settings.find((setting) => setting.section === section && setting.name === name);
}

/** Sets a setting, or takes it out of config.json where the value is undefined. @throws {AdminError} with words for the person */
export async function saveSetting(section: string, name: string, value: unknown): Promise<SettingInfo> {
  const parameters = { section, name };
  const saved =
    value === undefined ? await admin("resetSetting", { parameters }) : await admin("putSetting", { parameters, body: { value } });
  // An answer that was on its way when this was saved would put the old value back.
  await queries.cancelQueries({ queryKey: key });
  queries.setQueryData<Answer<"listSettings">>(key, (former) =>
    former === undefined
      ? former
      : {
          ...former,
          settings: former.settings.map((setting) => (setting.section === section && setting.name === name ? saved : setting)),
        },
  );
  return saved;
}

/** Saves, and offers the way back. `words` say what was done. @throws {AdminError} */
export function useSaving(): (setting: SettingInfo, value: unknown, words: string) => Promise<void> {
  return useCallback(async (setting, value, words) => {
    const { section, name } = setting;
    // What was a default stays one: a setting that is not in the file follows later versions.
    const former = setting.source === "file" ? setting.value : undefined;
    await saveSetting(section, name, value);
    offerUndo(words, () => {
      saveSetting(section, name, former).catch((error: unknown) => {
        tellNews(wordsOf(error), { isBad: true });
        void refresh("listSettings");
      });
    });
  }, []);
}
