import type { CallEnding } from "#shared/call-endings.ts";
import type { PackedValue } from "#core/store/packed-rows.ts";
import type { Statement } from "#core/store/store.ts";
import { attemptsText } from "./attempts-text.ts";
import { cut, whole } from "./column-values.ts";
import type { CallPrice } from "./cost.ts";
import { localDay } from "./local-day.ts";
import { priceStatement, storedPrice } from "./stored-price.ts";

/** When the steps of a try came. What has not come, or did not have to, is null. */
export interface AttemptTimes {
  /** From the call's start, in milliseconds. */
  startMs: number | null;
  /** From here on from the try's own start: when a connection was there and the request went out on it. */
  connectMs: number | null;
  /** When the provider's header came. */
  headMs: number | null;
  /** When the answer's first byte went to the client. */
  firstByteMs: number | null;
}

/** One try at one target. */
export interface CallAttempt extends Readonly<AttemptTimes> {
  readonly provider: string;
  readonly model: string | null;
  readonly keyName: string | null;
  /** The provider's HTTP status; null where none came. */
  readonly status: number | null;
  readonly errorCode: string | null;
  readonly totalMs: number | null;
  /** What followed and why, in words; left out of the try that was answered with. */
  readonly why?: string | undefined;
}

/** What is kept of one call: a row of the table `calls`. What is not known is null, never 0. No prompt, no answer, no key. */
export interface CallRecord {
  /** Milliseconds since 1970. */
  readonly startedAtMs: number;
  readonly endpoint: string | null;
  readonly grantId: string | null;
  /** Who called, by the key's name or by what the client says of itself. */
  readonly tool: string | null;
  /** A claim of the client. The first 200 characters are kept. */
  readonly userAgent: string | null;
  readonly alias: string | null;
  readonly provider: string | null;
  readonly modelAsked: string | null;
  readonly modelServed: string | null;
  readonly keyName: string | null;
  readonly clientDialect: string | null;
  readonly providerDialect: string | null;
  /** The HTTP status that the client got. */
  readonly status: number | null;
  readonly errorCode: string | null;
  readonly ending: CallEnding;
  readonly streamed: boolean | null;
  readonly attempts: readonly CallAttempt[];
  /** From the start to the first byte for the client. */
  readonly firstByteMs: number | null;
  readonly totalMs: number | null;
  /** All input, what a cache gave or took among it. */
  readonly inputTokens: number | null;
  readonly cachedInputTokens: number | null;
  readonly cacheWriteTokens: number | null;
  /** All output, reasoning among it. */
  readonly outputTokens: number | null;
  readonly reasoningTokens: number | null;
  /** Millionths of a US dollar. */
  readonly costMicroUsd: number | null;
  readonly costSource: "reported" | "estimated" | null;
  /** What caches spared, in millionths of a US dollar; below 0 where filling one cost more than it gave. */
  readonly savedMicroUsd: number | null;
  /** What the cost was estimated from. */
  readonly price: CallPrice | null;
  /** What Postern's own cache of answers said; null where it was not asked. */
  readonly cacheStatus: string | null;
  readonly requestBytes: number | null;
  readonly responseBytes: number | null;
  readonly traceId: string | null;
  /** The caller's own words about the call, a JSON object; null where there are none. */
  readonly metadata: string | null;
  /** What the provider could not be told. */
  readonly dropped: readonly string[];
  /** Where its bodies are kept; null where they are not. */
  readonly bodyId: number | null;
}

/** A call under way, as its record fills; `slot` and `intentId` are the log's own. */
export type OpenCall = { -readonly [Field in keyof CallRecord]: CallRecord[Field] } & {
  /** Its place among the calls that have no row yet; -1 where it is not among them. */
  slot: number;
  /** The row that says it was begun; 0 where there is none. */
  intentId: number;
};

const none: readonly never[] = [];

/** A call of which nothing is known yet but when it began; every one has the same shape. */
export function newCall(startedAtMs: number): OpenCall {
  return {
    startedAtMs,
    endpoint: null,
    grantId: null,
    tool: null,
    userAgent: null,
    alias: null,
    provider: null,
    modelAsked: null,
    modelServed: null,
    keyName: null,
    clientDialect: null,
    providerDialect: null,
    status: null,
    errorCode: null,
    ending: "refused",
    streamed: null,
    attempts: none,
    firstByteMs: null,
    totalMs: null,
    inputTokens: null,
    cachedInputTokens: null,
    cacheWriteTokens: null,
    outputTokens: null,
    reasoningTokens: null,
    costMicroUsd: null,
    costSource: null,
    savedMicroUsd: null,
    price: null,
    cacheStatus: null,
    requestBytes: null,
    responseBytes: null,
    traceId: null,
    metadata: null,
    dropped: none,
    bodyId: null,
    slot: -1,
    intentId: 0,
  };
}

