import { isLoopback } from "#core/catalog/find-local-servers.ts";
import type { Catalog } from "#core/catalog/catalog.ts";
import type { LiveConfig } from "#core/config/live-config.ts";
import { fillRow, type ProviderRow } from "#core/config/provider-rows.ts";
import type { Measurements } from "#core/routing/measurements.ts";
import type { RouteWorld } from "#core/routing/route-types.ts";
import type { Clock } from "#core/platform.ts";
import { missingKeyError, unknownKeyNameError } from "#core/vault/missing-key.ts";
import type { Vault } from "#core/vault/vault.ts";
import { defaultAliases } from "#shared/schema/default-aliases.ts";
import type { StoredConfig } from "#shared/schema/routing.ts";
import { defaultAliasName } from "#shared/schema/settings.ts";
import { helloProviderId, helloRow } from "./hello-model.ts";

/** Where the planner's facts come from. */
export interface WorldParts {
  readonly config: LiveConfig;
  readonly vault: Pick<Vault, "has" | "list">;
  readonly catalog: Pick<Catalog, "factsOf" | "idAt" | "lists">;
  readonly measurements: Measurements;
  readonly clock: Pick<Clock, "nowMs">;
}

/** The planner's view of the configuration, the vault's index and the model lists, always as they are now. */
export function createWorld(parts: WorldParts): {
  readonly world: RouteWorld<ProviderRow>;
  /** The providers that a call could go to now. */
  readonly callableRows: () => readonly ProviderRow[];
} {
  const { config: live } = parts;

  const world: RouteWorld<ProviderRow> = {
    findRow: (id) => (id === helloProviderId ? helloRow : live.current.rows.find(id)),
    findAlias: (name) => findNamed(name) ?? (name === defaultAliasName ? findNamed(live.current.gateway.defaultAlias) : undefined),
    findConfig: (name) => own(live.current.configs, name),
    hasKey: (provider, keyName) => {
      if (keyName === null) return parts.vault.has(provider);
      return parts.vault.list().some((credential) => credential.provider === provider && credential.name === keyName);
    },
    explainMissingKey: (provider, keyName) => {
      const names = parts.vault.list().flatMap((credential) => (credential.provider === provider ? [credential.name] : []));
      return keyName === null ? missingKeyError(provider, live.current.rows.find(provider)) : unknownKeyNameError(provider, keyName, names);
    },
    providerOfKey: (keyName) => {
      const owners = new Set(parts.vault.list().flatMap((credential) => (credential.name === keyName ? [credential.provider] : [])));
      return owners.size === 1 ? ([...owners][0] ?? null) : null;
    },
    allowsHost: (origin) => isLoopback(origin),
    servedBy: (model) => parts.catalog.lists.servedBy(model, callableRows()),
    idAt: (provider, name) => parts.catalog.idAt(provider, name),
    withValues: (row, values) => fillRow(row, values),
    factsOf: (provider, model) => parts.catalog.factsOf(provider, model),
    health: parts.measurements,
    random: Math.random,
    nowMs: () => parts.clock.nowMs(),
  };

  function findNamed(name: string | null): StoredConfig | undefined {
    return name === null ? undefined : (own(live.current.aliases, name) ?? own(defaultAliases, name));
  }

  function callableRows(): readonly ProviderRow[] {
    return live.current.rows.all.filter(
      (row) =>
        row.enabled && row.missingOptions.length === 0 && (row.auth === "none" ? row.local || isOwnRow(row) : parts.vault.has(row.id)),
    );
  }

  /** A keyless row that the person wrote: built-in keyless ones are asked only when they are named. */
  function isOwnRow(row: ProviderRow): boolean {
    return Object.hasOwn(live.current.providers, row.id);
  }

  return { world, callableRows };
}

function own(record: Readonly<Record<string, StoredConfig>>, name: string): StoredConfig | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
