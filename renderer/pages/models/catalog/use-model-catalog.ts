import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { type ModelListAnswer, modelListAnswerSchema } from "#shared/schema/model-list.ts";
import { admin } from "../../../data/admin.ts";
import { queries, queryKeyOf, refresh } from "../../../data/queries.ts";
import { type ModelCatalog, readModelCatalog } from "./model-catalog.ts";

interface Known {
  readonly version: string;
  readonly catalog: ModelCatalog;
}

const key = queryKeyOf("listModels", {});

/** Every model, fetched once and again only where another version of the list is there. */
export function useModelCatalog(): UseQueryResult<Known> {
  return useQuery({
    queryKey: key,
    queryFn: async ({ signal }): Promise<Known> => {
      const known = queries.getQueryData<Known>(key);
      const { version, list } = await fetchList(known?.version, signal);
      // The first list waits until its sources were fetched, and their events may have come before anybody listened.
      if (list !== null) {
        void refresh("listGateways");
        return { version, catalog: readModelCatalog(list) };
      }
      return known ?? (await fetchWhole(signal));
    },
    // Comparing what is new with what was there would take longer than reading it.
    structuralSharing: false,
    gcTime: Number.POSITIVE_INFINITY,
  });
}

async function fetchList(known: string | undefined, signal: AbortSignal): Promise<ModelListAnswer> {
  const response = await admin("listModels", { query: { known } }, { signal });
  return modelListAnswerSchema.parse(await response.json());
}

async function fetchWhole(signal: AbortSignal): Promise<Known> {
  const { version, list } = await fetchList(undefined, signal);
  if (list === null) throw new Error("Cannot show the models: Postern sent no list; try again");
  return { version, catalog: readModelCatalog(list) };
}
