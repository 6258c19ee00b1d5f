import type { LiveConfig } from "#core/config/live-config.ts";
import type { ProviderRow } from "#core/config/provider-rows.ts";
import type { providersContract, ProviderInfo } from "#shared/contract/providers.ts";
import { PosternError } from "#shared/errors.ts";
import { providerIdSchema } from "#shared/schema/provider.ts";
import { findRow } from "./find-row.ts";
import type { HandlersOf } from "./handlers-of.ts";
import { listKeys } from "./list-keys.ts";
import type { AdminParts } from "./parts.ts";

/** Answers what stands in `shared/contract/providers.ts`. */
export function createProviderHandlers(parts: Pick<AdminParts, "config" | "vault">): HandlersOf<typeof providersContract> {
  const { config, vault } = parts;

  function describe(row: ProviderRow): ProviderInfo {
    const keys = listKeys(vault, config.current.rows).filter((key) => key.provider === row.id);
    const override = own(config.current.providers, row.id) ?? null;
    const isBuiltIn = config.builtInIds.has(row.id);
    const { state, words } = judge(row, keys);
    const { site, keys: keysPage, docs } = row.links;
    return {
      id: row.id,
      name: row.name,
      source: !isBuiltIn ? "own" : override === null ? "built-in" : "changed",
      state,
      words,
      dialect: row.dialect,
      baseUrl: row.baseUrl,
      origin: row.origin,
      auth: row.auth,
      endpoints: row.endpoints,
      local: row.local,
      links: { ...(site && { site }), ...(keysPage && { keys: keysPage }), ...(docs && { docs }) },
      environment: row.environment,
      keyPrefixes: row.keyPrefixes,
      values: Object.entries(row.options).map(([name, { title }]) => ({ name, title, value: row.optionValues[name] ?? null })),
      override,
      keys,
    };
  }

  return {
    listProviders: async () => ({ providers: config.current.rows.all.map(describe) }),
    putProvider: async ({ parameters, body }) => {
      const id = checkId(parameters.provider);
      await config.edit(["providers", id], body);
      return describe(findRow(config, id));
    },
    removeProvider: async ({ parameters }) => {
      const id = checkId(parameters.provider);
      if (own(config.current.providers, id) === undefined) return { removed: false };
      await config.edit(["providers", id], undefined);
      return { removed: true };
    },
    acceptProvider: async ({ parameters }) => {
      const row = findRow(config, parameters.provider);
      if (!row.local)
        throw new PosternError("invalid_value", `Cannot accept ${row.id}: it is no model server on this machine, and needs no acceptance`);
      await config.edit(["providers", row.id, "enabled"], true);
      return { id: row.id, origin: row.origin };
    },
  };

  /** A synonym means the row that has it, unless a row of one's own is to get that very name. */
  function checkId(given: string): string {
    const result = providerIdSchema.safeParse(given);
    if (!result.success)
      throw new PosternError("invalid_value", `Cannot use this provider id: it ${result.error.issues[0]?.message ?? ""}`);
    return config.current.rows.find(given)?.id ?? given;
  }
}

function judge(row: ProviderRow, keys: ProviderInfo["keys"]): Pick<ProviderInfo, "state" | "words"> {
  if (!row.enabled) {
    return row.local
      ? { state: "not-accepted", words: `A model server on this machine; calls go there once you accept it.` }
      : { state: "off", words: `Switched off in config.json.` };
  }
  if (row.missingOptions.length > 0)
    return { state: "incomplete", words: `Its address is not complete: set providers.${row.id}.values.${row.missingOptions.join(", ")}.` };
  if (row.auth === "none") return { state: "ready", words: "Ready; it needs no key." };
  if (keys.length === 0) return { state: "no-key", words: `No key yet: postern keys add ${row.id}` };
  if (keys.every((key) => key.waits))
    return {
      state: "key-waits",
      words: `Its keys wait: its address is now ${row.origin}. To let them go there: postern keys bind ${row.id}`,
    };
  return { state: "ready", words: keys.length === 1 ? "Ready, with one key." : `Ready, with ${keys.length} keys.` };
}

function own(providers: LiveConfig["current"]["providers"], id: string): LiveConfig["current"]["providers"][string] | undefined {
  return Object.hasOwn(providers, id) ? providers[id] : undefined;
}
