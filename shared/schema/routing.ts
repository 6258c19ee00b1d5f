import * as z from "zod";
import { callKeyWords, nodeFields, secretFields, storedKeyWords } from "./routing-fields.ts";
import { strictKeys } from "./strict-keys.ts";

export { aliasNameSchema } from "./routing-fields.ts";

/** A routing config as config.json may hold it: an alias or a saved config. Holds no secret. */
export interface StoredConfig extends z.infer<z.ZodObject<typeof nodeFields>> {
  targets?: StoredConfig[] | undefined;
}

/** A routing config as a call may bring it: the same, with the caller's own keys. */
export interface CallConfig extends z.infer<z.ZodObject<typeof nodeFields>>, z.infer<z.ZodObject<typeof secretFields>> {
  targets?: CallConfig[] | undefined;
}

const deepest = 16;
const mostTargets = 64;
const mostNodes = 256;

/** What alone makes no target: it only describes one. */
const labels = new Set(["name", "id", "weight", "metadata"]);

type NodeLike = z.infer<z.ZodObject<typeof nodeFields>> & { readonly targets?: readonly NodeLike[] | undefined };

function checkNode(node: NodeLike, context: z.core.$RefinementCtx): void {
  const complain = (message: string, ...path: PropertyKey[]): void => context.addIssue({ code: "custom", path, message });
  if (node.config !== undefined) {
    for (const key of ["provider", "model", "virtual_key", "targets", "strategy"] as const) {
      if (node[key] !== undefined) complain('stands beside "config", which names a whole config; keep one of them', key);
    }
  }
  if (node.targets === undefined) checkLeaf(node, complain);
  else checkBranch(node, node.targets, complain);
}

type Complain = (message: string, ...path: PropertyKey[]) => void;

function checkLeaf(node: NodeLike, complain: Complain): void {
  // Portkey takes the mode "single" beside a provider.
  if (node.strategy !== undefined && node.strategy.mode !== "single") complain('needs "targets" beside it', "strategy");
  if (node.on_status_codes !== undefined) complain('belongs into "strategy", or into "retry"', "on_status_codes");
  if (Object.entries(node).every(([key, value]) => value === undefined || labels.has(key))) {
    complain('must name a "provider", a "model", or "targets"');
  }
}

function checkBranch(node: NodeLike, targets: readonly NodeLike[], complain: Complain): void {
  const { strategy } = node;
  for (const [index, target] of targets.entries()) {
    if (target.metadata !== undefined) complain("belongs to the whole config, not to a target", "targets", index, "metadata");
  }
  if (strategy === undefined) return complain('is missing beside "targets"; { "mode": "fallback" } tries them in order', "strategy");
  if (strategy.mode === "loadbalance" && targets.every((target) => target.weight === 0)) {
    complain('are all of weight 0; give one of them a "weight" above 0', "targets");
  }
  if (strategy.mode !== "conditional") return;
  const names = targets.flatMap(({ name }) => name ?? []);
  const nameProblem = (name: string): string =>
    `names no target, found ${JSON.stringify(name.slice(0, 80))}; ${names.length === 0 ? 'give the targets a "name"' : `there are ${names.map((one) => JSON.stringify(one.slice(0, 80))).join(", ")}`}`;
  for (const [index, condition] of (strategy.conditions ?? []).entries()) {
    if (!names.includes(condition.then)) complain(nameProblem(condition.then), "strategy", "conditions", index, "then");
  }
  if (strategy.default !== undefined && !names.includes(strategy.default)) complain(nameProblem(strategy.default), "strategy", "default");
}

function checkSecrets(node: CallConfig, context: z.core.$RefinementCtx): void {
  if ((node.aws_access_key_id === undefined) !== (node.aws_secret_access_key === undefined)) {
    const key = node.aws_access_key_id === undefined ? "aws_access_key_id" : "aws_secret_access_key";
    context.addIssue({ code: "custom", path: [key], message: "is missing; AWS signs with both" });
  }
}

const storedNodeSchema: z.ZodType<StoredConfig> = z.lazy(() =>
  strictKeys({ ...nodeFields, targets: z.array(storedNodeSchema).min(1).max(mostTargets).optional() }, storedKeyWords).superRefine(
    checkNode,
  ),
);

const callNodeSchema: z.ZodType<CallConfig> = z.lazy(() =>
  strictKeys({ ...nodeFields, ...secretFields, targets: z.array(callNodeSchema).min(1).max(mostTargets).optional() }, callKeyWords)
    .superRefine(checkNode)
    .superRefine(checkSecrets),
);

