import { readBodies } from "#core/usage/call-bodies.ts";
import { deleteCalls } from "#core/usage/call-sums.ts";
import { exportCsv, exportJson, exportJsonl } from "#core/usage/export-calls.ts";
import { readCall, readCalls } from "#core/usage/read-calls.ts";
import type { callsContract } from "#shared/contract/calls.ts";
import { PosternError } from "#shared/errors.ts";
import { createUnderWayList } from "./calls-under-way.ts";
import type { HandlersOf } from "./handlers-of.ts";
import type { AdminParts } from "./parts.ts";

/** Answers what stands in `shared/contract/calls.ts`. What is asked for is on disk first: calls are written in batches. */
export function createCallHandlers({
  store,
  calls,
  startedAtMs,
  recordsUnderWay,
  stopCall,
}: Pick<AdminParts, "store" | "calls" | "startedAtMs" | "recordsUnderWay" | "stopCall">): HandlersOf<typeof callsContract> {
  /** A log that cannot be written can still be read. */
  const settled = (): Promise<void> => calls.flush().catch(() => undefined);
  const underWay = createUnderWayList(recordsUnderWay, startedAtMs);
  return {
    async listCalls({ query: { before, after, limit, ...filter } }) {
      await settled();
      return readCalls(store, filter, { beforeId: before ?? null, afterId: after ?? null, limit });
    },
    listCallsUnderWay: () => Promise.resolve(underWay.list()),
    stopCall({ parameters }) {
      const record = underWay.find(readId(parameters.id));
      return Promise.resolve({ stopped: record !== null && stopCall(record) });
    },
    async getCall({ parameters }) {
      await settled();
      const call = await readCall(store, readId(parameters.id));
      if (call !== null) return call;
      throw new PosternError("not_found", "Cannot show this call: the log does not have it; it may have been deleted, or was too old");
    },
    async getCallBodies({ parameters }) {
      const bodies = await readBodies(store, readId(parameters.id));
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
    async exportCallsJsonl({ query }) {
      await settled();
      return exportJsonl(store, query);
    },
    async deleteCalls({ query: { since, until } }) {
      if (since >= until) throw new PosternError("invalid_value", 'Cannot delete these calls: "until" must be later than "since"');
      await settled();
      return { deleted: await deleteCalls(store, { fromMs: since, untilMs: until }) };
    },
  };
}

function readId(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : -1;
}
