import type { Explanation } from "#shared/contract/explain.ts";
import type { StoredConfig } from "#shared/schema/routing.ts";
import type { StrategyMode } from "#shared/schema/routing-strategy.ts";
import { nameTarget, shareOf } from "../describe-config.ts";
import { findNamed, type FindStored, type Leaf, settle } from "../draft/find-leaves.ts";

/** A target as the dry run shows it. */
export interface DrawnTarget {
  readonly kind: "target";
  readonly path: string;
  readonly name: string;
  readonly provider: string | null;
  readonly model: string | null;
  /** When and how it would be tried; null where it would not. */
  readonly tried: Explanation["targets"][number] | null;
  /** Why it would not, in the planner's words; null where the way that was chosen leaves it out. */
  readonly skipped: Explanation["skipped"][number] | null;
  readonly beside: Beside;
}

/** A group as the dry run shows it. */
export interface DrawnGroup {
  readonly kind: "group";
  readonly path: string;
  /** The alias or config that stands here; null for a group of the config itself. */
  readonly name: string | null;
  readonly mode: StrategyMode;
  /** How it was decided; null where no call gets here. */
  readonly why: string | null;
  readonly children: readonly DrawnNode[];
  readonly beside: Beside;
}

/** A node of the drawing. */
export type DrawnNode = DrawnTarget | DrawnGroup;

/** What the group around a node says of it. */
export interface Beside {
  /** Null for the outermost. */
  readonly mode: StrategyMode | null;
  /** Of the calls that reach the group, 0 to 1; null where it does not share. */
  readonly share: number | null;
}

const deepest = 8;

/** Lays what the planner said over the config that it spoke of, with the aliases that the config names written out. */
export function drawRoute(config: StoredConfig, explanation: Explanation, find: FindStored): DrawnNode {
  const tried = new Map(explanation.targets.map((target) => [target.optionPath, target]));
  const skipped = new Map(explanation.skipped.map((one) => [one.optionPath, one]));
  const decisions = new Map(explanation.decisions.map((decision) => [decision.optionPath, decision]));
  return visit(config, "config", { provider: null, model: null, keyName: null }, { mode: null, share: null }, null, []);

  function visit(
    node: StoredConfig,
    path: string,
    from: Leaf,
    beside: Beside,
    alias: string | null,
    trail: readonly StoredConfig[],
  ): DrawnNode {
    const here = settle(node, from);
    const named = node.targets === undefined && trail.length < deepest ? findNamed(node, here, find) : undefined;
    if (named !== undefined && !trail.includes(named)) {
      const inside = { ...here, model: node.config === undefined ? null : here.model };
      return visit(named, path, inside, beside, node.config ?? here.model, [...trail, node]);
    }
    if (node.targets === undefined || node.strategy === undefined) {
      const target = tried.get(path) ?? null;
      const passed = skipped.get(path) ?? null;
      return {
        kind: "target",
        path,
        name: alias ?? nameTarget(node) ?? path,
        // The planner knows which provider serves a bare model.
        provider: target?.provider ?? passed?.provider ?? here.provider,
        model: target?.model ?? passed?.model ?? here.model,
        tried: target,
        skipped: passed,
        beside,
      };
    }
    const { targets, strategy } = node;
    const children = targets.map((target, index) => {
      const share = strategy.mode === "loadbalance" ? shareOf(targets, index) : null;
      return visit(target, `${path}.targets[${String(index)}]`, here, { mode: strategy.mode, share }, null, [...trail, node]);
    });
    return {
      kind: "group",
      path,
      name: alias ?? node.name ?? null,
      mode: strategy.mode,
      why: decisions.get(path)?.why ?? null,
      children,
      beside,
    };
  }
}

/** Whether a call would get to a node, or to anything in it. */
export function isReached(node: DrawnNode): boolean {
  return node.kind === "target" ? node.tried !== null : node.children.some((child) => isReached(child));
}
