import type { LiveConfig } from "#core/config/live-config.ts";
import type { ProviderRow } from "#core/config/provider-rows.ts";
import { PosternError } from "#shared/errors.ts";

/**
 * The row that a path names, by its id or a synonym.
 *
 * @throws {PosternError} `unknown_provider`
 */
export function findRow(config: Pick<LiveConfig, "current">, provider: string): ProviderRow {
  const row = config.current.rows.find(provider);
  if (row !== undefined) return row;
  throw new PosternError(
    "unknown_provider",
    `Cannot find provider "${provider.slice(0, 64)}": there is none of this name; add it to "providers" in config.json`,
  );
}
