import type { CallRecord } from "#core/usage/call-record.ts";
import type { CallUnderWay } from "#shared/contract/calls.ts";

const mostListed = 200;

/** The calls that have no whole answer yet. */
export interface UnderWayList {
  list(): { calls: CallUnderWay[]; count: number };
  /** The call that was listed under a number; null where it has ended. */
  find(id: number): CallRecord | null;
}

/**
 * Lists calls that have no whole answer yet, and gives each a number that it keeps.
 *
 * @param firstId higher than any number of an earlier run: a window that has not noticed a restart must not stop another call
 */
export function createUnderWayList(records: () => readonly CallRecord[], firstId: number): UnderWayList {
  const ids = new WeakMap<CallRecord, number>();
  let lastId = firstId;
  const idOf = (record: CallRecord): number => {
    let id = ids.get(record);
    if (id === undefined) ids.set(record, (id = ++lastId));
    return id;
  };
  return {
    list() {
      // What asks no model for anything, as the list of models does, is no call.
      const all = records()
        .filter(({ endpoint }) => endpoint !== null)
        .sort((one, other) => one.startedAtMs - other.startedAtMs);
      return { calls: all.slice(0, mostListed).map((record) => describe(idOf(record), record)), count: all.length };
    },
    find: (id) => records().find((record) => ids.get(record) === id) ?? null,
  };
}

function describe(id: number, record: CallRecord): CallUnderWay {
  const { startedAtMs, endpoint, grantId, tool, alias, provider, modelAsked, modelServed, streamed, firstByteMs, responseBytes } = record;
  const attempts = record.attempts.map(({ why, ...attempt }) => (why === undefined ? attempt : { ...attempt, why }));
  const target = { alias, provider, modelAsked, modelServed };
  return { id, startedAtMs, endpoint, grantId, tool, ...target, streamed, attempts, firstByteMs, responseBytes };
}
