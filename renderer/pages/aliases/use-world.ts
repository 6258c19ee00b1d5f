import { useMemo } from "react";
import type { ProviderInfo } from "#shared/contract/providers.ts";
import type { NamedConfig } from "#shared/contract/aliases.ts";
import type { StoredConfig } from "#shared/schema/routing.ts";
import { type Answer, useAdmin } from "../../data/queries.ts";
import type { FindStored } from "./draft/find-leaves.ts";

const healthMs = 4_000;

/** What the page knows of everything that a config can name. */
export interface AliasWorld {
  readonly aliases: readonly NamedConfig[];
  readonly configs: readonly NamedConfig[];
  readonly providers: ReadonlyMap<string, ProviderInfo>;
  readonly health: TargetStates;
  /** The person's own, by name: what a config is checked against. */
  readonly ownAliases: Readonly<Record<string, StoredConfig>>;
  readonly ownConfigs: Readonly<Record<string, StoredConfig>>;
  readonly find: FindStored;
}

/** One target's circuit as it stood when it was asked for. */
export type TargetState = Answer<"listTargets">[number];

/** The circuits of all targets, and when they were read. */
export interface TargetStates {
  readonly targets: readonly TargetState[];
  readonly readAtMs: number;
}

/** The parts of {@link AliasWorld}, with what went wrong while they were read. */
export interface AliasWorldState {
  /** Null while it loads. */
  readonly world: AliasWorld | null;
  readonly error: Error | null;
  readonly retry: () => void;
}

/** Reads aliases, saved configs, providers and circuits; the circuits anew every few seconds while the page is in sight. */
export function useAliasWorld(): AliasWorldState {
  const aliases = useAdmin("listAliases", {});
  const configs = useAdmin("listConfigs", {});
  const providers = useAdmin("listProviders", {});
  const targets = useAdmin("listTargets", {}, { refetchInterval: healthMs });
  // Apart from the circuits, which are read every few seconds: what is checked against it need not be checked again.
  const stored = useMemo(() => {
    if (aliases.data === undefined || configs.data === undefined || providers.data === undefined) return null;
    return joinWorld(aliases.data.aliases, configs.data.configs, providers.data.providers);
  }, [aliases.data, configs.data, providers.data]);
  const world = useMemo(
    () => (stored === null ? null : { ...stored, health: { targets: targets.data ?? [], readAtMs: targets.dataUpdatedAt } }),
    [stored, targets.data, targets.dataUpdatedAt],
  );
  const failed = [aliases, configs, providers].find(({ error }) => error !== null);
  return {
    world,
    // What was read once is better than an error in its place.
    error: world === null ? (failed?.error ?? null) : null,
    retry: () => {
      for (const query of [aliases, configs, providers, targets]) void query.refetch();
    },
  };
}

function joinWorld(
  aliases: readonly NamedConfig[],
  configs: readonly NamedConfig[],
  providers: readonly ProviderInfo[],
): Omit<AliasWorld, "health"> {
  const byName = (list: readonly NamedConfig[]): ReadonlyMap<string, StoredConfig> =>
    new Map(list.map(({ name, config }) => [name, config]));
  const own = (list: readonly NamedConfig[]): Record<string, StoredConfig> =>
    Object.fromEntries(list.flatMap(({ name, config, source }) => (source === "shipped" ? [] : [[name, config]])));
  const aliasMap = byName(aliases);
  const configMap = byName(configs);
  return {
    aliases,
    configs,
    providers: new Map(providers.map((provider) => [provider.id, provider])),
    ownAliases: own(aliases),
    ownConfigs: own(configs),
    find: (name, by) => (by === "config" ? configMap.get(name) : undefined) ?? aliasMap.get(name),
  };
}
