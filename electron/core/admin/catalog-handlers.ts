import type { catalogContract } from "#shared/contract/catalog.ts";
import type { HandlersOf } from "./handlers-of.ts";
import type { AdminParts } from "./parts.ts";

/** Answers what stands in `shared/contract/catalog.ts`. */
export function createCatalogHandlers({ catalog }: Pick<AdminParts, "catalog">): HandlersOf<typeof catalogContract> {
  return {
    queryModels: ({ body }) => catalog.query(body),
    listModels: ({ query }) => catalog.list(query.known ?? null),
    readModelFigures: ({ body }) => catalog.figures(body.model),
    describeModel: ({ body }) => catalog.describe(body),
    compareModels: ({ body }) => catalog.compare(body.models),
    listGateways: async () => ({ gateways: [...(await catalog.gateways())] }),
    refreshCatalog: async ({ body }) => ({ outcomes: [...(await catalog.refresh(body.gateways ?? null))] }),
    forgetGateway: async ({ parameters }) => ({ removed: await catalog.forget(parameters.gateway) }),
  };
}
