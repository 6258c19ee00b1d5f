import type { SqlValue, Store } from "#core/store/store.ts";
import type { LoggedCall, UsageFilter } from "#shared/contract/usage.ts";

const columnsOfFilter = {
  tool: "tool",
  alias: "alias",
  provider: "provider",
  model: "model_served",
  key: "key_name",
  grant: "grant_id",
} as const;

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
  readonly ending: string;
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
  readonly price: string | null;
  readonly cache_status: string | null;
  readonly request_bytes: number | null;
  readonly response_bytes: number | null;
  readonly trace_id: string | null;
  readonly metadata: string | null;
  readonly dropped: string | null;
  readonly has_bodies: number;
}

/**
 * Reads calls of the log, the newest first.
 *
 * @param page `beforeId` is the `id` of the last call of the page before; null for the first
 */
export async function readCalls(
  store: Pick<Store, "all">,
  filter: UsageFilter,
  page: { readonly beforeId: number | null; readonly limit: number },
): Promise<LoggedCall[]> {
  const parts = ["id < ?"];
  const parameters: SqlValue[] = [page.beforeId ?? Number.MAX_SAFE_INTEGER];
  const add = (sql: string, value: SqlValue | undefined): void => {
    if (value === undefined) return;
    parts.push(sql);
    parameters.push(value);
  };
  // A unary plus keeps SQLite on the order of ids: it would sort all calls of a range for each page.
  add("+started_at_ms >= ?", filter.since);
  add("+started_at_ms < ?", filter.until);
  for (const [name, column] of Object.entries(columnsOfFilter)) add(`${column} = ?`, filter[name as keyof typeof columnsOfFilter]);
  const rows = await store.all<CallRow>(
    `SELECT *, EXISTS (SELECT 1 FROM call_bodies WHERE call_bodies.id = calls.body_id) AS has_bodies
     FROM calls WHERE ${parts.join(" AND ")} ORDER BY id DESC LIMIT ?`,
    [...parameters, page.limit],
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
    attempts: parse(row.attempts, []),
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
