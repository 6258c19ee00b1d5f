import type { NamedConfig } from "#shared/contract/aliases.ts";
import type { StoredConfig } from "#shared/schema/routing.ts";
import { admin } from "../../data/admin.ts";
import { refresh } from "../../data/queries.ts";
import type { AliasWorld } from "./use-world.ts";
import type { ConfigKind } from "./search.ts";

/** Writes an alias or a saved config. @throws {AdminError} with words for the person */
export async function putStored(kind: ConfigKind, name: string, config: StoredConfig): Promise<NamedConfig> {
  const call = { parameters: { name }, body: config };
  const saved = await (kind === "alias" ? admin("putAlias", call) : admin("putConfig", call));
  await refreshStored();
  return saved;
}

/** Takes an alias or a saved config out. @throws {AdminError} where another one names it */
export async function removeStored(kind: ConfigKind, name: string): Promise<void> {
  await (kind === "alias" ? admin("removeAlias", { parameters: { name } }) : admin("removeConfig", { parameters: { name } }));
  await refreshStored();
}

/** What is stored under a name now; null where nothing is. */
export async function readStored(kind: ConfigKind, name: string): Promise<NamedConfig | null> {
  const { aliases } =
    kind === "alias" ? await admin("listAliases", {}) : await admin("listConfigs", {}).then(({ configs }) => ({ aliases: configs }));
  return aliases.find((one) => one.name === name) ?? null;
}

/**
 * Gives a stored config another name, in everything that names it as well. The new one is written first, so that no call
 * finds nothing.
 *
 * @throws {AdminError} with words for the person
 */
export async function renameStored(kind: ConfigKind, from: NamedConfig, name: string, world: AliasWorld): Promise<void> {
  await putStored(kind, name, from.config);
  for (const [otherKind, list] of [
    ["alias", world.aliases],
    ["config", world.configs],
  ] as const) {
    for (const other of list) {
      if (other.source === "shipped" || (otherKind === kind && other.name === from.name)) continue;
      const changed = withReference(other.config, { kind, from: from.name, to: name, world });
      if (changed !== other.config) await putStored(otherKind, other.name, changed);
    }
  }
  await removeStored(kind, from.name);
}

interface Renaming {
  readonly kind: ConfigKind;
  readonly from: string;
  readonly to: string;
  readonly world: Pick<AliasWorld, "configs">;
}

/** The config with every place that names the one naming its new name; the very same where none does. */
function withReference(node: StoredConfig, renaming: Renaming, hasProvider = false): StoredConfig {
  const { kind, from, to, world } = renaming;
  const isNamed = hasProvider || node.provider !== undefined || node.virtual_key !== undefined;
  // A saved config goes before an alias of the same name.
  const isShadowed = kind === "alias" && world.configs.some((config) => config.name === from);
  let next = node;
  if (node.config === from && !isShadowed) next = { ...next, config: to };
  else if (kind === "alias" && node.config === undefined && !isNamed && node.model === from) next = { ...next, model: to };
  const targets = node.targets?.map((target) => withReference(target, renaming, isNamed));
  return targets?.some((target, index) => target !== node.targets?.[index]) === true ? { ...next, targets } : next;
}

async function refreshStored(): Promise<void> {
  await refresh("listAliases", "listConfigs");
}

/** A name that is not taken: the one that is wished for, or with a number behind it. */
export function freeName(wish: string, taken: readonly string[]): string {
  const clean =
    wish
      .replace(/^[^A-Za-z0-9]+/, "")
      .replaceAll(/[^\w.:/-]+/g, "-")
      .slice(0, 120) || "alias";
  if (!taken.includes(clean)) return clean;
  for (let number = 2; ; number++) if (!taken.includes(`${clean}-${String(number)}`)) return `${clean}-${String(number)}`;
}
