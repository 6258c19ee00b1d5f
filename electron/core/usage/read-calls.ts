import type { SqlValue, Store } from "#core/store/store.ts";
import type { CallFilter, LoggedCall } from "#shared/contract/calls.ts";
import { attemptOf, type WrittenAttempt } from "./attempts-text.ts";
import { callConditions } from "./call-conditions.ts";

interface CallRow {
  readonly id: number;
  readonly started_at_ms: number;
  readonly endpoint: string | null;
  readonly grant_id: string | null;
  readonly tool: string | null;
  readonly user_agent: string | null;
  readonly alias: string | null;
  readonly provider: string | null;
  readonly model_asked: string | null;
  readonly model_served: string | null;
  readonly key_name: string | null;
  readonly client_dialect: string | null;
  readonly provider_dialect: string | null;
  readonly status: number | null;
  readonly error_code: string | null;
  readonly ending: LoggedCall["ending"];
  readonly streamed: number | null;
  readonly attempts: string;
  readonly first_byte_ms: number | null;
  readonly total_ms: number | null;
  readonly input_tokens: number | null;
  readonly cached_input_tokens: number | null;
  readonly cache_write_tokens: number | null;
  readonly output_tokens: number | null;
  readonly reasoning_tokens: number | null;
  readonly cost_micro_usd: number | null;
  readonly cost_source: "reported" | "estimated" | null;
  readonly saved_micro_usd: number | null;
  readonly price: string | null;
  readonly cache_status: string | null;
  readonly request_bytes: number | null;
  readonly response_bytes: number | null;
  readonly trace_id: string | null;
  readonly metadata: string | null;
  readonly dropped: string | null;
  readonly has_bodies: number;
}

/** Which part of the log. */
export interface CallRange {
  /** Calls with a smaller `id` than this; null for the newest. */
  readonly beforeId: number | null;
  /** Calls with a larger `id` than this; null for all. */
  readonly afterId?: number | null;
  readonly limit: number;
}

/** Some calls, the newest first. */
export interface CallPage {
  readonly calls: readonly LoggedCall[];
  /** Where the next page begins: its `beforeId`; null where there is none. */
  readonly next: number | null;
  /** The newest of the whole log; null where there is none. */
  readonly newest: number | null;
}

/** So many rows are looked through at a time: who writes calls down gets in between. */
const rowsAtOnce = 20_000;
/** A kept body has up to some megabytes, and a search reads it. */
const rowsAtOnceWithBodies = 200;
/** A search that has looked for so long says how far it came. */
const longestSearchMs = 1_000;

/**
 * Reads calls of the log, the newest first. Where a filter finds little, the page ends after a second with what there is
 * by then, and its `next` says where to go on.
 */
export async function readCalls(store: Pick<Store, "all">, filter: CallFilter, range: CallRange): Promise<CallPage> {
  const { sql, parameters } = callConditions(filter);
  const [bounds] = await store.all<{ lowest: number | null; highest: number | null; hasBodies: number }>(
    "SELECT min(id) AS lowest, max(id) AS highest, EXISTS (SELECT 1 FROM call_bodies) AS hasBodies FROM calls",
  );
  if (bounds === undefined || bounds.lowest === null || bounds.highest === null) return { calls: [], next: null, newest: null };
  const lowest = Math.max(bounds.lowest, (range.afterId ?? 0) + 1);
  const step = sql.length === 0 ? Infinity : filter.text !== undefined && bounds.hasBodies === 1 ? rowsAtOnceWithBodies : rowsAtOnce;
  const calls: LoggedCall[] = [];
  const untilMs = performance.now() + longestSearchMs;
  let before = Math.min(range.beforeId ?? Infinity, bounds.highest + 1);
  while (before > lowest) {
    const from = Math.max(lowest, before - step);
    const wanted = range.limit - calls.length;
    const found = await readSlice(store, ["id < ?", "id >= ?", ...sql], [before, from, ...parameters, wanted]);
    calls.push(...found);
    before = found.length === wanted ? (calls.at(-1)?.id ?? from) : from;
    if (calls.length === range.limit || performance.now() > untilMs) break;
  }
  return { calls, next: before > lowest ? before : null, newest: bounds.highest };
}

/** Reads one call; null where the log has none of this id. */
export async function readCall(store: Pick<Store, "all">, id: number): Promise<LoggedCall | null> {
  const [call] = await readSlice(store, ["id = ?"], [id, 1]);
  return call ?? null;
}

async function readSlice(store: Pick<Store, "all">, where: readonly string[], parameters: readonly SqlValue[]): Promise<LoggedCall[]> {
  const rows = await store.all<CallRow>(
    `SELECT *, (SELECT text FROM prices WHERE prices.id = calls.price_id) AS price,
       EXISTS (SELECT 1 FROM call_bodies WHERE call_bodies.id = calls.body_id) AS has_bodies
     FROM calls WHERE ${where.join(" AND ")} ORDER BY id DESC LIMIT ?`,
    parameters,
  );
  return rows.map(callOf);
}

function callOf(row: CallRow): LoggedCall {
  const { input_tokens: input, output_tokens: output, first_byte_ms: firstByteMs, total_ms: totalMs } = row;
  const writingMs = totalMs === null ? null : row.streamed === 1 ? totalMs - (firstByteMs ?? totalMs) : totalMs;
  return {
    id: row.id,
    startedAtMs: row.started_at_ms,
    endpoint: row.endpoint,
    grantId: row.grant_id,
    tool: row.tool,
    userAgent: row.user_agent,
    alias: row.alias,
    provider: row.provider,
    modelAsked: row.model_asked,
    modelServed: row.model_served,
    keyName: row.key_name,
    clientDialect: row.client_dialect,
    providerDialect: row.provider_dialect,
    status: row.status,
    errorCode: row.error_code,
    ending: row.ending,
    streamed: row.streamed === null ? null : row.streamed === 1,
    attempts: parse<readonly WrittenAttempt[]>(row.attempts, []).map((attempt) => attemptOf(attempt, row)),
    firstByteMs,
    totalMs,
    tokensPerSecond: output === null || writingMs === null || writingMs <= 0 ? null : Math.round((output * 10_000) / writingMs) / 10,
    uncachedInputTokens: input === null ? null : Math.max(0, input - (row.cached_input_tokens ?? 0) - (row.cache_write_tokens ?? 0)),
    cacheReadTokens: row.cached_input_tokens,
    cacheWriteTokens: row.cache_write_tokens,
    outputTokens: output,
    reasoningTokens: row.reasoning_tokens,
    costMicroUsd: row.cost_micro_usd,
    costSource: row.cost_source,
    savedMicroUsd: row.saved_micro_usd,
    price: parse(row.price, null),
    cacheStatus: row.cache_status,
    requestBytes: row.request_bytes,
    responseBytes: row.response_bytes,
    traceId: row.trace_id,
    metadata: parse(row.metadata, null),
    dropped: parse(row.dropped, []),
    hasBodies: row.has_bodies === 1,
  };
}

/** What the log wrote is JSON; what somebody else wrote into it is passed over. */
function parse<Value>(text: string | null, otherwise: Value): Value {
  if (text === null) return otherwise;
  try {
    return JSON.parse(text) as Value;
  } catch {
    return otherwise;
  }
}
