import type { ProviderRow } from "#core/config/provider-rows.ts";
import type { Connections } from "#core/upstream/connections.ts";
import { fetchModelList } from "./fetch-model-list.ts";

/** A model server that answers on this machine. */
export interface LocalServer {
  readonly row: ProviderRow;
  readonly models: number;
}

const timeoutMs = 1_500;

/**
 * Asks the places where model servers usually listen for their model lists. Only this machine is asked, and nothing
 * but the list; what answers is offered to the person, not used.
 */
export async function findLocalServers(rows: readonly ProviderRow[], connections: Connections): Promise<LocalServer[]> {
  const found = await Promise.all(
    rows
      .filter((row) => row.local && isLoopback(row.origin))
      .map(async (row) => {
        try {
          const answer = await fetchModelList(row, { connections, secret: null, timeoutMs });
          const models = countModels(answer);
          return models === null ? [] : [{ row, models }];
        } catch {
          // Nothing there, or something that is no model server.
          return [];
        }
      }),
  );
  return found.flat();
}

/** Whether an origin is this machine itself. */
export function isLoopback(origin: string): boolean {
  const host = URL.parse(origin)?.hostname ?? "";
  return host === "localhost" || host === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function countModels(answer: unknown): number | null {
  if (typeof answer !== "object" || answer === null) return null;
  const list = "data" in answer ? answer.data : "models" in answer ? answer.models : null;
  return Array.isArray(list) ? list.length : null;
}
