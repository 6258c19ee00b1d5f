import type { ProviderRow } from "#core/config/provider-rows.ts";
import type { Connections } from "#core/upstream/connections.ts";
import { fetchFreshJson, type FreshJson, type JsonRequest } from "#core/upstream/fetch-fresh-json.ts";
import { fetchJson } from "#core/upstream/fetch-json.ts";
import { signRequest } from "#core/upstream/sign-request.ts";
import { endpointPaths } from "#shared/schema/endpoint.ts";

const maxBytes = 8_388_608;

/** How a provider is asked: `secret` only where it may go to the row's origin. */
export interface ListOptions {
  readonly connections: Connections;
  readonly secret: string | null;
  readonly timeoutMs: number;
}

/**
 * Asks a provider for its model list.
 *
 * @returns the JSON document as it came
 * @throws {PosternError} `upstream_*` with the provider's name
 */
export function fetchModelList(row: ProviderRow, options: ListOptions): Promise<unknown> {
  return fetchJson(options.connections.to(row.origin), requestOf(row, row.paths.models ?? endpointPaths.models, options));
}

/**
 * Asks a provider for something that costs nothing, to see whether it lets somebody in: what its row says, else its model list.
 *
 * @throws {PosternError} `upstream_*` where it gives no answer, or none that is JSON
 */
export function fetchForTest(row: ProviderRow, options: ListOptions): Promise<FreshJson> {
  const path = row.checkPath ?? row.paths.models ?? endpointPaths.models;
  return fetchFreshJson(options.connections.to(row.origin), requestOf(row, path, options));
}

function requestOf(row: ProviderRow, path: string, { secret, timeoutMs }: ListOptions): JsonRequest {
  const headers = ["accept", "application/json", "accept-encoding", "identity", "user-agent", "postern"];
  for (const name in row.headers) headers.push(name, row.headers[name] as string);
  if (secret !== null) signRequest(headers, row.auth, secret);
  return { who: row.id, origin: row.origin, path: row.basePath + path, headers, timeoutMs, maxBytes };
}