const columns = [
  "started_at_ms, day, endpoint, grant_id, tool, user_agent, alias, provider, model_asked, model_served, key_name, client_dialect,",
  "streamed, request_bytes, trace_id, provider_dialect, status, error_code, ending, attempts, first_byte_ms, total_ms, input_tokens,",
  "cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens, cost_micro_usd, cost_source, price_id, cache_status,",
  "response_bytes, metadata, dropped, body_id, saved_micro_usd",
].join(" ");

/** How many values {@link callRow} has. */
export const callColumns = 36;

/** Takes the values of {@link callRow}. */
export const insertCallSql = `INSERT INTO calls (${columns}) VALUES (${placeholders(callColumns)})`;

const beginningColumns =
  "started_at_ms, day, endpoint, grant_id, tool, user_agent, alias, provider, model_asked, model_served, key_name, client_dialect, " +
  "streamed, request_bytes, trace_id";
const beginningCount = 15;

/** How many values {@link intentRow} has. */
export const intentColumns = beginningCount + 1;

/** Takes the values of {@link intentRow}. */
export const insertIntentSql = `INSERT OR REPLACE INTO open_calls (id, ${beginningColumns}) VALUES (${placeholders(intentColumns)})`;

/** Takes one parameter: the ids as a JSON array. */
export const deleteIntentsSql = "DELETE FROM open_calls WHERE id IN (SELECT value FROM json_each(?))";

/** Turns the calls that an earlier run did not end into rows that say so. */
export const closeInterruptedCalls: readonly Statement[] = [
  {
    sql: `INSERT INTO calls (${beginningColumns}, ending, attempts) SELECT ${beginningColumns}, 'interrupted', '[]' FROM open_calls ORDER BY id`,
  },
  { sql: "DELETE FROM open_calls" },
];

const maxUserAgentLength = 200;

/**
 * The values of a record in the order of {@link insertCallSql}; fractions of milliseconds are rounded. Of its price they
 * have the id, and {@link priceStatement} writes the rest.
 */
export function callRow(record: CallRecord): PackedValue[] {
  const row = beginningOf(record);
  row.push(
    record.providerDialect,
    whole(record.status),
    cut(record.errorCode),
    record.ending,
    attemptsText(record),
    whole(record.firstByteMs),
    whole(record.totalMs),
    whole(record.inputTokens),
    whole(record.cachedInputTokens),
    whole(record.cacheWriteTokens),
    whole(record.outputTokens),
    whole(record.reasoningTokens),
    record.costMicroUsd,
    record.costSource,
    record.price === null ? null : storedPrice(record.price).id,
    record.cacheStatus,
    whole(record.responseBytes),
    record.metadata,
    record.dropped.length === 0 ? null : JSON.stringify(record.dropped),
    record.bodyId,
    record.savedMicroUsd,
  );
  return row;
}

/** The values of a call that goes on, in the order of {@link insertIntentSql}. */
export function intentRow(id: number, record: CallRecord): PackedValue[] {
  return [id, ...beginningOf(record)];
}

/** One record as statements, for a transaction that writes it together with something else. */
export function callStatements(record: CallRecord): readonly Statement[] {
  const row = { sql: insertCallSql, parameters: callRow(record) };
  return record.price === null ? [row] : [row, priceStatement(storedPrice(record.price))];
}

function beginningOf(record: CallRecord): PackedValue[] {
  const startedAtMs = whole(record.startedAtMs);
  return [
    startedAtMs,
    startedAtMs === null ? null : localDay(startedAtMs),
    cut(record.endpoint),
    cut(record.grantId),
    cut(record.tool),
    cut(record.userAgent, maxUserAgentLength),
    cut(record.alias),
    cut(record.provider),
    cut(record.modelAsked),
    cut(record.modelServed),
    cut(record.keyName),
    record.clientDialect,
    record.streamed === null ? null : Number(record.streamed),
    whole(record.requestBytes),
    cut(record.traceId),
  ];
}

function placeholders(count: number): string {
  return Array.from({ length: count }, () => "?").join(", ");
}