/** {@link StoredConfig}, strict: a secret or a misspelt field is refused with its path and with what would do. */
export const storedConfigSchema: z.ZodType<StoredConfig> = z.preprocess(checkSize, storedNodeSchema);

/** {@link CallConfig}, strict. */
export const callConfigSchema: z.ZodType<CallConfig> = z.preprocess(checkSize, callNodeSchema);

/** Holds the tree to a size before anything walks it: what comes with a call is anybody's. */
function checkSize(value: unknown, context: z.core.$RefinementCtx): unknown {
  const pending = [{ node: value, depth: 1 }];
  for (let count = 1; pending.length > 0; count++) {
    const { node, depth } = pending.pop() as { node: unknown; depth: number };
    if (depth > deepest || count > mostNodes) {
      const message = depth > deepest ? `is nested deeper than ${deepest} levels of targets` : `has more than ${mostNodes} targets`;
      context.addIssue({ code: "custom", message });
      return z.NEVER;
    }
    const targets = typeof node === "object" && node !== null ? (node as { targets?: unknown }).targets : undefined;
    if (Array.isArray(targets)) for (const target of targets) pending.push({ node: target, depth: depth + 1 });
  }
  return value;
}

/** A reference among stored configs that leads nowhere or in a circle. */
export interface ReferenceProblem {
  /** In config.json: `["aliases", "fast", "targets", 0, "config"]`. */
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/**
 * Checks what stored configs say about each other: `config` must name one that is there, and none may lead back to
 * itself. A `model` that is no alias is a model.
 *
 * @param shipped names of the aliases that ship, which may be named as well
 */
export function checkReferences(
  stored: { readonly aliases: Readonly<Record<string, StoredConfig>>; readonly configs: Readonly<Record<string, StoredConfig>> },
  shipped: Readonly<Record<string, StoredConfig>>,
): ReferenceProblem[] {
  const problems: ReferenceProblem[] = [];
  const finished = new Set<string>();
  for (const [name, node] of Object.entries(stored.aliases)) enter({ kind: "aliases", name, node }, [], false);
  for (const [name, node] of Object.entries(stored.configs)) enter({ kind: "configs", name, node }, [], false);
  return problems;

  function enter(config: NamedConfig, trail: readonly string[], hasProvider: boolean): void {
    const id = `${config.kind}.${config.name}`;
    if (finished.has(id)) return;
    visit(config.node, [config.kind, config.name], [...trail, id], hasProvider);
    finished.add(id);
  }

  function visit(node: StoredConfig, path: readonly PropertyKey[], trail: readonly string[], hasProvider: boolean): void {
    const isNamed = hasProvider || node.provider !== undefined || node.virtual_key !== undefined;
    if (node.config !== undefined) follow("config", node.config, [...path, "config"], trail, isNamed);
    else if (node.model !== undefined && !isNamed) follow("model", node.model, [...path, "model"], trail, isNamed);
    for (const [index, target] of (node.targets ?? []).entries()) visit(target, [...path, "targets", index], trail, isNamed);
  }

  function follow(by: "config" | "model", name: string, path: readonly PropertyKey[], trail: readonly string[], isNamed: boolean): void {
    const found = find(by, name);
    if (found === null) {
      if (by === "config")
        problems.push({ path, message: `names ${JSON.stringify(name)}, which is neither in "configs" nor in "aliases"` });
      return;
    }
    const id = `${found.kind}.${found.name}`;
    // Within an alias its own name means the model of that name.
    if (by === "model" && trail.at(-1) === id) return;
    if (trail.includes(id))
      problems.push({ path, message: `leads back to itself: ${[...trail.slice(trail.indexOf(id)), id].join(" -> ")}` });
    else enter(found, trail, isNamed);
  }

  function find(by: "config" | "model", name: string): NamedConfig | null {
    const config = by === "config" && Object.hasOwn(stored.configs, name) ? stored.configs[name] : undefined;
    if (config !== undefined) return { kind: "configs", name, node: config };
    const alias = [stored.aliases, shipped].find((aliases) => Object.hasOwn(aliases, name))?.[name];
    return alias === undefined ? null : { kind: "aliases", name, node: alias };
  }
}

interface NamedConfig {
  readonly kind: "aliases" | "configs";
  readonly name: string;
  readonly node: StoredConfig;
}
