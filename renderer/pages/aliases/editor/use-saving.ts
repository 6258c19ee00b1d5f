import { useEffect, useState } from "react";
import type { NamedConfig } from "#shared/contract/aliases.ts";
import { aliasNameSchema, type StoredConfig } from "#shared/schema/routing.ts";
import { wordsOf } from "../../../data/admin.ts";
import { refresh } from "../../../data/queries.ts";
import { type Say, useText } from "../../../text/texts.ts";
import { type Draft, saysTheSame } from "../draft/use-draft.ts";
import type { ConfigKind } from "../search.ts";
import { putStored, readStored, renameStored } from "../stored-calls.ts";
import type { AliasWorld } from "../use-world.ts";

/** What one editor saves, and what it would save over. */
export interface Saving {
  readonly error: string | null;
  readonly isBusy: boolean;
  /** What is wrong with the name; null where nothing is. */
  readonly nameProblem: string | null;
  /** What is stored now, where somebody else changed it since the draft began; `gone` where it was removed. Null where nothing is in the way. */
  readonly conflict: NamedConfig | "gone" | null;
  /** The draft stays, and saving replaces what is stored. */
  readonly keepMine: () => void;
  /** The draft becomes what is stored. */
  readonly takeTheirs: () => void;
  /** @returns the name that it is saved under; null where it is not */
  readonly save: () => Promise<string | null>;
}

interface Saved {
  readonly kind: ConfigKind;
  /** What the editor was opened on; null for a new one. */
  readonly item: string | null;
  readonly name: string;
  readonly draft: Draft;
  readonly world: AliasWorld;
}

/** Saves a draft under its name, over nothing that the person has not seen. */
export function useSaving({ kind, item, name, draft, world }: Saved): Saving {
  const say = useText("aliases");
  const list = kind === "alias" ? world.aliases : world.configs;
  const stored = item === null ? null : (list.find((one) => one.name === item) ?? null);
  /** What the draft began with, or what the person has agreed to replace; null for nothing. */
  const [base, setBase] = useState<StoredConfig | null>(() => stored?.config ?? null);
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const isOther = item !== null && !saysTheSame(stored?.config ?? null, base);
  const isHarmless = isOther && stored !== null && (!draft.isChanged || saysTheSame(stored.config, draft.config)) && !draft.isTextAhead;
  const { reset } = draft;
  useEffect(() => {
    if (!isHarmless || stored === null || isBusy) return;
    setBase(stored.config);
    reset(stored.config);
  }, [isHarmless, stored, reset, isBusy]);
  const nameProblem = findNameProblem(name, item, list, say);

  async function save(): Promise<string | null> {
    setError(null);
    setBusy(true);
    try {
      const now = await readStored(kind, item ?? name);
      if (!saysTheSame(now?.config ?? null, base)) {
        // The page may not have heard of it yet.
        await refresh("listAliases", "listConfigs");
        if (item === null) setError(say("nameTaken", { name }));
        return null;
      }
      const { config } = draft;
      if (item !== null && item !== name && now !== null && now.source === "own") await renameStored(kind, { ...now, config }, name, world);
      else await putStored(kind, name, config);
      setBase(config);
      reset(config);
      return name;
    } catch (failure) {
      setError(wordsOf(failure));
      return null;
    } finally {
      setBusy(false);
    }
  }

  return {
    error,
    isBusy,
    nameProblem,
    conflict: isOther && !isHarmless && !isBusy ? (stored ?? "gone") : null,
    keepMine: () => setBase(stored?.config ?? null),
    takeTheirs: () => {
      if (stored === null) return;
      setBase(stored.config);
      reset(stored.config);
    },
    save,
  };
}

function findNameProblem(name: string, item: string | null, list: readonly NamedConfig[], say: Say<"aliases">): string | null {
  if (name === item) return null;
  if (name === "") return say("nameMissing");
  const read = aliasNameSchema.safeParse(name);
  if (!read.success) return say("nameWrong", { problem: read.error.issues[0]?.message ?? "" });
  const taken = list.find((one) => one.name === name);
  if (taken === undefined) return null;
  return say(taken.source === "shipped" ? "nameShipped" : "nameTaken", { name });
}
