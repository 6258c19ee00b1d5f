import { useAdmin } from "../../../data/queries.ts";
import { admin } from "../../../data/admin.ts";
import { refresh } from "../../../data/queries.ts";

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
  const { data } = useAdmin("listSettings", {});
  const valueOf = (section: string, name: string): unknown =>
    data?.settings.find((setting) => setting.section === section && setting.name === name)?.value;
  const chosen = valueOf("gateway", "defaultAlias");
  const models = valueOf("favourites", "models");
  const favourites = Array.isArray(models) ? models.filter((model) => typeof model === "string") : [];
  return {
    defaultAlias: typeof chosen === "string" ? chosen : null,
    favourites,
    setDefault: (name) => put("gateway", "defaultAlias", name),
    toggleFavourite: (name) =>
      put("favourites", "models", favourites.includes(name) ? favourites.filter((one) => one !== name) : [...favourites, name]),
  };
}

async function put(section: string, name: string, value: unknown): Promise<void> {
  await admin("putSetting", { parameters: { section, name }, body: { value } });
  await refresh("listSettings");
}
