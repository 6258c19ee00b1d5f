import type { requestsContract } from "#shared/contract/requests.ts";
import { showGrant } from "./grant-handlers.ts";
import type { HandlersOf } from "./handlers-of.ts";
import type { AdminParts } from "./parts.ts";

/** Answers what stands in `shared/contract/requests.ts`. */
export function createRequestHandlers({
  requests,
  spending,
}: Pick<AdminParts, "requests" | "spending">): HandlersOf<typeof requestsContract> {
  return {
    listRequests: async () => ({ requests: [...requests.list()] }),
    allowRequest: async ({ parameters, body }) => {
      if (body.mode === "once") {
        requests.allowOnce(parameters.id);
        return { grant: null, key: null };
      }
      const { grant, key } = await requests.allowAlways(parameters.id, body);
      return { grant: grant === null ? null : showGrant(grant, spending), key };
    },
    denyRequest: async ({ parameters, body }) => ({ denied: requests.deny(parameters.id, body) }),
  };
}
