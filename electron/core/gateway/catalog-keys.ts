import { listSources, type ListSource } from "#core/catalog/list-sources.ts";
import { elsewhereError, mayAskWith } from "#core/catalog/source-key.ts";
import type { CatalogOptions } from "#core/catalog/catalog.ts";
import type { LiveConfig } from "#core/config/live-config.ts";
import { missingKeyError } from "#core/vault/missing-key.ts";
import type { Vault } from "#core/vault/vault.ts";

/**
 * Gives the catalog the keys that it may ask with. A stored key goes where it is bound to. A key of the environment is
 * bound at start to what config.json says then: to its provider's address and to that of its list.
 */
export function createCatalogKeys(parts: {
  readonly config: Pick<LiveConfig, "current">;
  readonly vault: Pick<Vault, "has" | "held" | "find" | "list">;
}): Pick<CatalogOptions, "hasKey" | "findSecret" | "keyProblem"> {
  const { config, vault } = parts;
  const originsAtStart = new Map(listSources(config.current).map((source) => [source.id, source.origin]));

  function originsOf(source: ListSource, info: { readonly source: string; readonly origins: readonly string[] }): readonly string[] {
    const atStart = originsAtStart.get(source.id);
    return info.source === "environment" && atStart !== undefined ? [...info.origins, atStart] : info.origins;
  }

  return {
    hasKey: (provider) => vault.has(provider),
    async findSecret(source) {
      const id = source.row?.id;
      if (id === undefined || !vault.has(id)) return null;
      const credential = vault.held(id) ?? (await vault.find(id));
      return mayAskWith(source, { secret: credential.secret, origins: originsOf(source, credential) }) ? credential.secret : null;
    },
    keyProblem(source) {
      const { row } = source;
      if (row === null) return null;
      const keys = vault.list().filter(({ provider }) => provider === row.id);
      if (keys.length === 0) return missingKeyError(row.id, row);
      const origins = keys.flatMap((info) => originsOf(source, info));
      // Bedrock's other host is judged with the key in hand.
      const isNear = origins.includes(source.origin) || (row.auth === "aws-sigv4" && origins.includes(row.origin));
      return isNear ? null : elsewhereError(source, origins);
    },
  };
}
