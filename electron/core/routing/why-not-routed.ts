import { type ErrorCode, PosternError } from "#shared/errors.ts";
import type { CallConfig } from "#shared/schema/routing.ts";
import { emptyCall } from "./empty-call.ts";
import { planTree } from "./plan-tree.ts";
import type { RouteRow, RouteWorld } from "./route-types.ts";

/** What keeps a model or an alias from being asked whatever a call says. */
const standing: ReadonlySet<ErrorCode> = new Set([
  "provider_key_missing",
  "unknown_key_name",
  "provider_not_accepted",
  "provider_incomplete",
  "unknown_provider",
]);

/** Whether a chat to this model or alias may go out now. Where the call itself decides the target, it may. */
export function mayBeRouted<Row extends RouteRow>(model: string, world: RouteWorld<Row>): boolean {
  const refusal = whyNotRouted(model, world);
  if (refusal === null || !standing.has(refusal.code)) return true;
  const alias = world.findAlias(model);
  return alias !== undefined && asksTheCall(alias);
}

function asksTheCall({ strategy, targets }: CallConfig): boolean {
  return strategy?.mode === "conditional" || targets?.some(asksTheCall) === true;
}

/** Why a chat to this model or alias would be refused before anybody is asked; null where it would go out. */
export function whyNotRouted<Row extends RouteRow>(model: string, world: RouteWorld<Row>): PosternError | null {
  try {
    planTree({ ...emptyCall, model }, world);
    return null;
  } catch (error) {
    if (error instanceof PosternError) return error;
    throw error;
  }
}
