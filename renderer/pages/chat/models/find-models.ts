import type { CallableModel } from "../../../data/callable-models.ts";

/** A row of the picker: the name of a group, or a model. */
export type PickerRow =
  | {
      readonly kind: "group";
      readonly id: string;
      readonly group: "favourites" | "aliases" | "otherAliases" | "builtIn" | "provider" | "typed";
      readonly name: string;
    }
  | { readonly kind: "model"; readonly id: string; readonly model: CallableModel };

/**
 * The rows of the picker: favourites, aliases, then every provider's models, and last the aliases that cannot answer yet. Each word of
 * the search has to stand somewhere in a model's name or id, or its provider's name.
 *
 * @param providers their names by their ids
 */
export function findModels(
  models: readonly CallableModel[],
  {
    search,
    favourites,
    providers,
  }: { readonly search: string; readonly favourites: readonly string[]; readonly providers: ReadonlyMap<string, string> },
): PickerRow[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const nameOf = (id: string | null): string => (id === null ? "" : (providers.get(id) ?? id));
  const found = models.filter(({ id, name, provider }) => {
    const text = `${id} ${name} ${nameOf(provider)}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const liked = new Set(favourites);
  const rows: PickerRow[] = [];
  const add = (group: Extract<PickerRow, { kind: "group" }>["group"], name: string, members: readonly CallableModel[], id = name): void => {
    if (members.length === 0) return;
    rows.push({ kind: "group", id: `group:${group}:${id}`, group, name });
    for (const model of members) rows.push({ kind: "model", id: `${group}:${model.id}`, model });
  };
  add(
    "favourites",
    "",
    found.filter(({ id }) => liked.has(id)),
  );
  const others = found.filter(({ id }) => !liked.has(id));
  const aliases = others.filter(({ kind }) => kind === "alias");
  add(
    "aliases",
    "",
    aliases.filter(({ isReady }) => isReady),
  );
  const groups = Map.groupBy(
    others.filter(({ kind }) => kind === "model"),
    ({ provider }) => provider,
  );
  for (const [provider, members] of [...groups].toSorted(([one], [other]) => nameOf(one).localeCompare(nameOf(other))))
    add("provider", nameOf(provider), members, provider ?? "");
  add(
    "builtIn",
    "",
    others.filter(({ kind }) => kind === "built-in"),
  );
  add(
    "otherAliases",
    "",
    aliases.filter(({ isReady }) => !isReady),
  );
  return rows;
}
