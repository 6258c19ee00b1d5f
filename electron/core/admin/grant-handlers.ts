import type { ToolGrant } from "#core/access/grants.ts";
import { readGrantActivity } from "#core/usage/grant-activity.ts";
import type { Spending } from "#core/access/spending.ts";
import type { GrantInfo, grantsContract } from "#shared/contract/grants.ts";
import type { HandlersOf } from "./handlers-of.ts";
import type { AdminParts } from "./parts.ts";

/** Answers what stands in `shared/contract/grants.ts`. */
export function createGrantHandlers({
  grants,
  spending,
  store,
  calls,
  clock,
}: Pick<AdminParts, "grants" | "spending" | "store" | "calls" | "clock">): HandlersOf<typeof grantsContract> {
  return {
    async listGrantActivity() {
      await calls.flush().catch(() => undefined);
      const ids = grants.tools.map(({ id }) => id);
      return { activity: [...(await readGrantActivity(store, ids, clock.nowMs()))] };
    },
    listGrants: async () => ({ grants: grants.tools.map((grant) => showGrant(grant, spending)) }),
    addGrant: async ({ body }) => {
      const { grant, key } = await grants.add(body.name, body.permissions);
      return { grant: showGrant(grant, spending), key: key ?? "" };
    },
    changeGrant: async ({ parameters, body }) => showGrant(await grants.change(parameters.grant, body), spending),
    replaceGrantKey: async ({ parameters }) => {
      const { grant, key } = await grants.replaceKey(parameters.grant);
      return { grant: showGrant(grant, spending), key };
    },
    revokeGrant: async ({ parameters }) => ({ revoked: await grants.revoke(parameters.grant) }),
  };
}

/** How a grant stands. */
export function stateOfGrant({ permissions, state }: ToolGrant): GrantInfo["state"] {
  return state.ended === null ? "active" : permissions.paused ? "paused" : "expired";
}

/** A grant as a person sees it. */
export function showGrant(grant: ToolGrant, spending: Pick<Spending, "spent">): GrantInfo {
  const { id, name, keyHint, permissions, createdAtMs } = grant;
  const spent = permissions.budgets.map((budget) => ({ ...budget, spent: spending.spent(id, budget) }));
  return {
    id,
    name,
    state: stateOfGrant(grant),
    keyHint,
    permissions,
    spent,
    createdAtMs,
  };
}
