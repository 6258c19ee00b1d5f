import type { StoredConfig } from "#shared/schema/routing.ts";

/** Finds a stored config by the name that a node says: as a `config`, or as a `model` that may be an alias. */
export type FindStored = (name: string, by: "config" | "model") => StoredConfig | undefined;

/** Where calls can end: one target with what it has from the nodes around it. */
export interface Leaf {
  /** Without the at-sign of hosted Portkey; null where Postern chooses by the model. */
  readonly provider: string | null;
  readonly model: string | null;
  readonly keyName: string | null;
}

const deepest = 8;

/** Every target that a config can lead to, through the aliases and configs that it names. Circles are left out. */
export function findLeaves(config: StoredConfig, find: FindStored): Leaf[] {
  const leaves: Leaf[] = [];
  visit(config, { provider: null, model: null, keyName: null }, []);
  return leaves;

  function visit(node: StoredConfig, from: Leaf, trail: readonly StoredConfig[]): void {
    if (trail.length > deepest || trail.includes(node)) return;
    const here = settle(node, from);
    const inside = [...trail, node];
    const named = node.targets === undefined ? findNamed(node, here, find) : undefined;
    if (named !== undefined) visit(named, { ...here, model: node.config === undefined ? null : here.model }, inside);
    else if (node.targets === undefined) leaves.push(here);
    else for (const target of node.targets) visit(target, here, inside);
  }
}

/** What a node names, if that is a stored config. */
export function findNamed(node: StoredConfig, here: Leaf, find: FindStored): StoredConfig | undefined {
  if (node.config !== undefined) return find(node.config, "config");
  return here.provider === null && here.keyName === null && here.model !== null ? find(here.model, "model") : undefined;
}

/** A node's own words over those of the nodes around it. */
export function settle(node: StoredConfig, from: Leaf): Leaf {
  const model = node.model ?? node.override_params?.["model"];
  return {
    provider: node.provider?.replace(/^@/, "") ?? from.provider,
    model: typeof model === "string" ? model : from.model,
    keyName: node.virtual_key ?? (node.provider === undefined || node.provider === from.provider ? from.keyName : null),
  };
}
