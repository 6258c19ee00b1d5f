import { PosternError } from "#shared/errors.ts";
import { emptyCall } from "./empty-call.ts";
import { planTree } from "./plan-tree.ts";
import type { RouteRow, RouteWorld } from "./route-types.ts";

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
