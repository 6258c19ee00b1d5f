import type { CallAttemptInfo } from "#shared/contract/calls.ts";
import type { CallRecord } from "./call-record.ts";
import { cut, whole } from "./column-values.ts";

/** A try as the column `attempts` has it. */
export interface WrittenAttempt extends Partial<CallAttemptInfo> {
  /** In whole milliseconds: startMs, connectMs, headMs, firstByteMs, totalMs. */
  readonly ms?: readonly (number | null)[];
}

/**
 * Writes the tries of a call as JSON, without what the columns of its own row say as well. The text is put together by hand,
 * for each call has one, and a usual call's is its five times and nothing else.
 */
export function attemptsText(record: CallRecord): string {
  let text = "";
  for (const attempt of record.attempts) {
    const { startMs, connectMs, headMs, firstByteMs, totalMs, why } = attempt;
    text += `${text === "" ? "[" : ","}{"ms":[${whole(startMs)},${whole(connectMs)},${whole(headMs)},${whole(firstByteMs)},${whole(totalMs)}]`;
    const isElsewhere = attempt.provider !== cut(record.provider);
    if (isElsewhere) text += `,"provider":${JSON.stringify(attempt.provider)}`;
    if (attempt.model !== cut(record.modelServed)) text += `,"model":${JSON.stringify(attempt.model)}`;
    // A row follows when its provider's key gets another name, and other providers have keys of the same.
    if (isElsewhere || attempt.keyName !== cut(record.keyName)) text += `,"keyName":${JSON.stringify(attempt.keyName)}`;
    if (attempt.status !== whole(record.status)) text += `,"status":${JSON.stringify(attempt.status)}`;
    if (attempt.errorCode !== cut(record.errorCode)) text += `,"errorCode":${JSON.stringify(attempt.errorCode)}`;
    if (why !== undefined) text += `,"why":${JSON.stringify(why)}`;
    text += "}";
  }
  return text === "" ? "[]" : `${text}]`;
}

/** The columns that tries do not repeat. */
export interface AttemptsRow {
  readonly provider: string | null;
  readonly model_served: string | null;
  readonly key_name: string | null;
  readonly status: number | null;
  readonly error_code: string | null;
}

const unknownRow: AttemptsRow = { provider: null, model_served: null, key_name: null, status: null, error_code: null };

/**
 * Gives a try back as it was before {@link attemptsText}. One without `ms` is of an earlier version: it names its times and
 * leaves nothing to the row, and what it does not say was not known.
 */
export function attemptOf({ ms, ...written }: WrittenAttempt, row: AttemptsRow): CallAttemptInfo {
  const { provider, model_served: model, key_name: keyName, status, error_code: errorCode } = ms === undefined ? unknownRow : row;
  const [startMs = null, connectMs = null, headMs = null, firstByteMs = null, totalMs = null] = ms ?? [];
  return { provider: provider ?? "", model, keyName, status, errorCode, startMs, connectMs, headMs, firstByteMs, totalMs, ...written };
}
