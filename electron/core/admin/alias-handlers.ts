import type { aliasesContract, NamedConfig } from "#shared/contract/aliases.ts";
import { PosternError } from "#shared/errors.ts";
import { defaultAliases } from "#shared/schema/default-aliases.ts";
import { aliasNameSchema, checkReferences, type StoredConfig } from "#shared/schema/routing.ts";
import type { HandlersOf } from "./handlers-of.ts";
import type { AdminParts } from "./parts.ts";

type Kind = "aliases" | "configs";
type Configs = Readonly<Record<string, StoredConfig>>;

/** Answers what stands in `shared/contract/aliases.ts`. */
export function createAliasHandlers({ config }: Pick<AdminParts, "config">): HandlersOf<typeof aliasesContract> {
  const shippedOf = (kind: Kind): Configs => (kind === "aliases" ? defaultAliases : {});

  function list(kind: Kind): NamedConfig[] {
    const own = config.current[kind];
    const shipped = shippedOf(kind);
    const names = new Set([...Object.keys(own), ...Object.keys(shipped)]);
    return [...names].map((name) => describe(name, own, shipped));
  }

  function get(kind: Kind, name: string): NamedConfig {
    const found = list(kind).find((one) => one.name === name);
    if (found !== undefined) return found;
    throw new PosternError("not_found", `Cannot find ${word(kind)} "${name.slice(0, 128)}": there is none of this name`);
  }

  async function put(kind: Kind, name: string, value: StoredConfig): Promise<NamedConfig> {
    const checked = aliasNameSchema.safeParse(name);
    if (!checked.success)
      throw new PosternError("invalid_value", `Cannot use this name: it ${checked.error.issues[0]?.message ?? "is not valid"}`);
    refuseBrokenReferences({ ...config.current, [kind]: { ...config.current[kind], [name]: value } });
    await config.edit([kind, name], value);
    return get(kind, name);
  }

  async function remove(kind: Kind, name: string): Promise<{ removed: boolean }> {
    if (!Object.hasOwn(config.current[kind], name)) return { removed: false };
    const { [name]: _removed, ...left } = config.current[kind];
    refuseBrokenReferences({ ...config.current, [kind]: left });
    await config.edit([kind, name], undefined);
    return { removed: true };
  }

  return {
    listAliases: async () => ({ aliases: list("aliases") }),
    getAlias: async ({ parameters }) => get("aliases", parameters.name),
    putAlias: async ({ parameters, body }) => put("aliases", parameters.name, body),
    removeAlias: async ({ parameters }) => remove("aliases", parameters.name),
    listConfigs: async () => ({ configs: list("configs") }),
    getConfig: async ({ parameters }) => get("configs", parameters.name),
    putConfig: async ({ parameters, body }) => put("configs", parameters.name, body),
    removeConfig: async ({ parameters }) => remove("configs", parameters.name),
  };
}

function describe(name: string, own: Configs, shipped: Configs): NamedConfig {
  const isShipped = Object.hasOwn(shipped, name);
  const isOwn = Object.hasOwn(own, name);
  return { name, config: (isOwn ? own : shipped)[name] as StoredConfig, source: !isShipped ? "own" : isOwn ? "changed" : "shipped" };
}

function refuseBrokenReferences(stored: { readonly aliases: Configs; readonly configs: Configs }): void {
  const problem = checkReferences(stored, defaultAliases)[0];
  if (problem === undefined) return;
  throw new PosternError("invalid_config", `Cannot save this: ${problem.path.join(".")} ${problem.message}`);
}

function word(kind: Kind): string {
  return kind === "aliases" ? "alias" : "config";
}
