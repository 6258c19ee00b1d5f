import type { StoredConfig } from "#shared/schema/routing.ts";

/** Where a node stands in a config: the places in `targets` that lead to it; empty for the config itself. */
export type NodePath = readonly number[];

const ids = new WeakMap<object, string>();
let newest = 0;

/** A node's identity, which stays with it as it is changed or moved: for lists that must not lose the focus. */
export function idOfNode(node: StoredConfig): string {
  const known = ids.get(node);
  if (known !== undefined) return known;
  const id = `node-${String(++newest)}`;
  ids.set(node, id);
  return id;
}

/** Gives the nodes of a config that was read anew the identities of those that stood in the same places. */
export function adoptIds(from: StoredConfig, to: StoredConfig): void {
  ids.set(to, idOfNode(from));
  for (const [index, target] of (to.targets ?? []).entries()) {
    const former = from.targets?.[index];
    if (former !== undefined) adoptIds(former, target);
  }
}

/** The node with some members changed; undefined takes one out. */
export function patchNode(node: StoredConfig, change: Partial<StoredConfig>): StoredConfig {
  const next = Object.fromEntries(Object.entries({ ...node, ...change }).filter(([, value]) => value !== undefined)) as StoredConfig;
  ids.set(next, idOfNode(node));
  return next;
}

/** The config with the node at a place replaced. */
export function withNodeAt(config: StoredConfig, path: NodePath, change: (node: StoredConfig) => StoredConfig): StoredConfig {
  const [index, ...rest] = path;
  if (index === undefined) return change(config);
  const targets = (config.targets ?? []).map((target, at) => (at === index ? withNodeAt(target, rest, change) : target));
  return patchNode(config, { targets });
}

/** A list with one item put somewhere else. */
export function moveItem<Item>(items: readonly Item[], from: number, to: number): Item[] {
  const left = items.filter((_, index) => index !== from);
  return [...left.slice(0, to), ...items.slice(from, from + 1), ...left.slice(to)];
}

/** What makes a node one target rather than saying how targets are called. */
const ownMembers = [
  "name",
  "id",
  "provider",
  "model",
  "config",
  "virtual_key",
  "custom_host",
  "weight",
] as const satisfies readonly (keyof StoredConfig)[];

/** A single target as a group with that target in it. What is said of how it is called stays with the whole. */
export function asGroup(node: StoredConfig, isRoot: boolean): StoredConfig {
  if (node.targets !== undefined) return node;
  const outside: readonly (keyof StoredConfig)[] = isRoot ? [] : ["name", "id", "weight"];
  const own = ownMembers.filter((key) => !outside.includes(key));
  const target = Object.fromEntries(own.flatMap((key) => (node[key] === undefined ? [] : [[key, node[key]]]))) as StoredConfig;
  const emptied = Object.fromEntries(own.map((key) => [key, undefined]));
  return patchNode(node, { ...emptied, strategy: { mode: "fallback" }, targets: [target] });
}

/** Whether anything is said of where a target goes. */
export function isBlank(node: StoredConfig): boolean {
  return [node.provider, node.model, node.config, node.virtual_key, node.targets, node.override_params?.["model"]].every(
    (value) => value === undefined,
  );
}
