import type { StoredConfig } from "#shared/schema/routing.ts";
import type { ConfigKind } from "./search.ts";
import { freeName } from "./stored-calls.ts";
import type { AliasWorld } from "./use-world.ts";

/** What an editor begins with. */
export interface Beginning {
  readonly kind: ConfigKind;
  /** The name of what is changed; null for a new one. */
  readonly item: string | null;
  readonly initialName: string;
  readonly initial: StoredConfig;
}

/** Finds what the URL asks to change, or makes what it asks to begin; null where there is no such thing. */
export function beginWith(
  {
    item,
    kind,
    wanted,
    copy,
  }: {
    readonly item: string | null;
    readonly kind: ConfigKind;
    /** `provider/model` of a new one; empty for none. */
    readonly wanted: string;
    /** The name of what is copied; null for nothing. */
    readonly copy: string | null;
  },
  world: Pick<AliasWorld, "aliases" | "configs">,
): Beginning | null {
  const list = kind === "alias" ? world.aliases : world.configs;
  const taken = list.map(({ name }) => name);
  if (item !== null) {
    const stored = list.find(({ name }) => name === item);
    return stored === undefined ? null : { kind, item, initialName: item, initial: stored.config };
  }
  const copied = copy === null ? undefined : list.find(({ name }) => name === copy);
  if (copied !== undefined) return { kind, item, initialName: freeName(`${copied.name}-copy`, taken), initial: copied.config };
  const slash = wanted.indexOf("/");
  if (wanted === "") return { kind, item, initialName: "", initial: {} };
  const initial: StoredConfig = slash > 0 ? { provider: wanted.slice(0, slash), model: wanted.slice(slash + 1) } : { model: wanted };
  return { kind, item, initialName: freeName(wanted.split("/").at(-1) ?? "", taken), initial };
}
