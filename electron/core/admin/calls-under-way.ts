import type { CallRecord } from "#core/usage/call-record.ts";
import type { CallUnderWay } from "#shared/contract/calls.ts";

const mostListed = 200;

/** Lists calls that have no whole answer yet, and gives each a number that it keeps. */
export function createUnderWayList(records: () => readonly CallRecord[]): () => { calls: CallUnderWay[]; count: number } {
  const ids = new WeakMap<CallRecord, number>();
  let lastId = 0;
  const idOf = (record: CallRecord): number => {
    let id = ids.get(record);
    if (id === undefined) ids.set(record, (id = ++lastId));
    return id;
  };
  return () => {
    // What asks no model for anything, as the list of models does, is no call.
    const all = records()
      .filter(({ endpoint }) => endpoint !== null)
      .sort((one, other) => one.startedAtMs - other.startedAtMs);
    return { calls: all.slice(0, mostListed).map((record) => describe(idOf(record), record)), count: all.length };
  };
}

function describe(id: number, record: CallRecord): CallUnderWay {
  const { startedAtMs, endpoint, grantId, tool, alias, provider, modelAsked, modelServed, streamed, firstByteMs, responseBytes } = record;
  const attempts = record.attempts.map(({ why, ...attempt }) => (why === undefined ? attempt : { ...attempt, why }));
  const target = { alias, provider, modelAsked, modelServed };
  return { id, startedAtMs, endpoint, grantId, tool, ...target, streamed, attempts, firstByteMs, responseBytes };
}
