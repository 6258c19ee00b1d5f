import { PosternError } from "#shared/errors.ts";
import { type Candidate, drawByKey, drawByWeight, stickyKey } from "./draw-target.ts";
import { estimateCostMicroUsd } from "./estimate-cost.ts";
import { orderByMeasurement, orderByValue } from "./order-targets.ts";
import { type Draft, type DraftBranch, type DraftTarget, resolveConfig } from "./resolve-config.ts";
import type { CallInputs, Route, RouteCall, RouteNode, RouteRow, RouteTarget, RouteWorld, Skipped } from "./route-types.ts";

/** How much is given up to have a target at all: first open circuits, then what the catalog says against one. */
type Strictness = "all" | "facts" | "none";

/**
 * Decides where a call goes. Pure but for the random numbers that the world hands in: it looks at the call and the world
 * and returns a tree of targets whose draws, conditions and orders are decided. What cannot be tried is passed over with
 * the reason; what only seems unfit (an open circuit, a model without vision) is passed over as long as another is left.
 *
 * @throws {PosternError} `unknown_provider`, `unknown_alias`, `unknown_key_name`, `provider_key_missing`,
 *   `provider_not_accepted`, `provider_incomplete`, `endpoint_unsupported`, `not_granted`, `invalid_api_key`,
 *   `invalid_value` or `invalid_config`
 */
export function planTree<Row extends RouteRow>(call: RouteCall, world: RouteWorld<Row>): Route<Row> {
  const { root, alias, inputs } = resolveConfig(call, world);
  // Most calls mean one target, and nothing speaks against it.
  if (root.kind === "target" && isAble(root, "all")) return { root: root.target, alias, metadata: inputs.metadata, skipped: none };
  const strictness = (["all", "facts", "none"] as const).find((one) => hasTarget(root, one));
  if (strictness === undefined) throw firstError(root) ?? new PosternError("internal", "Cannot route this call: its config has no target");
  const build = (draft: Draft<Row>): RouteNode<Row> => (draft.kind === "target" ? draft.target : buildBranch(draft));
  const buildBranch = (draft: DraftBranch<Row>): RouteNode<Row> => {
    const able = draft.children.filter((child) => hasTarget(child, strictness) && !(draft.mode === "loadbalance" && child.weight === 0));
    const { order, why } = arrange(draft, able, { call, world, inputs, strictness });
    const tries = order.map((index) => build(able[index] as Draft<Row>));
    return { kind: "branch", mode: draft.mode, optionPath: draft.optionPath, tries, goesOnAt: draft.goesOnAt, why };
  };
  return { root: build(root), alias, metadata: inputs.metadata, skipped: findSkipped(root, strictness) };
}

const none: readonly never[] = [];

interface Circumstances<Row extends RouteRow> {
  readonly call: RouteCall;
  readonly world: RouteWorld<Row>;
  readonly inputs: CallInputs;
  readonly strictness: Strictness;
}

/** Decides the order among the children that can be tried, as indices of `able`. */
function arrange<Row extends RouteRow>(
  draft: DraftBranch<Row>,
  able: readonly Draft<Row>[],
  { call, world, inputs, strictness }: Circumstances<Row>,
): { readonly order: readonly number[]; readonly why: string } {
  const firstTargets = (): RouteTarget<Row>[] => able.map((child) => firstTarget(child, strictness));
  switch (draft.mode) {
    case "loadbalance": {
      const candidates = able.map((child) => ({ id: pathOf(child), weight: child.weight }));
      const key = stickyKey(draft.strategy, inputs, world.nowMs());
      const index = key === null ? drawByWeight(candidates, world.random()) : drawByKey(candidates, key);
      return { order: [index], why: `drawn with a share of ${shareOf(candidates, index)}${key === null ? "" : ", and kept"}` };
    }
    case "fastest": {
      const times = firstTargets().map(({ healthKey }) => world.health.firstByteMs(healthKey));
      return { order: orderByMeasurement(times, world.random()), why: "by time to the first byte" };
    }
    case "cheapest": {
      const costs = firstTargets().map(({ facts }) => estimateCostMicroUsd(facts?.price ?? null, call.needs));
      return { order: orderByValue(costs), why: "by price" };
    }
    case "fallback":
      return { order: able.map((_, index) => index), why: "in order" };
    case "single":
    case "conditional":
      return { order: [0], why: draft.why };
    default:
      return draft.mode satisfies never;
  }
}

function isAble<Row extends RouteRow>({ error, unsuited }: DraftTarget<Row>, strictness: Strictness): boolean {
  if (error !== null) return false;
  return strictness === "none" || unsuited === null || (strictness === "facts" && unsuited.reason === "circuit");
}

/** Whether anything below can be tried. A target of weight 0 gets nothing, whatever becomes of its siblings. */
function hasTarget<Row extends RouteRow>(draft: Draft<Row>, strictness: Strictness): boolean {
  if (draft.kind === "target") return isAble(draft, strictness);
  return draft.children.some((child) => !(draft.mode === "loadbalance" && child.weight === 0) && hasTarget(child, strictness));
}

/** The target that a subtree stands for where subtrees are compared; there must be one. */
function firstTarget<Row extends RouteRow>(draft: Draft<Row>, strictness: Strictness): RouteTarget<Row> {
  if (draft.kind === "target") return draft.target;
  return firstTarget(draft.children.find((child) => hasTarget(child, strictness)) as Draft<Row>, strictness);
}

function firstError<Row extends RouteRow>(draft: Draft<Row>): PosternError | null {
  if (draft.kind === "target") return draft.error;
  for (const child of draft.children) {
    const error = firstError(child);
    if (error !== null) return error;
  }
  return null;
}

function findSkipped<Row extends RouteRow>(draft: Draft<Row>, strictness: Strictness): Skipped[] {
  if (draft.kind === "branch") {
    return draft.children.flatMap((child) => {
      const skipped = findSkipped(child, strictness);
      if (draft.mode !== "loadbalance" || child.weight > 0 || skipped.length > 0) return skipped;
      return [{ optionPath: pathOf(child), provider: null, model: null, reason: "weight" as const, message: "Its weight is 0" }];
    });
  }
  if (isAble(draft, strictness)) return [];
  const { target, error, unsuited } = draft;
  return [
    {
      optionPath: target.optionPath,
      provider: target.row.id,
      model: target.model,
      reason: error === null && unsuited !== null ? unsuited.reason : "unusable",
      message: (error ?? unsuited)?.message ?? "",
    },
  ];
}

function pathOf<Row extends RouteRow>(draft: Draft<Row>): string {
  return draft.kind === "target" ? draft.target.optionPath : draft.optionPath;
}

function shareOf(candidates: readonly Candidate[], index: number): string {
  const total = candidates.reduce((sum, { weight }) => sum + weight, 0);
  return `${Math.round(((candidates[index]?.weight ?? 0) / total) * 100)} %`;
}
