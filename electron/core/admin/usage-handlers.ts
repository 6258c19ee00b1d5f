import { queryUsage } from "#core/usage/query-usage.ts";
import { exportUsageCsv, queryUsageSeries } from "#core/usage/usage-series.ts";
import type { usageContract } from "#shared/contract/usage.ts";
import type { HandlersOf } from "./handlers-of.ts";
import type { AdminParts } from "./parts.ts";

/** Answers what stands in `shared/contract/usage.ts`. What is asked for is on disk first: calls are written in batches. */
export function createUsageHandlers({ store, calls }: Pick<AdminParts, "store" | "calls">): HandlersOf<typeof usageContract> {
  /** A log that cannot be written can still be read. */
  const settled = (): Promise<void> => calls.flush().catch(() => undefined);
  return {
    async getUsage({ query: { by, ...filter } }) {
      await settled();
      return queryUsage(store, by, filter);
    },
    async getUsageSeries({ query }) {
      await settled();
      return queryUsageSeries(store, query);
    },
    async exportUsageCsv({ query }) {
      await settled();
      return exportUsageCsv(store, query);
    },
  };
}
