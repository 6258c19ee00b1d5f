import type { ProviderRow } from "#core/config/provider-rows.ts";
import type { Connections } from "#core/upstream/connections.ts";
import { fetchJson } from "#core/upstream/fetch-json.ts";
import { signRequest } from "#core/upstream/sign-request.ts";
import { endpointPaths } from "#shared/schema/endpoint.ts";

const maxBytes = 8_388_608;

/**
 * Asks a provider for its model list.
 *
 * @param options `secret` only where it may go to the row's origin
 * @returns the JSON document as it came
 * @throws {PosternError} `upstream_*` with the provider's name
 */
export function fetchModelList(
  row: ProviderRow,
  options: { readonly connections: Connections; readonly secret: string | null; readonly timeoutMs: number },
): Promise<unknown> {
  const headers = ["accept", "application/json", "accept-encoding", "identity", "user-agent", "postern"];
  for (const name in row.headers) headers.push(name, row.headers[name] as string);
  if (options.secret !== null) signRequest(headers, row.auth, options.secret);
  const path = row.basePath + (row.paths.models ?? endpointPaths.models);
  const { timeoutMs } = options;
  return fetchJson(options.connections.to(row.origin), { who: row.id, origin: row.origin, path, headers, timeoutMs, maxBytes });
}
