import { readBodies } from "#core/usage/call-bodies.ts";
import { deleteCalls } from "#core/usage/call-sums.ts";
import { exportCsv, exportJson } from "#core/usage/export-calls.ts";
import { queryUsage } from "#core/usage/query-usage.ts";
import { readCalls } from "#core/usage/read-calls.ts";
import type { usageContract } from "#shared/contract/usage.ts";
import { PosternError } from "#shared/errors.ts";
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
    async listCalls({ query: { before, limit, ...filter } }) {
      await settled();
      const page = await readCalls(store, filter, { beforeId: before ?? null, limit });
      return { calls: page, next: page.length < limit ? null : (page.at(-1)?.id ?? null) };
    },
    async getCallBodies({ parameters }) {
      const bodies = await readBodies(store, /^\d{1,15}$/.test(parameters.id) ? Number(parameters.id) : -1);
      if (bodies !== null) return bodies;
      throw new PosternError(
        "not_found",
        "Cannot show this call's prompt and answer: they are not kept; usage.keepBodiesOf in config.json names the tools of which they are",
      );
    },
    async exportCallsCsv({ query }) {
      await settled();
      return exportCsv(store, query);
    },
    async exportCallsJson({ query }) {
      await settled();
      return exportJson(store, query);
    },
    async deleteCalls({ query: { since, until } }) {
      if (since >= until) throw new PosternError("invalid_value", 'Cannot delete these calls: "until" must be later than "since"');
      await settled();
      return { deleted: await deleteCalls(store, { fromMs: since, untilMs: until }) };
    },
  };
}
