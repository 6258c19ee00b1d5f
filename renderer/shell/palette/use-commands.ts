import { useDeferredValue, useEffect, useMemo, useState } from "react";
import { useAdmin } from "../../data/queries.ts";
import { loadTexts } from "../../text/texts.ts";
import { useBindings } from "../shortcuts.ts";
import type { Command, CommandSource } from "./command.ts";
import { chatCommands, modelCommands } from "./found-commands.ts";
import { aliasCommands, findOwnCommands, providerCommands, settingCommands } from "./own-commands.ts";
import { type RankedGroup, rank } from "./rank.ts";
import { readRecents } from "./recents.ts";

const sources = import.meta.glob<{ readonly commands: CommandSource }>("../../pages/*/commands.ts");
const shortestSearch = 2;
const mostFound = 8;
const none: readonly Command[] = [];

/** Everything in the palette that fits the query, in its order; `isSearching` while models and chats are asked for. */
export function useCommands(query: string): { readonly groups: readonly RankedGroup[]; readonly isSearching: boolean } {
  const bindings = useBindings();
  const status = useAdmin("getStatus", {});
  const settings = useAdmin("listSettings", {});
  const aliases = useAdmin("listAliases", {});
  const providers = useAdmin("listProviders", {});
  const fromPages = usePageCommands();
  const words = useDeferredValue(query.trim());
  const isLong = words.length >= shortestSearch;
  const models = useAdmin("queryModels", { body: { text: words, limit: mostFound } }, { enabled: isLong, isKept: true });
  const chats = useAdmin("searchChats", { query: { words, limit: mostFound } }, { enabled: isLong, isKept: true });
  // Read once: the order must not change under the arrow keys.
  const [recents] = useState(readRecents);
  const listed = useMemo(
    () => [
      ...findOwnCommands(bindings, status.data),
      ...fromPages,
      ...(aliases.data === undefined ? none : aliasCommands(aliases.data)),
      ...(providers.data === undefined ? none : providerCommands(providers.data)),
      ...(settings.data === undefined ? none : settingCommands(settings.data)),
    ],
    [bindings, status.data, fromPages, aliases.data, providers.data, settings.data],
  );
  const found = useMemo(
    () =>
      isLong
        ? [
            ...(models.data === undefined ? none : modelCommands(models.data)),
            ...(chats.data === undefined ? none : chatCommands(chats.data)),
          ]
        : none,
    [isLong, models.data, chats.data],
  );
  const groups = useMemo(() => rank([...listed, ...found], query, recents), [listed, found, query, recents]);
  return { groups, isSearching: isLong && (models.isFetching || chats.isFetching) };
}

/** What pages add, loaded now. A page whose part fails only lacks its own. */
function usePageCommands(): readonly Command[] {
  const [commands, setCommands] = useState<readonly Command[]>(none);
  useEffect(() => {
    let isGone = false;
    const load = async (): Promise<void> => {
      const parts = await Promise.allSettled(
        Object.values(sources).map(async (open) => {
          const { commands: source } = await open();
          await loadTexts(...source.texts);
          return source.find();
        }),
      );
      if (!isGone) setCommands(parts.flatMap((part) => (part.status === "fulfilled" ? part.value : [])));
    };
    void load();
    return () => {
      isGone = true;
    };
  }, []);
  return commands;
}
