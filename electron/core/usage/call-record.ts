import type { SqlValue, Statement } from "#core/store/store.ts";

/**
 * How a call came to its end: `finished` whole; `truncated` broke after its first byte; `failed` ended with an error;
 * `client_closed` when the client left; `refused` when Postern itself said no.
 */
export type CallEnding = "finished" | "truncated" | "failed" | "client_closed" | "refused";

/** One try at one target. */
export interface CallAttempt {
  readonly provider: string;
  readonly model: string | null;
  readonly keyName: string | null;
  /** The provider's HTTP status; null where none came. */
  readonly status: number | null;
  readonly errorCode: string | null;
  readonly totalMs: number | null;
}

/** What is kept of one call: a row of the table `calls`. What is not known is null, never 0. No prompt, no answer, no key. */
export interface CallRecord {
  /** Milliseconds since 1970. */
  readonly startedAtMs: number;
  readonly endpoint: string | null;
  readonly grantId: string | null;
  /** A claim of the client. The first 200 characters are kept. */
  readonly userAgent: string | null;
  readonly alias: string | null;
  readonly provider: string | null;
  readonly modelAsked: string | null;
  readonly modelServed: string | null;
  readonly keyName: string | null;
  /** The HTTP status that the client got. */
  readonly status: number | null;
  readonly errorCode: string | null;
  readonly ending: CallEnding;
  readonly streamed: boolean | null;
  readonly attempts: readonly CallAttempt[];
  /** From the start to the first byte for the client. */
  readonly firstByteMs: number | null;
  readonly totalMs: number | null;
  readonly inputTokens: number | null;
  readonly cachedInputTokens: number | null;
  readonly outputTokens: number | null;
  readonly reasoningTokens: number | null;
  readonly requestBytes: number | null;
  readonly responseBytes: number | null;
  readonly traceId: string | null;
}

/** Takes the values of {@link callRow}. */
export const insertCallSql = `INSERT INTO calls (
  started_at_ms, endpoint, grant_id, user_agent, alias, provider, model_asked, model_served, key_name, status, error_code, ending,
  streamed, attempts, first_byte_ms, total_ms, input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, request_bytes,
  response_bytes, trace_id
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

const maxUserAgentLength = 200;
/** Names that a client chose end up here; none that means something is longer. */
const maxTextLength = 512;

/** The values of a record in the order of {@link insertCallSql}; fractions of milliseconds are rounded. */
export function callRow(record: CallRecord): SqlValue[] {
  return [
    whole(record.startedAtMs),
    cut(record.endpoint, maxTextLength),
    cut(record.grantId, maxTextLength),
    cut(record.userAgent, maxUserAgentLength),
    cut(record.alias, maxTextLength),
    cut(record.provider, maxTextLength),
    cut(record.modelAsked, maxTextLength),
    cut(record.modelServed, maxTextLength),
    cut(record.keyName, maxTextLength),
    whole(record.status),
    cut(record.errorCode, maxTextLength),
    record.ending,
    record.streamed === null ? null : Number(record.streamed),
    JSON.stringify(record.attempts),
    whole(record.firstByteMs),
    whole(record.totalMs),
    whole(record.inputTokens),
    whole(record.cachedInputTokens),
    whole(record.outputTokens),
    whole(record.reasoningTokens),
    whole(record.requestBytes),
    whole(record.responseBytes),
    cut(record.traceId, maxTextLength),
  ];
}

/** One record as a statement, for a transaction that writes it together with something else. */
export function callStatement(record: CallRecord): Statement {
  return { sql: insertCallSql, parameters: callRow(record) };
}

/** The columns are strict integers, which refuse 12.5; a number that is none is an unknown one. */
function whole(value: number | null): number | null {
  return value === null || !Number.isFinite(value) ? null : Math.round(value);
}

function cut(value: string | null, maxLength: number): string | null {
  return value === null || value.length <= maxLength ? value : value.slice(0, maxLength);
}
